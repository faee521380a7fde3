'use strict'

// The service that every contestant runs: it knows nothing of tracing. The bench asks it for figures over IPC.

const { createRequire } = require('node:module')
const path = require('node:path')
const { monitorEventLoopDelay } = require('node:perf_hooks')

const library = createRequire(path.join(__dirname, '../test/libraries/current/package.json'))
const express = library('express')
const { Pool } = library('pg')
const { createClient } = library('redis')

const { DATABASE_URL, REDIS_URL, UPSTREAM_URL } = process.env
const pool = new Pool({ connectionString: DATABASE_URL, max: 10 })
// Else each command leaves a timer behind, which goes off five seconds later, when another one has its turn, or does not
// if V8 has happened to collect it before: some microseconds a request, now here and now there.
const redis = createClient({ url: REDIS_URL, commandOptions: { timeout: undefined } })
const app = express()

const query = (id) => pool.query('SELECT $1::int AS id, $2::text AS name', [id, 'somebody'])
const cached = () => redis.get('bench')
const upstream = async () => (await fetch(UPSTREAM_URL)).text()

app.get('/plain/:id', (req, res) => {
  res.json({ id: req.params.id })
})

app.get('/data/:id', async (req, res) => {
  const { rows } = await query(req.params.id)
  res.json({ row: rows[0], cached: await cached() })
})

app.get('/fetch/:id', async (req, res) => {
  res.json({ answer: await upstream() })
})

app.get('/all/:id', async (req, res) => {
  const { rows } = await query(req.params.id)
  res.json({ row: rows[0], cached: await cached(), answer: await upstream() })
})

const middleware = Array.from({ length: 10 }, (_, i) => {
  const pass = (req, res, next) => next()
  return Object.defineProperty(pass, 'name', { value: `middleware${i}` })
})
app.use('/middleware', ...middleware)
app.get('/middleware/:id', (req, res) => {
  res.json({ id: req.params.id })
})

const delay = monitorEventLoopDelay({ resolution: 5 })

const ANSWERS = {
  cpu: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
  memory: () => {
    for (let i = 0; i < 4; i++) global.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    return { rss, heapUsed }
  },
  watchLoop: () => {
    delay.reset()
    delay.enable()
  },
  loop: () => {
    delay.disable()
    return { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6 }
  },
  exit: () => process.exit(),
}

process.on('message', ({ id, ask }) => process.send({ id, answer: ANSWERS[ask]() }))
process.on('disconnect', () => process.exit())

async function main() {
  if (REDIS_URL) {
    await redis.connect()
    await redis.set('bench', 'a value')
  }
  const server = app.listen(0, '127.0.0.1', () => {
    const files = Object.keys(require.cache).length
    process.send?.({ port: server.address().port, cpu: ANSWERS.cpu(), rss: process.memoryUsage.rss(), files })
  })
}

void main()
