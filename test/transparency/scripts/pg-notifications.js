'use strict'
const { show } = require('../kit.js')
const { Client } = require('pg')
const client = new Client(process.env.DATABASE_URL)
client
  .on('notification', ({ channel, payload }) => show('notification', channel, payload))
  .on('notice', ({ message, severity }) => show('notice', severity, message))
  .on('end', () => show('end'))
  .on('drain', () => undefined)
client.connect().then(async () => {
  await client.query('LISTEN transparency_notifications')
  await client.query("NOTIFY transparency_notifications, 'payload'").then(() => undefined)
  await client.query("DO $$BEGIN RAISE NOTICE 'noticed'; END$$")
  show(client.eventNames().map(String), client.listenerCount('notification'))
  await client.end()
})
