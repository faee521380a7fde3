'use strict'
const { Pool } = require('pg')
const { once } = require('node:events')
const { AsyncLocalStorage } = require('node:async_hooks')

const als = new AsyncLocalStorage()
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 })
for (const event of ['connect', 'acquire', 'release', 'remove'])
  pool.on(event, (...args) => console.log('event', event, args.length))
const main = async () => {
  console.log(
    pool.query.length,
    pool.connect.length,
    pool.query('SELECT 0', (error, result) => console.log(error, result.rowCount)),
  )
  console.log(
    pool.connect((error, client, release) => {
      console.log(error, typeof release, client.listenerCount('error'), client.release === release)
      client.query('SELECT 1 AS n', (_, { rows }) => (console.log(rows), release()))
    }),
  )
  await Promise.all(
    ['a', 'b', 'c'].map((name) =>
      als.run(name, async () => {
        const { rows } = await pool.query('SELECT $1::text AS name', [name])
        console.log(rows, als.getStore())
      }),
    ),
  )
  await new Promise((resolve) =>
    als.run('callback', () => pool.query('SELECT 2 AS n', () => (console.log(typeof als.getStore()), resolve()))),
  )
  const client = await pool.connect()
  console.log(pool.totalCount, pool.idleCount, pool.waitingCount, Object.keys(client).includes('span'))
  const removed = once(pool, 'remove')
  client.release(new Error('thrown away'))
  try {
    client.release()
  } catch (error) {
    console.log(error.message)
  }
  await removed
  await pool.query('SELECT broken').catch((error) => console.log(error.code))
  await pool.end()
  await pool.query('SELECT 1').catch((error) => console.log(error.message))
}
main()
