'use strict'
const { show } = require('../kit.js')
const { Client, types } = require('pg')
const client = new Client(process.env.DATABASE_URL)
client.connect().then(async () => {
  const named = { name: 'n', text: 'SELECT $1::int AS a' }
  for (const value of [1, 2]) show((await client.query({ ...named, values: [value] })).rows)
  await client.query({ name: 'n', text: 'SELECT 2' }).catch((error) => show(error.message))
  show(Object.keys(client.connection.parsedStatements))
  const own = {
    getTypeParser: (oid, format) =>
      oid === types.builtins.INT4 ? (value) => `own ${value}` : types.getTypeParser(oid, format),
  }
  show((await client.query({ text: 'SELECT 1 AS a, $1::text AS b', values: ['x'], types: own })).rows)
  const { fields } = await client.query('SELECT 1 AS a, now() AS b')
  show(fields.map(({ name, dataTypeID, format }) => [name, dataTypeID, format]))
  await client.end()
})
