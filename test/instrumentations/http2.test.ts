import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { Arrived } from '../support/collector.js'
import { foldersWith, root, succeed, trace } from '../support/run.js'
import { assertChild, treeOf } from '../support/spans.js'

const fixtures = join(root, 'test', 'fixtures')

/** Spans of a kind, by the path of their URL. */
function byPath(spans: readonly Arrived[], kind: Arrived['kind']): Record<string, Arrived> {
  const own = spans.filter((span) => span.kind === kind)
  const paths = own.map((span) =>
    String(span.attributes['url.path'] ?? new URL(String(span.attributes['url.full'])).pathname),
  )
  assert.deepEqual([...new Set(paths)], paths, 'a stream has more than one span')
  return Object.fromEntries(own.map((span, index) => [paths[index], span]))
}

describe('http2', () => {
  it('joins what a client sends and what a server receives, stream by stream, in either form', async () => {
    const { spans, stdout } = await succeed(async () => {
      const http2 = require('node:http2')
      const { once } = require('node:events')
      const streams = http2.createServer().on('stream', (stream: any, headers: any) => {
        if (headers[':path'] === '/missing') stream.respond({ ':status': 404 }, { endStream: true })
        else if (headers[':path'] === '/broken') stream.respond({ ':status': 500 }, { endStream: true })
        else {
          stream.respond({ ':status': 200 })
          stream.end(`${headers[':method']} ${headers.traceparent !== undefined}`)
        }
      })
      const compat = http2.createServer((req: any, res: any) =>
        req.resume().on('end', () => res.end(`form of http ${req.headers['x-b3-traceid'] !== undefined}`)),
      )
      const read = async (stream: any): Promise<void> => {
        let text = ''
        for await (const chunk of stream) text += chunk
        console.log(text)
      }
      for (const [server, target, paths] of [
        [streams, '/posted', ['/plain?token=t', '/missing', '/broken']],
        [compat, '/posted-in-form', ['/in-form']],
      ]) {
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        const client = http2.connect(`http://localhost:${server.address().port}`, {
          lookup: (_: any, options: any, done: any) =>
            options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
        })
        for (const path of paths) await read(client.request({ ':path': path, 'user-agent': 'me' }))
        const posted = client.request(Object.freeze({ ':method': 'POST', ':path': target }))
        posted.end('body')
        await read(posted)
        client.close()
        server.close()
      }
    })
    assert.deepEqual(stdout.split('\n'), [
      'GET true',
      '',
      '',
      'POST true',
      'form of http true',
      'form of http true',
      '',
    ])
    const [clients, servers] = [byPath(spans, 'client'), byPath(spans, 'server')]
    for (const [path, server] of Object.entries(servers)) assertChild(server, clients[path] as Arrived)
    assert.deepEqual(
      Object.entries(clients).map(([path, { name, failed, attributes }]) => [
        path,
        name,
        failed,
        attributes['http.response.status_code'],
      ]),
      [
        ['/plain', 'GET', false, 200],
        ['/missing', 'GET', true, 404],
        ['/broken', 'GET', true, 500],
        ['/posted', 'POST', false, 200],
        ['/in-form', 'GET', false, 200],
        ['/posted-in-form', 'POST', false, 200],
      ],
    )
    const { component, attributes } = servers['/plain'] as Arrived
    assert.equal(component, 'http2')
    assert.equal(attributes['url.query'], 'token=REDACTED')
    assert.equal(attributes['user_agent.original'], 'me')
    assert.equal(attributes['network.protocol.version'], '2')
    assert.equal(attributes['client.address'], '127.0.0.1')
    assert.equal(clients['/plain']?.attributes['server.address'], 'localhost')
    assert.equal(clients['/plain']?.attributes['network.peer.address'], '127.0.0.1')
    const failed = Object.entries(servers).flatMap(([path, span]) => (span.failed ? [path] : []))
    assert.deepEqual(failed, ['/broken'])
    assert.equal(spans.length, 12)
  })

  it('keeps the context of each stream, on one connection that was opened before them', async () => {
    const { spans } = await succeed(async () => {
      const http2 = require('node:http2')
      const http = require('node:http')
      const { once } = require('node:events')
      const leaf = http.createServer((_: any, res: any) => res.end()).listen(0, '127.0.0.1')
      await once(leaf, 'listening')
      const ask = (path: string): Promise<void> =>
        new Promise((resolve) =>
          http.get({ port: leaf.address().port, path, agent: false }, (res: any) => res.resume().on('close', resolve)),
        )
      let inner: any
      const server = http2.createServer((req: any, res: any) => {
        const end = req.url.slice(1)
        if (end.startsWith('inner')) return res.end('inner')
        // Neither the request's body nor the client's answer comes in the context of the handler by itself.
        req.resume().on('end', () => {
          const stream = inner.request({ ':path': `/inner-${end}` })
          stream.on('response', async () => {
            await ask(`/leaf-${end}`)
            res.end('done')
          })
          stream.resume()
        })
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const origin = `http://127.0.0.1:${server.address().port}`
      inner = http2.connect(origin)
      const client = http2.connect(origin)
      await Promise.all([once(inner, 'connect'), once(client, 'connect')])
      await Promise.all(
        ['a', 'b', 'c'].map((end) => {
          const stream = client.request({ ':path': `/${end}`, ':method': 'POST' })
          setTimeout(() => stream.end('late'), 10)
          return once(stream.resume(), 'close')
        }),
      )
      client.close()
      inner.close()
      server.close()
      leaf.close()
    })
    const tree = ['POST', '  POST', '    GET', '      GET', '    GET', '      GET'].join('\n')
    assert.equal(treeOf(spans), [tree, tree, tree].join('\n'))
    const servers = byPath(spans, 'server')
    const clients = byPath(spans, 'client')
    for (const end of ['a', 'b', 'c']) {
      assertChild(clients[`/inner-${end}`] as Arrived, servers[`/${end}`] as Arrived)
      assertChild(clients[`/leaf-${end}`] as Arrived, servers[`/${end}`] as Arrived)
    }
  })

  it('ends spans of what never came to a good end', async () => {
    const { spans } = await succeed(async () => {
      const http2 = require('node:http2')
      const { once } = require('node:events')
      const { promisify } = require('node:util')
      const { NGHTTP2_CANCEL, NGHTTP2_REFUSED_STREAM } = http2.constants
      const server = http2.createServer().on('stream', (stream: any, headers: any) => {
        stream.on('error', () => {})
        if (headers[':path'] === '/refused') stream.close(NGHTTP2_REFUSED_STREAM)
        if (headers[':path'] === '/destroyed') stream.session.destroy()
      })
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      // The promisified form has a session of its own making.
      const client = await promisify(http2.connect)(`http://127.0.0.1:${server.address().port}`)
      client.on('error', () => {})
      const over = async (path: string, act: (stream: any) => void): Promise<void> => {
        const stream = client.request({ ':path': path }).on('error', () => {})
        setTimeout(act, 20, stream)
        await new Promise((resolve) => stream.resume().on('close', resolve))
      }
      await over('/cancelled', (stream) => stream.close(NGHTTP2_CANCEL))
      await over('/refused', () => {})
      try {
        client.request({ ':path': '/invalid', connection: 'close' })
      } catch (error: any) {
        console.log(error.code)
      }
      await over('/destroyed', () => {})
      const gone = http2.connect('http://127.0.0.1:1').on('error', () => {})
      await new Promise((resolve) =>
        gone
          .request({ ':path': '/nobody' })
          .on('error', () => {})
          .on('close', resolve),
      )
      server.close()
    })
    const clients = byPath(spans, 'client')
    assert.deepEqual(
      Object.entries(clients).map(([path, { failed, attributes }]) => [path, failed, attributes['error.type']]),
      [
        ['/cancelled', false, undefined],
        ['/refused', true, 'ERR_HTTP2_STREAM_ERROR'],
        ['/invalid', true, 'Error'],
        ['/destroyed', false, undefined],
        ['/nobody', true, 'ERR_HTTP2_STREAM_CANCEL'],
      ],
    )
    const servers = byPath(spans, 'server')
    assert.deepEqual(
      Object.entries(servers).map(([path, { failed }]) => [path, failed]),
      [
        ['/cancelled', true],
        ['/refused', true],
        ['/destroyed', true],
      ],
    )
  })

  it('traces what a secure server gets by HTTP/1, and what undici sends by HTTP/2 once', async () => {
    const { spans, stdout } = await succeed(
      async (folder: string) => {
        const http2 = require('node:http2')
        const https = require('node:https')
        const fs = require('node:fs')
        const { once } = require('node:events')
        const { Agent, request } = require('undici')
        const key = fs.readFileSync(`${folder}/key.pem`)
        const cert = fs.readFileSync(`${folder}/cert.pem`)
        const server = http2.createSecureServer({ key, cert, allowHTTP1: true }, (req: any, res: any) =>
          res.end(req.httpVersion),
        )
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        const { port } = server.address()
        await new Promise((resolve) =>
          https.get({ port, path: '/old', rejectUnauthorized: false, agent: false }, (res: any) =>
            res.on('data', (version: any) => console.log(String(version))).on('close', resolve),
          ),
        )
        const dispatcher = new Agent({ allowH2: true, connect: { rejectUnauthorized: false } })
        const { body } = await request(`https://127.0.0.1:${port}/new`, { dispatcher })
        console.log(await body.text())
        await dispatcher.close()
        server.close()
      },
      // undici warns of HTTP/2; the first Nodes look only at the start whether they may say so.
      {
        args: [fixtures],
        cwd: foldersWith('undici', 'current', 'redis-4')[0] as string,
        env: { NODE_NO_WARNINGS: '1' },
      },
    )
    assert.equal(stdout, '1.1\n2.0\n')
    assert.equal(treeOf(spans), ['GET', '  GET', 'GET', '  GET'].join('\n'))
    assert.deepEqual(
      spans.filter(({ kind }) => kind === 'client').map(({ component }) => component),
      ['http', 'fetch'],
    )
  })

  it('leaves out what is to be left out, and tells and records headers as asked', async () => {
    const { spans, stdout } = await trace(
      async () => {
        const http2 = require('node:http2')
        const { once } = require('node:events')
        const server = http2.createServer((_: any, res: any) => res.end())
        server.listen(0, '127.0.0.1')
        await once(server, 'listening')
        const client = http2.connect(`http://127.0.0.1:${server.address().port}`)
        for (const path of ['/health', '/told']) {
          const stream = client.request({ ':path': path, 'x-own': 'mine' }).resume()
          const [headers] = await once(stream, 'response')
          console.log(path, headers['traceresponse'] !== undefined || headers['server-timing'] !== undefined)
          await once(stream, 'close')
        }
        client.close()
        server.close()
      },
      {
        env: {
          PRETRACE_HTTP_IGNORE_INCOMING: '/health',
          PRETRACE_HTTP_IGNORE_OUTGOING: '*/health',
          PRETRACE_RESPONSE_HEADERS: 'server-timing',
          OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS: 'x-own',
        },
      },
    )
    assert.equal(stdout, '/health false\n/told true\n')
    assert.equal(spans.length, 2)
    const server = spans.find(({ kind }) => kind === 'server')
    assert.deepEqual(server?.attributes['http.request.header.x-own'], 'mine')
  })
})
