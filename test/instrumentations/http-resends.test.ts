/**
 * Redirects that are followed and requests that are tried again, by many clients: each tells which attempt it is, and of
 * the one before.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Arrived } from '../support/collector.js'
import { foldersWith, libraries, succeed } from '../support/run.js'

type Send = (url: string, method?: string) => Promise<unknown>
type Client = (library: (name: string) => any, load: (name: string) => Promise<any>) => Promise<Send>

/** How to send a request by each. Some try again by themselves what `/flaky` answers. */
const CLIENTS: Readonly<Record<string, Client>> = {
  'the global fetch': async () => async (url, method) => (await fetch(url, { method: method ?? 'GET' })).text(),
  'follow-redirects': async (library) => (url, method) =>
    new Promise((resolve, reject) => {
      const { request } = library('follow-redirects').http
      request(url, { method }, (res: any) => res.resume().on('error', reject).on('end', resolve))
        .on('error', reject)
        .end()
    }),
  axios: async (library) => async (url, method) =>
    library('axios').request({ url, method, validateStatus: () => true, proxy: false }),
  'axios by fetch': async (library) => async (url, method) =>
    library('axios').request({ url, method, validateStatus: () => true, adapter: 'fetch' }),
  'got 11': async (library) => async (url, method) =>
    library('got')(url, { method, throwHttpErrors: false, retry: { limit: 0 } }),
  'got 14': async (_, load) => {
    const { got } = await load('got-14')
    const calculateDelay = ({ computedValue }: any): number => Math.sign(computedValue)
    return (url, method) => got(url, { method, throwHttpErrors: false, retry: { limit: 2, calculateDelay } })
  },
  superagent: async (library) => async (url, method) =>
    library('superagent')(method ?? 'GET', url).retry(method === 'POST' ? 0 : 1),
  'node-fetch 2': async (library) => async (url, method) => (await library('node-fetch')(url, { method })).text(),
  'node-fetch 3': async (_, load) => {
    const { default: fetch } = await load('node-fetch-3')
    return async (url, method) => (await fetch(url, { method })).text()
  },
  'undici’s agents': async (library) => {
    const { Agent, interceptors, request, RetryAgent } = library('undici')
    const redirecting = new Agent().compose(interceptors.redirect({ maxRedirections: 3 }))
    const dispatcher = new RetryAgent(redirecting, { maxRetries: 2, minTimeout: 1, maxTimeout: 1 })
    return async (url, method = 'GET') => (await request(url, { method, dispatcher })).body.text()
  },
}

/** Newer Nodes say that node-fetch 2 uses what is deprecated. */
const env = { NODE_NO_WARNINGS: '1' }

/** Asks a server by a client, in the course of a request that it serves itself if `within` says so. */
const asking = async (client: string, within: boolean): Promise<void> => {
  const { createServer } = require('node:http')
  const { once } = require('node:events')
  const send: Send = await require('node:vm').runInThisContext(client)(
    (name: string) => require(name),
    (name: string) => import(name),
  )
  const seen = new Set<string>()
  const isFirst = (what: string): boolean => !seen.has(what) && seen.add(what) !== undefined
  const other = createServer((req: any, res: any) => {
    const { url, method } = req.resume()
    if (url === '/far') res.writeHead(301, { location: '/away?secret=1#there' }).end()
    else if (url.startsWith('/away')) res.writeHead(302, { location: `${origin}/there` }).end()
    else if (url === '/flaky' && isFirst(`${method} 1`)) res.writeHead(503).end()
    else if (url === '/cut' && isFirst('cut')) req.socket.destroy()
    else if (url === '/missing') res.writeHead(404).end()
    else res.end('ok')
  })
  // No connection that is just about to be used again is closed for its age.
  other.keepAliveTimeout = 600_000
  await once(other.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${other.address().port}`
  const quietly = (url: string, method?: string): Promise<unknown> => send(url, method).catch(() => undefined)
  const all = async (): Promise<void> => {
    await quietly(`${origin}/far`)
    for (const path of ['/flaky', '/cut', '/missing', '/missing']) await quietly(origin + path)
    for (const path of ['/flaky', '/cut']) await quietly(origin + path)
    for (let i = 0; i < 2; i++) await quietly(`${origin}/flaky`, 'POST')
  }
  if (within) {
    const server = createServer((_: any, res: any) => void all().finally(() => res.end()))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const socket = require('node:net').connect(server.address().port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await once(socket.resume(), 'close')
    server.close()
  } else await all()
  other.close()
  other.closeAllConnections()
}

/** What client spans tell of their attempts, in their order: `GET /flaky 503`, `GET /flaky 200, 1 after GET /flaky 503`. */
function attemptsIn(spans: readonly Arrived[]): string[] {
  const sent = spans.filter(({ kind }) => kind === 'client').sort((a, b) => a.start - b.start)
  const nameOf = ({ name, attributes }: Arrived): string => {
    const { pathname } = new URL(String(attributes['url.full']))
    return `${name} ${pathname} ${String(attributes['http.response.status_code'] ?? 'nothing')}`
  }
  return sent.map((span) => {
    const count = span.attributes['http.request.resend_count']
    const links = span.links.map(({ spanId, attributes }) => {
      assert.deepEqual(attributes, { 'opentracing.ref_type': 'follows_from' })
      return nameOf(sent.find((other) => other.spanId === spanId) as Arrived)
    })
    return count === undefined && links.length === 0
      ? nameOf(span)
      : `${nameOf(span)}, ${String(count)} after ${links.join(' and ')}`
  })
}

/** Streams of one session in the course of a request, each when the one before is over. */
const streaming = async (): Promise<void> => {
  const http2 = require('node:http2')
  const { once } = require('node:events')
  let isFirst = true
  const other = http2.createServer((req: any, res: any) => {
    if (req.url === '/away') res.writeHead(302, { location: '/flaky' }).end()
    else if (req.url === '/cut') req.stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)
    else {
      res.writeHead(isFirst ? 503 : 200).end()
      isFirst = false
    }
  })
  const server = require('node:http').createServer(async (_: any, res: any) => {
    const session = http2.connect(`http://127.0.0.1:${other.address().port}`)
    for (const path of ['/away', '/flaky', '/flaky', '/cut', '/cut']) {
      const stream = session.request({ ':path': path }).resume()
      stream.on('error', () => undefined)
      await new Promise((resolve) => stream.on('close', resolve))
    }
    session.close()
    res.end()
  })
  for (const each of [other, server]) await once(each.listen(0, '127.0.0.1'), 'listening')
  const socket = require('node:net').connect(server.address().port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await once(socket.resume(), 'close')
  for (const each of [other, server]) each.close()
}

