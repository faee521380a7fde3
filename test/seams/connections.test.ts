/**
 * Connections that several requests share: the work of each is in its own trace, whoever came before it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { libraries, succeed } from '../support/run.js'
import { treeOf } from '../support/spans.js'

const cwd = libraries('seams')

/** Express that asks PostgreSQL, and another service over a kept connection, for requests that `write` sends on one socket. */
const oneConnection = async (write: string): Promise<void> => {
  const express = require('express')
  const { Agent, createServer, get } = require('node:http')
  const { connect } = require('node:net')
  const { once } = require('node:events')
  const { Pool } = require('pg')
  const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 1 })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const connections = new Set()
  const other = createServer((req: any, res: any) => {
    connections.add(req.socket)
    res.end('other')
  })
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const ask = (path: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const req = get({ port: other.address().port, path, agent }, (res: any) => res.resume().on('end', resolve))
      req.on('error', reject)
    })
  const app = express()
  const serve = async (req: any, res: any): Promise<void> => {
    await pool.query(`SELECT ${Number(req.params.n)} AS n`)
    await ask(`/${req.params.n}`)
    await pool.query('SELECT * FROM generate_series(1, 1) AS item')
    res.json([req.params.n])
  }
  for (const path of ['/a/:n', '/b/:n', '/c/:n']) app.get(path, serve)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect(server.address().port, '127.0.0.1')
  const paths = ['/a/1', '/b/2', '/c/3']
  const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
  let text = ''
  socket.setEncoding('utf8')
  const answered = (count: number): Promise<void> =>
    new Promise((resolve) => {
      const look = (chunk = ''): void => {
        text += chunk
        if (text.split('HTTP/1.1 200').length <= count || !text.endsWith(']')) return
        socket.removeListener('data', look)
        resolve()
      }
      socket.on('data', look)
    })
  if (write === 'all at once') {
    const all = answered(paths.length)
    socket.write(paths.map(request).join(''))
    await all
  } else {
    for (const [i, path] of paths.entries()) {
      const next = answered(i + 1)
      socket.write(request(path))
      await next
    }
  }
  console.log(connections.size, text.match(/\["\d"]/g))
  socket.destroy()
  agent.destroy()
  server.close()
  other.close()
  await pool.end()
}

describe('one connection', () => {
  for (const write of ['one after the other', 'all at once']) {
    it(`brings requests ${write}: each has its own trace, with its own work in it`, async () => {
      const { spans, stdout } = await succeed(oneConnection, { cwd, args: [write] })
      assert.equal(stdout, `1 [ '["1"]', '["2"]', '["3"]' ]\n`)
      const expected = ['a', 'b', 'c'].flatMap((name) => [
        `GET /${name}/:n`,
        `  serve /${name}/:n`,
        '    SELECT',
        '    GET',
        '      GET',
        '    SELECT generate_series',
      ])
      assert.deepEqual(treeOf(spans).split('\n'), expected)
      for (const { kind, parentSpanId, traceId, attributes } of spans) {
        if (kind !== 'server' || parentSpanId === undefined) continue
        const root = spans.find((span) => span.traceId === traceId && span.parentSpanId === undefined)
        assert.equal(attributes['url.path'], String(root?.attributes['url.path']).slice(2))
      }
    })
  }
})
