/**
 * What is left of a span that is over, when something that outlives its request keeps its context alive.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root, succeed } from '../support/run.js'

describe('what a process keeps of spans that are over', () => {
  it('is no record, though timers, sockets and promises keep their contexts', async () => {
    const { stdout, spans } = await succeed(
      async (api: string) => {
        const { flush } = require(api)
        const { getHeapSnapshot } = require('node:v8')
        const http = require('node:http')
        const express = require('express')
        const { Pool } = require('pg')
        const { createClient } = require('redis')
        const pool = new Pool({ connectionString: process.env['DATABASE_URL'] })
        const redis = createClient({ url: process.env['REDIS_URL'] })
        await redis.connect()
        const kept: unknown[] = []
        const app = express()
        app.use((_req: any, _res: any, next: any) => next())
        app.get('/:id', async (_req: any, res: any) => {
          kept.push(setInterval(() => undefined, 60_000).unref())
          kept.push(new Promise(() => undefined).then(() => undefined))
          await pool.query('SELECT 1')
          await redis.get('k')
          kept.push(setInterval(() => undefined, 60_000).unref())
          res.end()
        })
        const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })
        const server = app.listen(0, '127.0.0.1')
        await new Promise((resolve) => server.once('listening', resolve))
        const get = (): Promise<void> =>
          new Promise((resolve) => {
            const options = { port: server.address().port, host: '127.0.0.1', path: '/1', agent }
            http.get(options, (res: any) => res.resume().on('close', resolve))
          })
        for (let i = 0; i < 100; i++) await get()
        await flush()
        // A snapshot holds what can be reached, and nothing else. Each object is named by its class.
        let text = ''
        for await (const chunk of getHeapSnapshot().setEncoding('utf8')) text += chunk
        const { snapshot, nodes, strings } = JSON.parse(text)
        const fields: string[] = snapshot.meta.node_fields
        const isObject = snapshot.meta.node_types[0].indexOf('object')
        const count = (name: string): number => {
          let found = 0
          for (let i = 0; i < nodes.length; i += fields.length) {
            const hasName = strings[nodes[i + fields.indexOf('name')]] === name
            if (
              hasName &&
              nodes[i + fields.indexOf('type')] === isObject &&
              nodes[i + fields.indexOf('edge_count')] > 2
            )
              found++
          }
          return found
        }
        console.log(count('SpanRecord'), count('LocalTrace') >= 100, kept.length)
        agent.destroy()
        server.close()
        await pool.end()
        await redis.quit()
      },
      {
        args: [join(root, 'dist', 'src', 'index.js')],
      },
    )
    assert.equal(stdout, '0 true 300\n')
    assert.ok(spans.length >= 500)
  })
})
