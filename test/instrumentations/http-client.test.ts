import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Arrived } from '../support/collector.js'
import { succeed, trace } from '../support/run.js'

/** Client spans by the path of their URL. */
function clientsOf(spans: readonly Arrived[]): Record<string, Arrived> {
  const clients = spans.filter((span) => span.kind === 'client')
  const paths = clients.map((span) => String(span.attributes['url.full']).replace(/^\w+:\/\/[^/]*/, ''))
  assert.deepEqual([...new Set(paths)], paths, 'a request has more than one span')
  return Object.fromEntries(clients.map((span, index) => [paths[index] as string, span]))
}

/** A test's expectation: path, status, error.type. */
function outcomes(spans: readonly Arrived[]): unknown[] {
  return Object.entries(clientsOf(spans)).map(([path, { attributes, failed }]) => [
    path,
    attributes['http.response.status_code'],
    failed ? attributes['error.type'] : attributes['error.type'] === undefined,
  ])
}

describe('http clients', () => {
  it('tell how each request ended', async () => {
    const { spans, stderr } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer((req: any, res: any) => {
        const { socket } = res
        if (req.url === '/404') res.writeHead(404).end()
        else if (req.url === '/503') res.writeHead(503).end()
        else if (req.url === '/hang-up') socket.destroy()
        else if (req.url === '/garbage') socket.end('HELLO\r\n\r\n')
        else if (req.url === '/cut-off') res.writeHead(200, { 'content-length': 99 }).write('a', () => socket.destroy())
        else if (req.url === '/upgrade')
          socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n')
        else if (req.url === '/early-hints') res.writeEarlyHints({ link: '</a>; rel=preload' }, () => res.end())
        else if (req.url === '/trailers') {
          res.writeHead(200, { trailer: 'X-End' }).write('a')
          res.addTrailers({ 'X-End': '1' })
          res.end()
        } else if (req.url.startsWith('/stream')) res.write('endless')
      })
      server.listen(0, '127.0.0.1', async () => {
        const { port } = server.address()
        const call = (path: string, options: any, start: (req: any) => void): Promise<void> =>
          new Promise((resolve) => {
            const req = http.get({ port, host: '127.0.0.1', path, agent: false, ...options })
            req.on('error', () => undefined).on('close', resolve)
            start(req)
          })
        const nothing = (): void => undefined
        const onResponse = (act: (req: any, res: any) => void) => (req: any) =>
          req.on('response', (res: any) => {
            res.on('error', nothing).on('data', () => act(req, res))
          })
        for (const path of ['/404', '/503', '/hang-up', '/garbage', '/upgrade', '/early-hints', '/trailers']) {
          await call(path, {}, nothing)
        }
        await call('/cut-off', {}, onResponse(nothing))
        await call('/silent-destroy', {}, (req) => setTimeout(() => req.destroy(), 20))
        await call('/silent-destroy-error', {}, (req) => setTimeout(() => req.destroy(new TypeError('no')), 20))
        await call('/silent-abort-at-once', {}, (req) => req.abort())
        await call('/silent-timeout', { timeout: 20 }, (req) => req.on('timeout', () => req.destroy()))
        await call('/silent-signal', { signal: AbortSignal.abort() }, nothing)
        await call('/silent-signal-timeout', { signal: AbortSignal.timeout(20) }, nothing)
        await call(
          '/stream-response-destroyed',
          {},
          onResponse((_req, res) => res.destroy()),
        )
        await call(
          '/stream-request-destroyed',
          {},
          onResponse((req) => req.destroy()),
        )
        const controller = new AbortController()
        await call(
          '/stream-signal',
          { signal: controller.signal },
          onResponse(() => controller.abort()),
        )
        await call('/refused', { port: 1 }, nothing)
        await call('/unknown-host', { host: 'does-not-exist.invalid' }, nothing)
        await call(
          '/no-connection',
          { lookup: (_host: any, _options: any, done: any) => done(new Error('mine')), host: 'x.test' },
          nothing,
        )
        server.closeAllConnections()
        server.close()
      })
    })
    assert.equal(stderr.replace(/.*DEP0140.*\n.*\n/, ''), '')
    assert.deepEqual(outcomes(spans), [
      ['/404', 404, '404'],
      ['/503', 503, '503'],
      ['/hang-up', undefined, 'ECONNRESET'],
      ['/garbage', undefined, 'HPE_INVALID_CONSTANT'],
      ['/upgrade', 101, true],
      ['/early-hints', 200, true],
      ['/trailers', 200, true],
      ['/cut-off', 200, 'ECONNRESET'],
      ['/silent-destroy', undefined, 'ECONNRESET'],
      ['/silent-destroy-error', undefined, 'TypeError'],
      ['/silent-abort-at-once', undefined, true],
      ['/silent-timeout', undefined, 'ECONNRESET'],
      ['/silent-signal', undefined, true],
      ['/silent-signal-timeout', undefined, 'ABORT_ERR'],
      ['/stream-response-destroyed', 200, true],
      ['/stream-request-destroyed', 200, 'ECONNRESET'],
      ['/stream-signal', 200, true],
      ['/refused', undefined, 'ECONNREFUSED'],
      ['/unknown-host', undefined, 'ENOTFOUND'],
      ['/no-connection', undefined, 'Error'],
    ])
    const refused = clientsOf(spans)['/refused']
    assert.equal(refused?.attributes['server.port'], 1)
    assert.equal(refused?.events[0]?.name, 'exception')
    assert.match(String(refused?.events[0]?.attributes['exception.message']), /ECONNREFUSED/)
  })

  it('end the span of a request that could not even be made', async () => {
    const { spans } = await succeed(() => {
      const http = require('node:http')
      const headers = ['Host', 'example.com', 'X-Foo', 'bar']
      const inner = (): void => {
        const createConnection = (): unknown => new (require('node:net').Socket)()
        http.request({ headers, path: '/inner', createConnection }).on('error', () => undefined).destroy() // prettier-ignore
      }
      class Agent extends http.Agent {
        createConnection(): never {
          inner()
          throw new RangeError('no connection')
        }
      }
      for (const options of [
        { path: '/outer', agent: new Agent() },
        { path: '/address', localAddress: 'nowhere' },
      ]) {
        try {
          http.request({ headers, ...options })
        } catch (error: any) {
          console.log(error.name, error.message)
        }
      }
    })
    assert.deepEqual(outcomes(spans), [
      ['/outer', undefined, 'Error'],
      ['/address', undefined, 'Error'],
      ['/inner', undefined, 'ECONNRESET'],
    ])
  })

  it('hide credentials in URLs', async () => {
    const { spans } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer((_req: any, res: any) => res.end())
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address()
        const req = http.get(`http://user:pass@127.0.0.1:${port}/a?x=1&api_key=secret#part`)
        req.on('close', () => {
          http.get({ port, path: 'http://user:pass@other.test/proxied?sig=secret' }).on('close', () => server.close())
        })
      })
    })
    const urls = spans.filter((span) => span.kind === 'client').map((span) => span.attributes['url.full'])
    assert.deepEqual(
      urls.map((url) => String(url).replace(/:\d+/, ':0')),
      ['http://127.0.0.1:0/a?x=1&api_key=REDACTED', 'http://REDACTED:REDACTED@other.test/proxied?sig=REDACTED'],
    )
    assert.doesNotMatch(JSON.stringify(spans), /secret|pass\b/)
  })

  it('end the span of a body that nobody reads with its request, and of others when the body is there', async () => {
    const { spans } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer((req: any, res: any) => {
        if (req.url === '/slow') {
          res.write('a')
          setTimeout(() => res.end('b'), 50)
        } else if (req.url === '/unread') res.write('never read')
        else {
          const { port } = server.address()
          http.get({ port, path: '/unread' }, () =>
            http.get({ port, path: '/slow' }, (slow: any) =>
              slow.resume().on('end', () => setTimeout(() => res.end('done'), 20)),
            ),
          )
        }
      })
      server.listen(0, () =>
        http.get({ port: server.address().port, path: '/' }, (res: any) =>
          res.resume().on('end', () => {
            server.close()
            server.closeAllConnections()
          }),
        ),
      )
    })
    const { '/': root, '/slow': slow, '/unread': unread } = clientsOf(spans)
    assert.ok(root && slow && unread)
    assert.ok(slow.end - slow.start >= 45, 'the body counts')
    assert.ok(unread.end <= slow.start, 'waiting for somebody to read does not')
    assert.equal(unread.failed, false)
    assert.equal(unread.attributes['http.response.status_code'], 200)
  })

  it('make a span of every hop of a redirect, all below the same parent', async () => {
    const { spans } = await trace(() => {
      const http = require('node:http')
      const follow = (url: string, done: () => void): void => {
        http.get(url, (res: any) => {
          res.resume()
          if (res.headers.location === undefined) done()
          else follow(new URL(res.headers.location, url).href, done)
        })
      }
      const server = http.createServer((req: any, res: any) => {
        const { port } = server.address()
        if (req.url === '/start') follow(`http://127.0.0.1:${port}/1`, () => res.end())
        else if (req.url === '/3') res.end()
        else res.writeHead(302, { location: `/${Number(req.url.slice(1)) + 1}` }).end()
      })
      server.listen(0, '127.0.0.1', () =>
        http.get({ port: server.address().port, path: '/start', host: '127.0.0.1' }).on('close', () => server.close()),
      )
    })
    const start = spans.find((span) => span.kind === 'server' && span.attributes['url.path'] === '/start')
    const clients = clientsOf(spans)
    for (const path of ['/1', '/2', '/3']) assert.equal(clients[path]?.parentSpanId, start?.spanId, path)
    assert.equal(clients['/1']?.attributes['http.response.status_code'], 302)
    assert.equal(new Set(spans.map((span) => span.traceId)).size, 1)
  })
})
