'use strict'
const { Client, Query } = require('pg')

const client = new Client(process.env.DATABASE_URL)
client.connect().then(async () => {
  const show = (name) => (error, result) => console.log(name, error?.message, result?.rows)
  console.log(client.query('SELECT 1 AS n', show('callback')))
  console.log(client.query('SELECT $1::int AS n', [2], show('values')))
  console.log(client.query({ text: 'SELECT 3 AS n' }, show('config')))
  console.log(client.query({ text: 'SELECT $1::text AS n' }, ['4'], show('config, values')))
  console.log(client.query({ text: 'SELECT 5 AS n', callback: show('own callback') }))
  const query = new Query('SELECT 6 AS n')
  console.log(client.query(query) === query, query.listenerCount('end'), query.listenerCount('error'))
  query.on('row', (row) => console.log('row', row)).on('end', (result) => console.log('end', result.rowCount))
  const config = Object.freeze({
    text: 'SELECT $1::int AS n',
    values: Object.freeze([7]),
    rowMode: 'array',
    name: 'seven',
  })
  const promise = client.query(config)
  console.log(promise instanceof Promise, promise.constructor === Promise, Object.keys(config))
  const result = await promise
  console.log(
    result.rows,
    result.command,
    result.fields.map(({ name }) => name),
    result.constructor.name,
    Object.keys(result).join(),
  )
  console.log(
    (await client.query(config)).rows,
    (await client.query('SELECT 8; SELECT 9 AS n')).map(({ rows }) => rows),
  )
  for (const bad of [null, undefined]) {
    try {
      client.query(bad)
    } catch (error) {
      console.log(error.name, error.message)
    }
  }
  await client.end()
})
