'use strict'
const { show } = require('../kit.js')
const { Client } = require('pg')
const client = new Client(process.env.DATABASE_URL)
client.connect().then(async () => {
  const order = []
  const one = client.query('SELECT 1').then(() => order.push('one'))
  const two = client.query('SELECT 2', () => (order.push('two'), queueMicrotask(() => order.push('after two'))))
  const three = client.query('SELECT 3').finally(() => order.push('three'))
  order.push('queued')
  process.nextTick(() => order.push('tick'))
  await Promise.all([one, three])
  show(two, order, one instanceof Promise, Object.keys(one))
  await client.end()
  await client.query('SELECT 1').catch((error) => show(error.message))
  client.query('SELECT 1', (error) => show(error.message))
})
