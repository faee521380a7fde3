'use strict'
const { Client } = require('pg')

const client = new Client(process.env.DATABASE_URL)
process.on('exit', (code) => console.log('exit', code))
client.connect().then(async () => {
  await client.query('SELECT 1')
  client.query('SELECT 2', () => {
    throw new EvalError('in a callback')
  })
})
