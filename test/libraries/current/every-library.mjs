// An application of ES modules: see test/process/es-modules.test.ts.
import express from 'express'
import { get } from 'http'
import Redis from 'ioredis'
import { Pool } from 'pg'
import { createClient } from 'redis'
const pool = new Pool({ connectionString: process.env.DATABASE_URL })
const ioredis = new Redis(process.env.REDIS_URL)
const redis = await createClient({ url: process.env.REDIS_URL }).connect()
const app = express()
app.get('/leaf', (req, res) => res.end())
app.get('/all/:id', async (req, res) => {
  await pool.query('SELECT 1')
  await redis.get('a')
  await ioredis.exists('b')
  await fetch(origin + '/leaf').then((response) => response.text())
  await new Promise((resolve) => get(origin + '/leaf', { agent: false }, (leaf) => leaf.resume().on('close', resolve)))
  res.end()
})
const server = app.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const origin = 'http://127.0.0.1:' + server.address().port
await fetch(origin + '/all/1').then((response) => response.text())
await pool.end()
await redis.close()
ioredis.disconnect()
server.closeAllConnections()
server.close()
