'use strict'
const { each } = require('../kit.js')
const { Client } = require('pg')
const client = new Client(process.env.DATABASE_URL)
const tries = {
  null: () => client.query(null),

  'bad values': () => client.query('SELECT 1', 7),

  many: () => client.query('SELECT $1::text', ['a', 'b']),
  few: () => client.query('SELECT $1::text, $2::text', ['a']),
  empty: () => client.query('').then(({ rows, command }) => [rows, command]),
  several: () => client.query('SELECT 1 AS a; SELECT 2 AS b').then((all) => all.map(({ rows }) => rows)),
  undefined: () => client.query('SELECT $1::text AS a', [undefined]).then(({ rows }) => rows),
  array: () => client.query('SELECT $1::int[] AS a', [[1, 2]]).then(({ rows }) => rows),
  object: () => client.query('SELECT $1::json AS a', [{ b: 1 }]).then(({ rows }) => rows),
  postgres: () => client.query('SELECT $1::text AS a', [{ toPostgres: () => 'own' }]).then(({ rows }) => rows),
  throws: () =>
    client.query('SELECT $1::text AS a', [
      {
        toPostgres: () => {
          throw new Error('mine')
        },
      },
    ]),
}
client
  .connect()
  .then(() => each(tries))
  .then(() => client.end())
