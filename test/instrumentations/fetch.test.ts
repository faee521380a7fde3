import assert from 'node:assert/strict'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { foldersWith, libraries, root, runBare, succeed, type App, type Traced } from '../support/run.js'
import { assertChild, spanNamed, spansOf, treeOf } from '../support/spans.js'

/** The copies of undici under test: Node's own, and those of npm. */
const copies = [
  { name: 'the global fetch', library: undefined, cwd: libraries('current') },
  ...foldersWith('undici', 'current', 'redis-4').map((cwd) => ({
    name: `undici in ${basename(cwd)}`,
    library: 'undici',
    cwd,
  })),
]

for (const { name, library, cwd } of copies) {
  const run = (app: App): Promise<Traced> => succeed(app, { cwd, args: [library ?? null] })

  describe(`fetch by ${name}`, () => {
    it('makes a span of a request, its parent the caller, and the server its child', async () => {
      const { spans, stdout } = await run(async (library: string | null) => {
        const { fetch } = library === null ? globalThis : require(library)
        const server = require('node:http').createServer(async (req: any, res: any) => {
          if (req.url === '/outer') await (await fetch(`${origin}/inner?token=abc&x=1#frag`, { method: 'PUT' })).text()
          res.end('ok')
        })
        await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
        const origin = `http://127.0.0.1:${server.address().port}`
        console.log(server.address().port)
        await (await fetch(`${origin}/outer`)).text()
        server.close()
      })
      const port = Number(stdout)
      const [outer, inner] = spansOf(spans, 'fetch')
      assert.ok(outer && inner)
      assert.equal(treeOf(spans), 'GET\n  GET\n    PUT\n      PUT')
      assert.deepEqual(inner.attributes, {
        'http.request.method': 'PUT',
        'url.full': `http://127.0.0.1:${port}/inner?token=REDACTED&x=1`,
        'server.address': '127.0.0.1',
        'server.port': port,
        'network.peer.address': '127.0.0.1',
        'http.response.status_code': 200,
      })
      assert.equal(inner.kind, 'client')
      assert.equal(inner.failed, false)
    })

    it('keeps the requests of concurrent callers apart on shared connections', async () => {
      const { spans } = await run(async (library: string | null) => {
        const undici = library === null ? undefined : require(library)
        const fetch = undici?.fetch ?? globalThis.fetch
        undici?.setGlobalDispatcher(new undici.Agent({ connections: 2 }))
        const server = require('node:http').createServer(async (req: any, res: any) => {
          const [, kind, number] = req.url.split('/')
          if (kind === 'outer') await (await fetch(`${origin}/inner/${number}`)).text()
          else await new Promise((resolve) => setTimeout(resolve, 5))
          res.end()
        })
        await new Promise((resolve) => server.listen(0, resolve))
        const origin = `http://localhost:${server.address().port}`
        const get = (path: string): Promise<unknown> =>
          new Promise((resolve) =>
            require('node:http').get(`${origin}${path}`, (res: any) => res.resume().on('end', resolve)),
          )
        await Promise.all(Array.from({ length: 8 }, (_, number) => get(`/outer/${number}`)))
        server.closeAllConnections()
        server.close()
      })
      const sent = spansOf(spans, 'fetch')
      assert.equal(sent.length, 8)
      for (const span of sent) {
        const number = String(span.attributes['url.full']).at(-1)
        const server = spans.find((other) => other.attributes['url.path'] === `/outer/${number}`)
        assert.ok(server)
        assertChild(span, server)
      }
    })

    it('makes a span of every hop of a redirect, each with headers of its own', async () => {
      const { spans, stdout } = await run(async (library: string | null) => {
        const { fetch } = library === null ? globalThis : require(library)
        const server = require('node:http').createServer((req: any, res: any) => {
          const names = req.rawHeaders.filter((_: string, index: number) => index % 2 === 0)
          console.log(new Set(names).size === names.length, req.headers['x-b3-spanid'])
          if (req.url === '/here') res.writeHead(302, { location: '/there' }).end('moved')
          else res.end()
        })
        await new Promise((resolve) => server.listen(0, resolve))
        await (await fetch(`http://localhost:${server.address().port}/here`)).text()
        server.closeAllConnections()
        server.close()
      })
      const [here, there, ...more] = spansOf(spans, 'fetch')
      assert.ok(here && there)
      assert.equal(more.length, 0)
      assert.equal(stdout, `true ${here.spanId}\ntrue ${there.spanId}\n`)
      assert.deepEqual(
        [here, there].map((span) => span.attributes['http.response.status_code']),
        [302, 200],
      )
      assert.match(String(there.attributes['url.full']), /\/there$/)
    })

    it('leaves out the formats that the caller has spoken in, and signed requests altogether', async () => {
      const { spans, stdout } = await run(async (library: string | null) => {
        const { fetch } = library === null ? globalThis : require(library)
        const server = require('node:http').createServer((req: any, res: any) => {
          const { rawHeaders } = req
          const isOurs = /^(x-b3-|uber|trace)/i
          const ours = rawHeaders.filter((text: string, index: number) => index % 2 === 0 && isOurs.test(text))
          res.end(
            ours
              .map((text: string) => text.toLowerCase())
              .sort()
              .join(),
          )
        })
        await new Promise((resolve) => server.listen(0, resolve))
        const origin = `http://localhost:${server.address().port}`
        const ask = async (path: string, headers: object): Promise<void> =>
          console.log(await (await fetch(origin + path, { headers })).text())
        await ask('/', { TraceParent: 'mine', 'X-B3-TraceId': 'mine' })
        await ask('/', { authorization: 'AWS4-HMAC-SHA256 Credential=…'.slice(0, -1) })
        await ask('/?X-Amz-Signature=1', {})
        await ask('/', {})
        server.closeAllConnections()
        server.close()
      })
      assert.deepEqual(stdout.split('\n'), [
        'traceparent,uber-trace-id,x-b3-traceid',
        '',
        '',
        'traceparent,uber-trace-id,x-b3-sampled,x-b3-spanid,x-b3-traceid',
        '',
      ])
      assert.equal(spansOf(spans, 'fetch').length, 4)
    })

    it('marks statuses from 400 and broken connections as failed, but not what was given up', async () => {
      const app = async (library: string | null): Promise<void> => {
        const { fetch } = library === null ? globalThis : require(library)
        let giveUp = (): void => undefined
        const server = require('node:http').createServer((req: any, res: any) => {
          if (req.url === '/404') res.writeHead(404).end()
          if (req.url === '/cut') res.writeHead(200, { 'content-length': 10 }).write('a', () => res.destroy())
          if (req.url === '/reset') req.socket.destroy()
          if (req.url === '/abort' || req.url === '/word') giveUp()
        })
        await new Promise((resolve) => server.listen(0, resolve))
        const origin = `http://localhost:${server.address().port}`
        const ask = async (path: string, options?: object): Promise<void> => {
          try {
            await (await fetch(origin + path, options)).text()
          } catch (error: any) {
            console.log(path, error.name ?? error)
          }
        }
        const givenUp = (reason?: unknown): object => {
          const controller = new AbortController()
          giveUp = () => controller.abort(reason)
          return { signal: controller.signal }
        }
        await ask('/404')
        await ask('/cut')
        await ask('/reset')
        await ask('/abort', givenUp())
        await ask('/word', givenUp('enough'))
        await ask('/timeout', { signal: AbortSignal.timeout(20) })
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
        await ask('/refused')
      }
      const { spans, stdout } = await run(app)
      assert.equal(stdout, (await runBare(app, { cwd, args: [library ?? null] })).stdout)
      const outcomes = Object.fromEntries(
        spansOf(spans, 'fetch').map(({ attributes, failed, events }) => [
          new URL(String(attributes['url.full'])).pathname,
          [failed, attributes['http.response.status_code'], events.length],
        ]),
      )
      assert.deepEqual(outcomes, {
        '/404': [true, 404, 0],
        '/cut': [true, 200, 1],
        '/reset': [true, undefined, 1],
        '/abort': [false, undefined, 0],
        '/word': [false, undefined, 0],
        '/timeout': [true, undefined, 1],
        '/refused': [true, undefined, 1],
      })
    })

    it('ends a span where its response began if nobody reads the body', async () => {
      const { spans } = await run(async (library: string | null) => {
        const { fetch } = library === null ? globalThis : require(library)
        const server = require('node:http').createServer(async (req: any, res: any) => {
          if (req.url === '/outer') await fetch(`http://localhost:${server.address().port}/endless`)
          else return res.write('a')
          await new Promise((resolve) => setTimeout(resolve, 50))
          res.end()
        })
        await new Promise((resolve) => server.listen(0, resolve))
        await (await fetch(`http://localhost:${server.address().port}/outer`)).text()
        setImmediate(() => process.exit())
      })
      const [outer, inner] = spansOf(spans, 'fetch')
      assert.ok(outer && inner)
      assert.equal(inner.attributes['http.response.status_code'], 200)
      assert.equal(inner.failed, false)
      assert.ok(inner.end < outer.end)
    })
  })
}

