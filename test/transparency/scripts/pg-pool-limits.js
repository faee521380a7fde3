'use strict'
const { show, failure } = require('../kit.js')
const { Pool } = require('pg')
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 })
const events = []
for (const name of ['connect', 'acquire', 'release', 'remove', 'error']) pool.on(name, () => events.push(name))
const main = async () => {
  const first = await pool.connect()
  // For those who wait for it alone: to connect takes as long as it takes.
  pool.options.connectionTimeoutMillis = 100
  await pool.connect().catch((error) => show(failure(error)))
  await pool.query('SELECT 1').catch((error) => show(failure(error)))
  pool.options.connectionTimeoutMillis = 0
  first.release(true)
  show((await pool.query('SELECT 1 AS a')).rows)
  await new Promise((resolve) =>
    pool.connect(
      (error, client, release) => (
        show(error ?? null, typeof client.query, release.length, release.name),
        release(),
        resolve()
      ),
    ),
  )
  const client = await pool.connect()
  client.release()
  try {
    client.release()
  } catch (error) {
    show(error.message)
  }
  await pool.end()
  await pool.end().catch((error) => show(error.message))
  show(events.sort())
}
main()
