// An application of ES modules that asks for `router` and `pg-pool` by themselves: see test/process/es-modules.test.ts.
import { createServer, get } from 'http'
import Pool from 'pg-pool'
import Router from 'router'
const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 1 })
const inner = new Router()
inner.get('/:id', async (req, res) => {
  await pool.query('SELECT 1')
  res.end()
})
const router = new Router().use('/api', inner)
const server = createServer((req, res) => router(req, res, () => res.end()))
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address()
await new Promise((resolve) => get({ port, path: '/api/1', agent: false }, (res) => res.resume().on('close', resolve)))
await pool.end()
server.close()