describe('fetch where tracing is suppressed', () => {
  it('makes no span and adds no header', async () => {
    const { spans, stdout } = await succeed(
      async (contract: string) => {
        const { withoutTracing } = require(contract)
        const server = require('node:http').createServer((req: any, res: any) => res.end(String(req.headers['b3'])))
        await new Promise((resolve) => server.listen(0, resolve))
        const origin = `http://localhost:${server.address().port}`
        console.log(await (await withoutTracing(() => fetch(origin))).text())
        server.closeAllConnections()
        server.close()
      },
      { args: [join(root, 'dist', 'src', 'instrumentation.js')], env: { OTEL_PROPAGATORS: 'b3' } },
    )
    assert.equal(stdout, 'undefined\n')
    assert.deepEqual(spansOf(spans, 'fetch'), [])
  })
})

describe('OTEL_NODE_DISABLED_INSTRUMENTATIONS', () => {
  for (const name of ['fetch', 'undici']) {
    it(`switches fetch off by the name ${name}`, async () => {
      const { spans, stdout } = await succeed(
        async () => {
          const server = require('node:http').createServer((req: any, res: any) =>
            res.end(String(req.headers['x-b3-traceid'])),
          )
          await new Promise((resolve) => server.listen(0, resolve))
          console.log(await (await fetch(`http://localhost:${server.address().port}/`)).text())
          server.closeAllConnections()
          server.close()
        },
        { env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: name } },
      )
      assert.equal(stdout, 'undefined\n')
      assert.equal(spanNamed(spans, 'GET').kind, 'server')
    })
  }
})
