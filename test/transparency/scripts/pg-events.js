'use strict'
const { Client, Query } = require('pg')

const client = new Client({ connectionString: process.env.DATABASE_URL })
const log = []
for (const event of ['notice', 'notification', 'drain', 'end', 'connect'])
  client.on(event, (message) => log.push(`${event} ${message?.payload ?? message?.message ?? ''}`))
const main = async () => {
  await client.connect()
  await client.query('LISTEN transparency_events')
  await client.query("NOTIFY transparency_events, 'hello'")
  await client.query("DO $$ BEGIN RAISE NOTICE 'noticed'; END $$")
  const failing = client.query(new Query('SELECT 1/0'))
  for (const event of ['row', 'end', 'error']) failing.on(event, (error) => log.push(`query ${event} ${error.code}`))
  // The server may say that it is ready in the same packet as the error, or in one of its own.
  await new Promise((resolve) => client.once('drain', resolve))
  const submitted = {
    submit: (connection) => (log.push(`submitted ${typeof connection.query}`), connection.query('SELECT 1')),
    handleRowDescription() {},
    handleDataRow: () => log.push('data'),
    handleCommandComplete() {},
    handleReadyForQuery: () => log.push('ready'),
    handleError() {},
  }
  console.log(client.query(submitted) === submitted, Object.keys(submitted).length)
  await client.query('SELECT 1')
  await client.end()
  console.log(log.join('\n'), Reflect.ownKeys(failing).map(String).join())
}
main()
