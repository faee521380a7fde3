'use strict'
const { show } = require('../kit.js')
const { Pool } = require('pg')
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
const main = async () => {
  const client = await pool.connect()
  await client.query('BEGIN')
  await client.query('CREATE TEMP TABLE a (n int PRIMARY KEY) ON COMMIT DROP')
  show((await client.query('INSERT INTO a VALUES (1), (2) RETURNING n')).rows)
  await client.query('SAVEPOINT s')
  await client
    .query('INSERT INTO a VALUES (1)')
    .catch((error) => show(error.code, error.detail, error.constraint, Object.keys(error).sort()))
  await client.query('SELECT 1').catch((error) => show(error.code))
  await client.query('ROLLBACK TO s')
  show((await client.query({ text: 'SELECT n FROM a ORDER BY n', rowMode: 'array' })).rows)
  await client.query('ROLLBACK')
  client.release()
  show(pool.totalCount, pool.idleCount, pool.waitingCount)
  await pool.end()
}
main()