/** The same URL by one Unix socket, by another, and by the first again. */
const bySockets = async (): Promise<void> => {
  const http = require('node:http')
  const { mkdtempSync, rmSync } = require('node:fs')
  const { once } = require('node:events')
  const folder = mkdtempSync(require('node:path').join(require('node:os').tmpdir(), 'attempts-'))
  const [busy, idle] = [503, 200].map((status) => http.createServer((_: any, res: any) => res.writeHead(status).end()))
  const send = (socketPath: string): Promise<unknown> =>
    new Promise((resolve) =>
      http.get({ socketPath, path: '/x', agent: false }, (res: any) => res.resume().on('close', resolve)),
    )
  const server = http.createServer(async (_: any, res: any) => {
    for (const name of ['busy', 'idle', 'busy']) await send(`${folder}/${name}`)
    res.end()
  })
  await Promise.all([
    once(busy.listen(`${folder}/busy`), 'listening'),
    once(idle.listen(`${folder}/idle`), 'listening'),
    once(server.listen(`${folder}/server`), 'listening'),
  ])
  const socket = require('node:net').connect(`${folder}/server`)
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await once(socket.resume(), 'close')
  await Promise.all([busy, idle, server].map((each) => new Promise((resolve) => each.close(resolve))))
  rmSync(folder, { recursive: true })
}

const REDIRECTED = ['GET /far 301', 'GET /away 302, 1 after GET /far 301', 'GET /there 200, 2 after GET /away 302']

describe('attempts by http2', () => {
  it('follow each other if a redirect or a failure led from one to the next', async () => {
    const { spans } = await succeed(streaming)
    assert.deepEqual(attemptsIn(spans), [
      'GET /away 302',
      'GET /flaky 503, 1 after GET /away 302',
      'GET /flaky 200, 2 after GET /flaky 503',
      'GET /cut nothing',
      'GET /cut nothing, 1 after GET /cut nothing',
    ])
  })
})

describe('attempts by Unix sockets', () => {
  it('follow each other on one socket alone', async () => {
    const { spans } = await succeed(bySockets)
    assert.deepEqual(attemptsIn(spans), ['GET /x 503', 'GET /x 200', 'GET /x 503, 1 after GET /x 503'])
  })
})

for (const [name, client] of Object.entries(CLIENTS)) {
  const folders = name === 'got 14' ? foldersWith('got-14', 'clients') : [libraries('clients')]
  for (const cwd of name.startsWith('undici') ? foldersWith('undici', 'current') : folders) {
    describe(`attempts by ${name}`, () => {
      it('follow each other if a redirect or a failure led from one to the next, with the same caller', async () => {
        const { spans } = await succeed(asking, { cwd, env, args: [`(${client.toString()})`, true] })
        const attempts = attemptsIn(spans)
        const of = (start: string): string[] => attempts.filter((attempt) => attempt.startsWith(start))
        assert.deepEqual(attempts.slice(0, 3), REDIRECTED)
        // Whether the client itself has tried again or the application later: the second time is the second time.
        assert.deepEqual(of('GET /flaky').slice(0, 2), ['GET /flaky 503', 'GET /flaky 200, 1 after GET /flaky 503'])
        assert.deepEqual(of('GET /cut').slice(0, 2), ['GET /cut nothing', 'GET /cut 200, 1 after GET /cut nothing'])
        assert.ok(
          of('GET /flaky')
            .slice(2)
            .every((attempt) => attempt === 'GET /flaky 200'),
        )
        assert.deepEqual(of('GET /missing'), ['GET /missing 404', 'GET /missing 404'])
        assert.deepEqual(of('POST /flaky'), ['POST /flaky 503', 'POST /flaky 200'])
      })

      it('follow each other without a caller where a redirect led from one to the next', async () => {
        const { spans } = await succeed(asking, { cwd, env, args: [`(${client.toString()})`, false] })
        const [first, ...others] = attemptsIn(spans)
        assert.deepEqual([first, ...others.slice(0, 2)], REDIRECTED)
        assert.deepEqual(
          others.slice(2).filter((attempt) => attempt.includes(' after ')),
          [],
        )
      })
    })
  }
}
