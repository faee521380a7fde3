/**
 * HotROD's four processes, writing Chrome trace events to one file.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { drawn, readChrome, type ChromeEvent } from '../support/chrome.js'
import { libraries, preload, root } from '../support/run.js'

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
const NAMES = ['customer', 'driver', 'route', 'frontend'] as const
const DATABASE = `hotrod_chrome_${process.pid}`
/** More of them would show nothing new. */
const MOST_RIDES = 60

/** Another database of the same server: the demo's own test may be at work beside this one. */
function besides(url: string | undefined, name: string): string {
  const other = new URL(url ?? '')
  other.pathname = `/${name}`
  return other.href
}

async function inDatabase(statement: string): Promise<void> {
  const { Client } = createRequire(join(libraries('current'), 'package.json'))('pg')
  const client = new Client({ connectionString: process.env['DATABASE_URL'] })
  await client.connect()
  await client.query(statement)
  await client.end()
}

describe('HotROD in a Chrome trace', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pretrace-chrome-'))
  const file = join(folder, 'trace.json')
  let events: ChromeEvent[] = []

  before(async () => {
    await inDatabase(`CREATE DATABASE ${DATABASE}`)
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: besides(process.env['DATABASE_URL'], DATABASE),
      REDIS_URL: besides(process.env['REDIS_URL'], '7'),
      OTEL_TRACES_EXPORTER: 'chrome',
      OTEL_BSP_SCHEDULE_DELAY: '50',
      PRETRACE_CHROME_FILE: file,
    }
    await runScript(['seed.js'], { cwd, env }).done
    const running: Service[] = []
    const start = (name: string, more = {}): Promise<string> => {
      // Little room for young objects, so that they are collected often.
      const args = ['--max-semi-space-size=1', '-r', preload, `${name}.js`]
      const service = startService(name, args, { cwd, env: { ...env, ...more, OTEL_SERVICE_NAME: name, PORT: '0' } })
      running.push(service)
      return service.url
    }
    const [customer, driver, route] = await Promise.all([start('customer'), start('driver'), start('route')])
    const frontend = await start('frontend', { CUSTOMER_URL: customer, DRIVER_URL: driver, ROUTE_URL: route })
    for (let ride = 0; ride < MOST_RIDES && !isWhole(); ride++) {
      await (await fetch(`${frontend}/dispatch?customer=123`)).text()
    }
    await Promise.all(running.map((service) => service.stop()))
    events = readChrome(readFileSync(file, 'utf8'))
  })

  after(async () => {
    rmSync(folder, { recursive: true })
    await inDatabase(`DROP DATABASE ${DATABASE}`)
  })

  /** Whether each process has told of its event loop and its collections. */
  function isWhole(): boolean {
    try {
      events = readChrome(readFileSync(file, 'utf8'))
    } catch {
      // Nothing is there yet, or somebody is writing.
      return false
    }
    const counted = new Set(events.filter(({ ph }) => ph === 'C').map(({ pid }) => pid))
    const collected = new Set(on('garbage collection').map(({ pid }) => pid))
    return counted.size === NAMES.length && collected.size === NAMES.length
  }

  /** What stands on the tracks of this name. */
  function on(track: string): ChromeEvent[] {
    const named = events.filter(
      ({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.['name'] === track,
    )
    const tids = new Set(named.map(({ tid }) => tid))
    return events.filter(({ ph, tid }) => ph !== 'M' && tids.has(tid))
  }

  const serviceOf = (pid: number): string =>
    String(events.find(({ ph, name, pid: of }) => ph === 'M' && name === 'process_name' && of === pid)?.args?.['name'])

  it('has four lanes, one a process', () => {
    const pids = new Set(events.map(({ pid }) => pid))
    assert.deepEqual([...pids].map(serviceOf).sort(), [...NAMES].sort())
  })

  it('has spans of each process, each begun and ended', () => {
    const spans = drawn(events)
    assert.deepEqual(new Set(spans.map(({ pid }) => serviceOf(pid))), new Set(NAMES))
    const queries = spans.filter(({ args }) => args['component'] === 'pg')
    assert.deepEqual(new Set(queries.map(({ pid }) => serviceOf(pid))), new Set(['customer']))
    // Not of all: a query may be written before the request in whose course it ran.
    assert.ok(queries.some(({ depth }) => depth > 0))
  })

  it('draws the routes, of which three are asked for at a time, in lanes of their own', () => {
    const calls = drawn(events).filter(
      ({ args, pid }) => serviceOf(pid) === 'frontend' && String(args['http.url']).includes('/route'),
    )
    assert.ok(calls.length >= 10)
    for (const call of calls)
      for (const other of calls) {
        const overlaps = call !== other && call.start < other.end && other.start < call.end
        assert.ok(!overlaps || call.lane !== other.lane)
      }
  })

  it('has arrows from the front end to each service that it asks', () => {
    const startOf = (id: string | undefined): ChromeEvent | undefined =>
      events.find(({ ph, id: of }) => ph === 's' && of === id)
    const arrows = events
      .filter(({ ph }) => ph === 'f')
      .map(({ id, pid }) => `${serviceOf(startOf(id)?.pid ?? 0)} → ${serviceOf(pid)}`)
    const between = new Set(arrows.filter((arrow) => !arrow.startsWith('undefined')))
    assert.deepEqual([...between].sort(), ['frontend → customer', 'frontend → driver', 'frontend → route'])
  })

  it('shows for each process how late its event loop came, and its garbage collections', () => {
    const delays = events.filter(({ ph, name }) => ph === 'C' && name === 'event loop delay')
    assert.deepEqual(new Set(delays.map(({ pid }) => serviceOf(pid))), new Set(NAMES))
    const collections = on('garbage collection')
    assert.deepEqual(new Set(collections.map(({ pid }) => serviceOf(pid))), new Set(NAMES))
    for (const { ph, name } of collections) {
      assert.equal(ph, 'X')
      assert.match(name, /^(minor collection|major collection|incremental marking|weak callbacks)$/)
    }
  })

  it('tells the time by one clock', () => {
    const times = drawn(events).flatMap(({ start, end }) => [start, end])
    const [first, last] = [Math.min(...times), Math.max(...times)]
    const SECOND = 1_000_000
    for (const { ts = first } of events) assert.ok(ts > first - 60 * SECOND && ts < last + 60 * SECOND)
  })
})
