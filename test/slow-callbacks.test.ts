/**
 * PRETRACE_SLOW_CALLBACKS. The applications move the clock instead of letting time pass: what takes long takes minutes, and
 * nothing else does, however busy the machine is.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Arrived } from './support/collector.js'
import { root, succeed } from './support/run.js'

const env = { PRETRACE_SLOW_CALLBACKS: '60000' }

/** Requests to a server that is busy in ways that their paths name. */
async function serving(api: string): Promise<void> {
  const { activeSpan, tracer, withSpan } = require(api)
  const { createServer } = require('node:http')
  const { once } = require('node:events')
  let skipped = 0
  const { performance } = globalThis
  const now = performance.now.bind(performance)
  Object.defineProperty(performance, 'now', { value: () => now() + skipped })
  const work = (minutes: number): void => void (skipped += minutes * 60_000)
  const handlers: Record<string, (end: () => void) => unknown> = {
    '/at-once'(end) {
      work(2)
      end()
    },
    async '/awaiting'(end) {
      await undefined
      work(3)
      end()
    },
    '/timer': (end) =>
      setTimeout(function poll() {
        work(4)
        end()
      }, 1),
    '/immediate': (end) => setImmediate(() => (work(5), end())),
    '/tick': (end) =>
      process.nextTick(function drain() {
        work(6)
        end()
      }),
    '/file': (end) => require('node:fs').stat('.', () => (work(7), end())),
    '/short'(end) {
      work(0.5)
      setImmediate(() => (work(0.5), setImmediate(() => (work(0.5), end()))))
    },
    '/within'(end) {
      const [inner, over] = ['inner', 'over'].map((name) => tracer.startSpan(name))
      work(0.25)
      withSpan(inner, () => work(8))
      withSpan(over, () => (work(9), over.finish()))
      setImmediate(() => (inner.finish(), end()))
    },
    '/apart'(end) {
      const other = tracer.startSpan('other', { ignoreActiveSpan: true })
      withSpan(other, () => work(10))
      work(0.25)
      other.finish()
      end()
    },
    '/thrown'(end) {
      process.once('uncaughtException', () => setImmediate(end))
      withSpan(activeSpan(), () => {
        work(11)
        throw new Error('a mistake')
      })
    },
  }
  const server = createServer((req: any, res: any) => handlers[req.url]?.(() => res.end())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  const ask = async (...paths: string[]): Promise<void> => {
    const socket = require('node:net').connect(port, '127.0.0.1')
    const head = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`
    const last = head(paths.pop() ?? '', 'Connection: close\r\n')
    socket.write(`${paths.map((path) => head(path)).join('')}${last}`)
    await once(socket.resume(), 'close')
  }
  for (const path of Object.keys(handlers)) await ask(path)
  // Of one packet, and so in one callback of Node's.
  await ask('/short', '/short', '/short')
  server.close()
}

/** What spans log, by path or name; times in quarters of minutes, since the clock goes on meanwhile. */
function logsOf(spans: readonly Arrived[]): Record<string, unknown> {
  const told: Record<string, unknown> = {}
  for (const { name, attributes, events } of spans) {
    if (events.length === 0) continue
    told[String(attributes['url.path'] ?? name)] = events.map(({ name, attributes }) => ({
      name,
      ...attributes,
      duration_ms: Math.round(Number(attributes['duration_ms']) / 15_000) * 15_000,
    }))
  }
  return told
}

describe('PRETRACE_SLOW_CALLBACKS', () => {
  it('has the span tell of it for which a callback has held the event loop', async () => {
    const { spans } = await succeed(serving, { args: [root], env })
    const slow = (minutes: number, callback: string, more: object = {}): object[] => [
      { name: 'slow callback', duration_ms: minutes * 60_000, callback, ...more },
    ]
    const received = 'HTTPServerAsyncResource'
    assert.deepEqual(logsOf(spans), {
      '/at-once': slow(2, received),
      '/awaiting': slow(3, 'Promise'),
      '/timer': slow(4, 'Timeout', { function: 'poll' }),
      '/immediate': slow(5, 'Immediate'),
      '/tick': slow(6, 'TickObject', { function: 'drain' }),
      '/file': slow(7, 'FSReqCallback'),
      // What it was mostly busy with is over, and so the entry point tells.
      '/within': slow(17.25, received),
      other: slow(10, received),
      '/thrown': slow(11, received),
    })
  })

  it('leaves spans alone unless it is asked for', async () => {
    const { spans } = await succeed(serving, { args: [root] })
    assert.equal(spans.length, 16)
    assert.deepEqual(logsOf(spans), {})
  })
})
