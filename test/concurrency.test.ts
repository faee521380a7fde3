/**
 * Two hundred requests at once, through pools and shared connections, in promise and in callback style: every span in its
 * own request's trace.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Arrived } from './support/collector.js'
import { trace } from './support/run.js'

const REQUESTS = 200

/** Each request does eight things that name it: `r17` stands in a column's name, a key, a path. */
function shop(requests: number): void {
  const express = require('express')
  const http = require('node:http')
  const { Pool } = require('pg')
  const Redis = require('ioredis')
  const { createClient } = require('redis')

  const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 3 })
  const ioredis = new Redis(process.env['REDIS_URL'])
  const redis = createClient({ url: process.env['REDIS_URL'] })
  const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

  const echo = http.createServer((_req: any, res: any) => setTimeout(() => res.end('echo'), Math.random() * 5))
  const app = express()
  app.get('/promise/:id', async (req: any, res: any) => {
    const { id } = req.params
    const url = `http://localhost:${echo.address().port}`
    await Promise.all([
      pool.query(`SELECT pg_sleep(0.002) AS ${id}_a`),
      redis.get(`${id}_b`),
      ioredis.get(`${id}_c`),
      fetch(`${url}/${id}_d`).then((answer) => answer.text()),
    ])
    await wait(Math.random() * 5)
    const client = await pool.connect()
    await client.query(`SELECT 1 AS ${id}_e`)
    client.release()
    await redis.get(`${id}_f`)
    await ioredis.pipeline().get(`${id}_g`).exec()
    await fetch(`${url}/${id}_h`).then((answer) => answer.text())
    res.end('ok')
  })
  app.get('/callback/:id', (req: any, res: any) => {
    const { id } = req.params
    const url = `http://localhost:${echo.address().port}`
    const get = (path: string, done: () => void): void => {
      http.get(`${url}/${path}`, (answer: any) => answer.resume().on('end', done))
    }
    pool.query(`SELECT pg_sleep(0.002) AS ${id}_a`, () => {
      ioredis.get(`${id}_b`, () => {
        get(`${id}_c`, () => {
          setTimeout(() => {
            pool.connect((_error: unknown, client: any, release: () => void) => {
              client.query(`SELECT 1 AS ${id}_d`, () => {
                release()
                pool.query({ text: `SELECT $1::int AS ${id}_e`, values: [1] }, () => {
                  redis.get(`${id}_f`).then(() => {
                    get(`${id}_g`, () => {
                      ioredis.get(`${id}_h`, () => res.end('ok'))
                    })
                  })
                })
              })
            })
          }, Math.random() * 5)
        })
      })
    })
  })

  const server = app.listen(0, async () => {
    await redis.connect()
    await new Promise<void>((resolve) => echo.listen(0, resolve))
    const agent = new http.Agent({ keepAlive: true, maxSockets: 50 })
    const one = (n: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const path = `/${n % 2 === 0 ? 'promise' : 'callback'}/r${n}`
        const request = http.get({ port: server.address().port, path, agent, headers: { b3: '0' } })
        request.on('response', (answer: any) => {
          if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`))
          answer.resume().on('end', resolve)
        })
      })
    await Promise.all(Array.from({ length: requests }, (_, n) => one(n)))
    process.exit(0)
  })
}

describe('two hundred requests at once', () => {
  it('each have all their spans, and nobody else’s', async () => {
    const { spans, stderr, code } = await trace(shop, {
      args: [REQUESTS],
      env: {
        PRETRACE_EXPOSE_REDIS_ARGUMENTS: 'true',
        OTEL_BSP_MAX_QUEUE_SIZE: '100000',
        // The requests say b3: 0, so that those who send them make no traces; the services decide for themselves.
        OTEL_TRACES_SAMPLER: 'always_on',
      },
    })
    assert.equal(stderr, '')
    assert.equal(code, 0)
    const entries = spans.filter((span) => span.kind === 'server' && /\/(promise|callback)\//.test(path(span)))
    assert.equal(entries.length, REQUESTS)
    const told = tellersByTrace(spans)
    for (const entry of entries) {
      const id = path(entry).split('/').at(-1)
      const expected = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((step) => `${id}_${step}`)
      assert.deepEqual(told.get(entry.traceId)?.sort(), expected, `in the trace of ${path(entry)}`)
    }
  })
})

function path(span: Arrived): string {
  return String(span.attributes['url.path'])
}

/** The steps that client spans name, by trace. */
function tellersByTrace(spans: readonly Arrived[]): Map<string, string[]> {
  const told = new Map<string, string[]>()
  for (const { kind, traceId, attributes } of spans) {
    const text = String(attributes['db.query.text'] ?? attributes['url.full'] ?? '')
    const step = kind === 'client' ? /r\d+_[a-h]/.exec(text)?.[0] : undefined
    if (step !== undefined) told.set(traceId, [...(told.get(traceId) ?? []), step])
  }
  return told
}
