'use strict'
const { Client } = require('pg')

const client = new Client(process.env.DATABASE_URL)
client.on('error', (error) => console.log('event', error.message))
client.connect(async (error) => {
  console.log('connected', error)
  const failed = await client.query('SELECT * FROM no_such_table').catch((reason) => reason)
  console.log(
    failed.constructor.name,
    failed.code,
    failed.message,
    failed.position,
    failed.severity,
    Object.keys(failed).join(),
  )
  console.log(failed.stack.split('\n')[0], failed.stack.includes('pg-errors.js'))
  await client
    .query('SELECT $1::int', ['x'])
    .catch((reason) => console.log(reason.code, reason.message, 'cause' in reason))
  client.query('SELECT 1/0', (reason, result) =>
    console.log('callback', reason.code, result, new Error('x').stack.split('\n').length > 1),
  )
  client.query('BROKEN').then(
    () => 1,
    ({ code }) => console.log('then', code),
  )
  await client
    .query('SELECT 1/0 AS n')
    .finally(() => console.log('finally'))
    .catch(({ code }) => console.log('after', code))
  await client.query({ text: 'SELECT pg_sleep(1)', query_timeout: 20 }).catch((reason) => console.log(reason.message))
  await client.end()
  await client.query('SELECT 1').catch((reason) => console.log(reason.message))
  client.query('SELECT 1', (reason) => console.log('late', reason.message))
})
