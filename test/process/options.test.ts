/**
 * Options that concern every instrumentation.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { root, succeed, trace } from '../support/run.js'
import { namesOf, spanNamed } from '../support/spans.js'

/** Asks itself something, and before that, outside of any trace, a port where nobody is. */
function app(): void {
  const http = require('node:http')
  const server = http.createServer((_req: unknown, res: any) => {
    http.get({ port: 9, path: '/inside' }).on('error', () => res.end())
  })
  server.listen(0, () => {
    const socket = require('node:net').connect(server.address().port)
    socket.end('PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    socket.resume().on('close', () => server.close())
  })
  http.get({ port: 9, path: '/outside' }).on('error', () => undefined)
}

const paths = (spans: readonly { readonly attributes: Readonly<Record<string, unknown>> }[]): string[] =>
  spans.map(({ attributes }) => String(attributes['url.full'] ?? attributes['url.path']).replace(/.*:9/, '')).sort()

describe('a required parent', () => {
  it('keeps what happens outside of a trace from being traced', async () => {
    assert.deepEqual(paths((await succeed(app)).spans), ['/', '/inside', '/outside'])
    const { spans } = await succeed(app, { env: { PRETRACE_REQUIRE_PARENT: 'http,undici' } })
    assert.deepEqual(paths(spans), ['/', '/inside'])
  })

  it('may be that of whoever started the process', async () => {
    const env = {
      PRETRACE_REQUIRE_PARENT: 'http',
      TRACEPARENT: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    }
    assert.deepEqual(paths((await succeed(app, { env })).spans), ['/', '/inside', '/outside'])
  })

  it('of something that does not exist is said', async () => {
    const { stderr, spans } = await trace(app, { env: { PRETRACE_REQUIRE_PARENT: 'htpp' } })
    assert.match(stderr, /^pretrace: PRETRACE_REQUIRE_PARENT="htpp" is not one of http, .*; using none\n$/)
    assert.equal(spans.length, 3)
  })
})

describe('methods', () => {
  it('that are not known do not get into names', async () => {
    assert.ok(namesOf((await succeed(app)).spans).includes('PUT'))
    const { spans } = await succeed(app, { env: { OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS: 'GET,POST' } })
    assert.equal(spanNamed(spans, 'HTTP').attributes['http.request.method_original'], 'PUT')
  })
})

describe('peer services', () => {
  it('name what is behind a host, with a port or without', async () => {
    const peerOf = async (map: string): Promise<unknown> => {
      const { spans } = await succeed(app, { env: { PRETRACE_PEER_SERVICE: map } })
      const named = spans.filter((span) => span.attributes['peer.service'] !== undefined)
      assert.ok(named.every((span) => span.kind === 'client'))
      return named.map((span) => span.attributes['peer.service'])
    }
    assert.deepEqual(await peerOf('localhost=shop,other=x'), ['shop', 'shop'])
    assert.deepEqual(await peerOf('LocalHost:9=shop%201,localhost=x'), ['shop 1', 'shop 1'])
    assert.deepEqual(await peerOf('localhost:8=shop'), [])
  })
})

describe('spans a trace', () => {
  it('are limited; what is beyond is dropped, and said once', async () => {
    const { spans, stderr } = await trace(
      (index: string) => {
        const { tracer } = require(index)
        const root = tracer.startSpan('root')
        for (let i = 0; i < 5; i++) tracer.startSpan('child', { childOf: root }).finish()
        root.finish()
        tracer.startSpan('another').finish()
      },
      { args: [root], env: { PRETRACE_SPANS_PER_TRACE: '3' } },
    )
    assert.deepEqual(namesOf(spans), ['child', 'child', 'root', 'another'])
    assert.equal(stderr, 'pretrace: a trace has 3 spans in this process; further ones are dropped\n')
  })
})

describe('baggage', () => {
  it('is limited by items and bytes', async () => {
    const sent = async (env: Record<string, string>): Promise<unknown> => {
      const { stdout } = await succeed(
        (index: string) => {
          const { tracer } = require(index)
          const span = tracer.startSpan('span')
          for (const key of 'abcde') span.setBaggageItem(key, '12345')
          const headers: any = {}
          tracer.inject(span, 'http_headers', headers)
          console.log(headers.baggage, Object.keys(headers).filter((name) => name.startsWith('uberctx')).length)
        },
        { args: [root], env },
      )
      return stdout.trim()
    }
    assert.equal(await sent({}), 'a=12345,b=12345,c=12345,d=12345,e=12345 5')
    assert.equal(await sent({ PRETRACE_BAGGAGE_ITEMS: '2' }), 'a=12345,b=12345 2')
    assert.equal(await sent({ PRETRACE_BAGGAGE_BYTES: '20' }), 'a=12345,b=12345 3')
  })
})

describe('hooks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pretrace-hooks-'))
  after(() => rmSync(folder, { recursive: true }))
  const hooks = (source: string): Record<string, string> => {
    const file = join(folder, `${source.length}.js`)
    writeFileSync(file, source)
    return { PRETRACE_HOOKS: file }
  }

  it('are called when spans start and finish, those of one library or all', async () => {
    const env = hooks(`
      const http = require('node:http')
      module.exports = {
        http: { onStart: (span) => span.setTag('a', 1), onFinish: (span) => span.setTag('b', 2).setOperationName('renamed') },
        '*': { onFinish: (span) => span.setTag('c', http.METHODS.length > 0) },
        pg: { onStart: (span) => span.setTag('d', 4) },
      }`)
    const { spans } = await succeed(app, { env })
    assert.equal(spans.length, 3)
    for (const {
      name,
      attributes: { a, b, c, d },
    } of spans)
      assert.deepEqual([name, a, b, c, d], ['renamed', 1, 2, true, undefined])
  })

  it('that throw are said once, and harm nothing', async () => {
    const env = hooks(`exports['*'] = { onStart() { throw new Error('oh') }, onFinish(span) { span.finish() } }`)
    const { spans, stderr, code } = await trace(app, { env })
    assert.equal(spans.length, 3)
    assert.equal(code, 0)
    assert.equal(stderr, `pretrace: onStart in ${env['PRETRACE_HOOKS']} failed: oh\n`)
  })

  it('may start spans, for which they are not called', async () => {
    const env =
      hooks(`exports.http = { onStart: (span) => span.tracer().startSpan('extra', { childOf: span }).finish() }
      exports['*'] = { onStart: (span) => span.tracer().startSpan('more', { childOf: span }).finish() }`)
    const { spans } = await succeed(app, { env })
    assert.equal(spans.length, 9)
  })

  it('that cannot be loaded are said', async () => {
    const missing = await trace(app, { env: { PRETRACE_HOOKS: '/no/such/file.js' } })
    assert.match(missing.stderr, /^pretrace: PRETRACE_HOOKS="\/no\/such\/file.js" cannot be loaded: .*; using none\n$/)
    assert.equal(missing.spans.length, 3)
    const wrong = await trace(app, { env: hooks('module.exports = 7') })
    assert.match(wrong.stderr, /^pretrace: PRETRACE_HOOKS=".*" exports no object with hooks; using none\n$/)
  })
})
