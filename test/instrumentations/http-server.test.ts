import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Arrived } from '../support/collector.js'
import { join } from 'node:path'
import { root, trace } from '../support/run.js'
import { namesOf } from '../support/spans.js'

/** A key and a self-signed certificate for localhost, valid for a hundred years. */
const fixtures = join(root, 'test', 'fixtures')

/** Server spans by the path of their URL. */
function byPath(spans: readonly Arrived[]): Record<string, Arrived> {
  const servers = spans.filter((span) => span.kind === 'server')
  const paths = servers.map((span) => String(span.attributes['url.path']))
  assert.deepEqual([...new Set(paths)], paths, 'a request has more than one span')
  return Object.fromEntries(servers.map((span, index) => [paths[index], span]))
}

function attribute(span: Arrived | undefined, name: string): unknown {
  return span?.attributes[name]
}

describe('http servers', () => {
  it('end one span for every request, whatever its form', async () => {
    const { spans, stderr } = await trace(() => {
      const http = require('node:http')
      const net = require('node:net')
      const server = http.createServer((req: any, res: any) => {
        if (req.url === '/204') res.statusCode = 204
        if (req.url === '/500') res.statusCode = 500
        if (req.url === '/404') res.statusCode = 404
        if (req.url === '/slow') setTimeout(() => res.end('late'), 20)
        else res.end('body')
      })
      server.listen(0, '127.0.0.1', async () => {
        const { port } = server.address()
        const send = (...requests: string[]): Promise<void> =>
          new Promise((resolve) => {
            const socket = net.connect(port, '127.0.0.1', () => socket.write(requests.join('')))
            socket.on('close', resolve).resume()
          })
        const last = 'Host: example.test:81\r\nConnection: close\r\n\r\n'
        await send(`GET /get?token=t&x=1 HTTP/1.1\r\nUser-Agent: me\r\n${last}`)
        await send(`HEAD /head HTTP/1.1\r\n${last}`)
        await send(`DELETE /204 HTTP/1.1\r\n${last}`)
        await send(`GET /500 HTTP/1.1\r\n${last}`)
        await send(`GET /404 HTTP/1.1\r\n${last}`)
        await send('GET /1.0 HTTP/1.0\r\n\r\n')
        await send(`GET http://u:p@other.test/absolute HTTP/1.1\r\n${last}`)
        await send(`POST /post HTTP/1.1\r\nContent-Length: 4\r\n${last}body`)
        await send(`PROPFIND /odd HTTP/1.1\r\n${last}`)
        const keep = 'Host: a\r\n\r\n'
        await send(`GET /slow HTTP/1.1\r\n${keep}GET /second HTTP/1.1\r\n${keep}GET /third HTTP/1.1\r\n${last}`)
        await send(`OPTIONS * HTTP/1.1\r\n${last}`)
        server.close()
      })
    })
    assert.equal(stderr, '')
    const found = byPath(spans)
    assert.deepEqual(
      Object.entries(found).map(([path, { name, attributes, failed }]) => [
        path,
        name,
        attributes['http.response.status_code'],
        failed,
      ]),
      [
        ['/get', 'GET', 200, false],
        ['/head', 'HEAD', 200, false],
        ['/204', 'DELETE', 204, false],
        ['/500', 'GET', 500, true],
        ['/404', 'GET', 404, false],
        ['/1.0', 'GET', 200, false],
        ['/absolute', 'GET', 200, false],
        ['/post', 'POST', 200, false],
        ['/odd', 'HTTP', 200, false],
        ['/slow', 'GET', 200, false],
        ['/second', 'GET', 200, false],
        ['/third', 'GET', 200, false],
        ['/', 'OPTIONS', 200, false],
      ],
    )
    const { '/get': get, '/500': broken, '/1.0': old, '/absolute': absolute, '/odd': odd } = found
    assert.equal(get?.parentSpanId, undefined)
    assert.equal(attribute(get, 'url.scheme'), 'http')
    assert.equal(attribute(get, 'url.query'), 'token=REDACTED&x=1')
    assert.equal(attribute(get, 'server.address'), 'example.test')
    assert.equal(attribute(get, 'server.port'), 81)
    assert.equal(attribute(get, 'user_agent.original'), 'me')
    assert.equal(attribute(get, 'client.address'), '127.0.0.1')
    assert.equal(attribute(broken, 'error.type'), '500')
    assert.equal(attribute(old, 'server.address'), '127.0.0.1')
    assert.equal(attribute(absolute, 'server.address'), 'other.test')
    assert.equal(attribute(odd, 'http.request.method'), '_OTHER')
    assert.equal(attribute(odd, 'http.request.method_original'), 'PROPFIND')
  })

  it('tell of a request as it came and of a response as it went, whatever the application makes of them', async () => {
    const { spans } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer((req: any, res: any) => {
        Object.assign(req, { method: 'PUT', url: '/other' })
        Object.assign(req.headers, { host: 'other.test', 'user-agent': 'another' })
        res.on('close', () => setImmediate(() => (res.statusCode = 500)))
        res.end()
      })
      server.listen(0, '127.0.0.1', () => {
        const { port } = server.address()
        const headers = { host: 'shop.test:81', 'user-agent': 'me' }
        http.get({ host: '127.0.0.1', port, path: '/came', headers }, (res: any) => {
          res.resume().on('end', () => server.close())
        })
      })
    })
    const { attributes, name, failed } = byPath(spans)['/came'] as Arrived
    assert.equal(name, 'GET')
    assert.equal(attributes['http.request.method'], 'GET')
    assert.equal(attributes['server.address'], 'shop.test')
    assert.equal(attributes['user_agent.original'], 'me')
    assert.equal(attributes['http.response.status_code'], 200)
    assert.equal(failed, false)
  })

  it('call a response that the client did not wait for aborted, and keep a status that was sent', async () => {
    const { spans } = await trace(() => {
      const http = require('node:http')
      const net = require('node:net')
      const server = http.createServer((req: any, res: any) => {
        if (req.url === '/after') res.writeHead(201).write('some')
        if (req.url === '/behind') return
        setTimeout(() => sockets[req.url].destroy(), 20)
      })
      const sockets: any = {}
      const send = (path: string, text: string): Promise<void> =>
        new Promise((resolve) => {
          sockets[path] = net.connect(server.address().port, '127.0.0.1', () => sockets[path].write(text))
          sockets[path].on('close', () => setTimeout(resolve, 30))
        })
      server.listen(0, async () => {
        await send('/before', 'GET /before HTTP/1.1\r\nHost: a\r\n\r\nGET /behind HTTP/1.1\r\nHost: a\r\n\r\n')
        await send('/after', 'GET /after HTTP/1.1\r\nHost: a\r\n\r\n')
        server.close()
      })
    })
    const { '/before': before, '/behind': behind, '/after': after } = byPath(spans)
    for (const span of [before, behind, after]) {
      assert.equal(span?.failed, true)
      assert.equal(attribute(span, 'error.type'), 'aborted')
    }
    assert.equal(attribute(before, 'http.response.status_code'), undefined)
    assert.equal(attribute(behind, 'http.response.status_code'), undefined)
    assert.equal(attribute(after, 'http.response.status_code'), 201)
  })

  it('end the spans of pipelined requests that an earlier response with Connection: close leaves unanswered', async () => {
    const { spans } = await trace(() => {
      const http = require('node:http')
      const net = require('node:net')
      const server = http.createServer((req: any, res: any) => {
        if (req.url === '/1') setTimeout(() => res.setHeader('connection', 'close').end(), 10)
        else res.end('never sent')
      })
      server.listen(0, () => {
        const socket = net.connect(server.address().port, '127.0.0.1')
        socket.write('GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n')
        socket.on('close', () => server.close()).resume()
      })
    })
    const { '/1': first, '/2': second } = byPath(spans)
    assert.equal(first?.failed, false)
    assert.equal(attribute(second, 'error.type'), 'aborted')
  })

  it('trace checkContinue and checkExpectation once though the application passes them on', async () => {
    const { spans } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer((req: any, res: any) => req.resume().on('end', () => res.end('ok')))
      server.on('checkContinue', (req: any, res: any) => {
        res.writeContinue()
        server.emit('request', req, res)
      })
      server.on('checkExpectation', (req: any, res: any) => {
        res.statusCode = 417
        res.end()
      })
      const other = http.createServer((req: any, res: any) => server.emit('request', req, res))
      const post = (to: any, path: string, expect: string): Promise<void> =>
        new Promise((resolve) => {
          const { port } = to.address()
          const req = http.request({ port, path, method: 'POST', headers: { expect, 'content-length': 1 } })
          req.on('response', (res: any) => res.resume().on('end', resolve))
          if (path === '/continue') req.on('continue', () => req.end('x'))
          else req.end('x')
        })
      server.listen(0, () =>
        other.listen(0, async () => {
          await post(server, '/continue', '100-continue')
          await post(server, '/expectation', 'nonsense')
          await post(other, '/implied', '100-continue')
          server.close()
          other.close()
        }),
      )
    })
    const found = byPath(spans)
    assert.deepEqual(Object.keys(found), ['/continue', '/expectation', '/implied'])
    assert.equal(attribute(found['/expectation'], 'http.response.status_code'), 417)
    for (const [path, span] of Object.entries(found)) assert.notEqual(span.parentSpanId, undefined, path)
  })

  it('trace requests that the application makes up if their response is one, and let others be', async () => {
    const { spans, stdout } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer()
      server.on('request', (req: any, res: any) => res?.end?.(`1 ${req.url}`))
      server.on('request', (req: any) => console.log(req?.url))
      server.emit('request', { url: '/plain', headers: {} }, { end() {} })
      server.emit('request', undefined, undefined)
      server.emit('request', {}, new http.ServerResponse({ method: 'GET' }))
      const req = new http.IncomingMessage(null)
      Object.assign(req, { method: 'PUT', url: '/made-up' })
      const res = new http.ServerResponse(req)
      const { Writable } = require('node:stream')
      res.assignSocket(new Writable({ write: (_chunk: any, _encoding: any, callback: any) => callback() }))
      server.emit('request', req, res)
    })
    assert.equal(stdout, '/plain\nundefined\nundefined\n/made-up\n')
    assert.deepEqual(namesOf(spans), ['PUT'])
    assert.equal(attribute(spans[0], 'http.response.status_code'), 200)
    assert.equal(spans[0]?.failed, false)
  })

  it('leave upgrades alone', async () => {
    const { spans, stdout } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer()
      server.on('upgrade', (req: any, socket: any, head: any) => {
        socket.end(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhi ${head.length}`)
      })
      server.on('connect', (req: any, socket: any) => socket.end(`HTTP/1.1 200 OK\r\n\r\ntunnel to ${req.url}`))
      server.listen(0, () => {
        const { port } = server.address()
        const read = (socket: any, head: any, next: () => void): void => {
          let text = head.toString()
          socket.on('data', (chunk: any) => (text += chunk)).on('end', () => (console.log(text), next()))
          socket.end()
        }
        const upgrade = http.get({ port, path: '/up', headers: { connection: 'Upgrade', upgrade: 'x' } })
        upgrade.on('upgrade', (_res: any, socket: any, head: any) =>
          read(socket, head, () => {
            const connect = http.request({ port, method: 'CONNECT', path: 'example.test:443' }).end()
            connect.on('connect', (_res: any, socket: any, head: any) => read(socket, head, () => server.close()))
          }),
        )
      })
    })
    assert.equal(stdout, 'hi 0\ntunnel to example.test:443\n')
    assert.deepEqual(
      spans.map((span) => [span.kind, span.name, span.attributes['http.response.status_code']]),
      [
        ['client', 'GET', 101],
        ['client', 'CONNECT', 200],
      ],
    )
  })

  it('serve over TLS too', async () => {
    const { spans, stdout } = await trace(
      (folder: string) => {
        const https = require('node:https')
        const { readFileSync } = require('node:fs')
        const options = { key: readFileSync(`${folder}/key.pem`), cert: readFileSync(`${folder}/cert.pem`) }
        const server = https.createServer(options, (_req: any, res: any) => res.end('secret'))
        server.listen(0, () => {
          const { port } = server.address()
          https.get({ port, path: '/tls', rejectUnauthorized: false, host: '127.0.0.1' }, (res: any) =>
            res.on('data', (data: any) => console.log(String(data))).on('end', () => server.close()),
          )
        })
      },
      { args: [fixtures] },
    )
    assert.equal(stdout, 'secret\n')
    assert.equal(spans.length, 2)
    const server = byPath(spans)['/tls']
    assert.equal(attribute(server, 'url.scheme'), 'https')
    const client = spans.find((span) => span.kind === 'client')
    assert.match(String(attribute(client, 'url.full')), /^https:\/\/127\.0\.0\.1:\d+\/tls$/)
    assert.equal(server?.parentSpanId, client?.spanId)
  })
})
