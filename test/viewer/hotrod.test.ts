/**
 * Insights where they count: HotROD, whose drivers are read one by one and whose rides have no index; and an application
 * that does it right.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Insight, TraceList } from '../../viewer/model/api.js'
import { inDatabase, slowDown } from '../support/hotrod.js'
import { preload, root, runNode, sourceOf } from '../support/run.js'
import { TestViewer } from '../support/viewer.js'

interface Service {
  readonly url: Promise<string>
  stop(): Promise<void>
}
interface Services {
  startService(name: string, args: readonly string[], options: object): Service
  runScript(args: readonly string[], options: object): { readonly done: Promise<void> }
}

const { startService, runScript } = require(join(root, 'scripts', 'demo', 'services.js')) as Services
const cwd = join(root, 'examples', 'hotrod')
const DATABASE = `hotrod_viewer_${process.pid}`
const CUSTOMERS = [123, 392, 567, 731]
const RIDES = 12

/** Another database of the same server: the demo's own test may be at work beside this one. */
function besides(url: string | undefined, name: string): string {
  const other = new URL(url ?? '')
  other.pathname = `/${name}`
  return other.href
}

describe('the viewer beside HotROD', () => {
  let viewer: TestViewer
  let list: TraceList
  let insights: readonly Insight[]

  before(async () => {
    viewer = await TestViewer.start()
    await inDatabase(process.env['DATABASE_URL'], `CREATE DATABASE ${DATABASE}`)
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: besides(process.env['DATABASE_URL'], DATABASE),
      REDIS_URL: besides(process.env['REDIS_URL'], '9'),
      OTEL_EXPORTER_OTLP_ENDPOINT: viewer.url,
      PRETRACE_EXIT_TIMEOUT: '10000',
    }
    await runScript(['seed.js'], { cwd, env }).done
    await slowDown(env.DATABASE_URL)
    const running: Service[] = []
    const start = (name: string, more = {}): Promise<string> => {
      const options = { cwd, env: { ...env, ...more, OTEL_SERVICE_NAME: name, PORT: '0' } }
      const service = startService(name, ['-r', preload, `${name}.js`], options)
      running.push(service)
      return service.url
    }
    const [customer, driver, route] = await Promise.all([start('customer'), start('driver'), start('route')])
    const frontend = await start('frontend', { CUSTOMER_URL: customer, DRIVER_URL: driver, ROUTE_URL: route })
    for (let ride = 0; ride < RIDES; ride++) {
      const answer = await fetch(`${frontend}/dispatch?customer=${CUSTOMERS[ride % CUSTOMERS.length]}`)
      assert.equal(answer.status, 200)
      await answer.text()
    }
    await Promise.all(running.map((service) => service.stop()))
    list = await viewer.traces()
    insights = await viewer.insights()
  })

  after(async () => {
    await viewer.close()
    await inDatabase(process.env['DATABASE_URL'], `DROP DATABASE ${DATABASE}`)
  })

  it('has each ride whole, across the four services', () => {
    const rides = list.traces.filter(({ name }) => name === 'GET /dispatch')
    assert.equal(rides.length, RIDES)
    for (const { services, incomplete } of rides) {
      assert.deepEqual(services.map(({ name }) => name).sort(), ['customer', 'driver', 'frontend', 'route'])
      assert.equal(incomplete, false)
    }
  })

  it('finds the N+1 on Redis and names its route', () => {
    const found = insights.filter(({ kind }) => kind === 'n-plus-one')
    assert.deepEqual(
      found.map(({ title }) => title),
      ['HGETALL ? runs 10 times for each GET /findNearest'],
    )
    assert.deepEqual([found[0]?.service, found[0]?.count], ['driver', RIDES])
  })

  it('finds the slow query and names it', () => {
    const found = insights.filter(({ kind }) => kind === 'slow-query')
    assert.deepEqual(
      found.map(({ service, route }) => [service, route]),
      [['customer', 'GET /customer']],
    )
    assert.match(found[0]?.statement ?? '', /FROM hotrod\.rides WHERE customer_id = \?/)
  })

  it('finds nothing else: that routes are asked for three at a time is no mistake', () => {
    assert.deepEqual(insights.map(({ kind }) => kind).sort(), ['n-plus-one', 'slow-query'])
  })
})

/** Reads what it needs in as few steps as can be, and whatever needs nothing of another at the same time. */
async function clean(requests: number): Promise<void> {
  const http = require('node:http')
  const express = require('express')
  const { Pool } = require('pg')
  const { createClient } = require('redis')
  const pool = new Pool({ connectionString: process.env['DATABASE_URL'] })
  const redis = createClient({ url: process.env['REDIS_URL'] })
  await redis.connect()
  const inner = http.createServer((_req: unknown, res: any) => setTimeout(() => res.end('{}'), 5))
  await new Promise<void>((resolve) => inner.listen(0, resolve))
  const there = `http://127.0.0.1:${inner.address().port}`
  const app = express()
  app.get('/shop/:id', async (req: any, res: any) => {
    const { rows } = await pool.query('SELECT generate_series(1, 10) AS id, $1::text AS shop', [req.params.id])
    const [stocks] = await Promise.all([
      redis.mGet(rows.map(({ id }: { id: number }) => `pretrace-clean:${id}`)),
      fetch(`${there}/prices?shop=${req.params.id}`).then((answer) => answer.text()),
      fetch(`${there}/reviews?shop=${req.params.id}`).then((answer) => answer.text()),
      pool.query('SELECT $1::text AS name', [req.params.id]),
    ])
    res.json(stocks)
  })
  const server = app.listen(0, async () => {
    for (let i = 0; i < requests; i++) {
      await new Promise((resolve) => {
        http.get({ port: server.address().port, path: `/shop/${i}`, agent: false }, (res: any) =>
          res.resume().on('end', resolve),
        )
      })
    }
    server.close()
    inner.closeAllConnections()
    inner.close()
    await pool.end()
    await redis.close()
  })
}

describe('the viewer beside an application that does it right', () => {
  it('has no insights to offer', async () => {
    const viewer = await TestViewer.start()
    try {
      const requests = 30
      const ran = await runNode(['-r', preload, '-e', sourceOf(clean, [requests])], {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: viewer.url, OTEL_SERVICE_NAME: 'clean', PRETRACE_EXIT_TIMEOUT: '10000' },
      })
      assert.deepEqual([ran.code, ran.stderr], [0, ''])
      const { traces } = await viewer.traces('?operation=GET%20%2Fshop%2F%3Aid')
      assert.equal(traces.length, requests)
      assert.ok(traces.every(({ incomplete, spans }) => !incomplete && spans >= 8))
      assert.deepEqual(await viewer.insights(), [])
    } finally {
      await viewer.close()
    }
  })
})
