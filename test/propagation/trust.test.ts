import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { trustOf, type Arrival } from '../../src/propagation/trust.js'

import { succeed, trace } from '../support/run.js'
import { serversIn } from '../support/spans.js'

interface From {
  readonly address?: string
  readonly host?: string
  readonly path?: string
  readonly server?: { address(): unknown }
}

function arrival({ address, host = 'shop.example', path = '/', server }: From): Arrival {
  return { headers: { host }, target: path, peer: { remoteAddress: address, server } }
}

const UNIX = { address: () => '/run/app.sock' }
const TCP = { address: () => ({ port: 80 }) }

/** Rules, who is trusted by them, and who is not. */
const cases: readonly (readonly [rules: string, trusted: readonly From[], strangers: readonly From[]])[] = [
  ['none', [], [{ address: '127.0.0.1' }, { server: UNIX }]],
  [
    'private',
    ['127.0.0.1', '::1', '::ffff:10.1.2.3', '172.31.0.1', '192.168.9.9', 'fd00::1', 'fe80::1%eth0', '100.64.0.1'].map(
      (address) => ({ address }),
    ),
    [...['8.8.8.8', '172.32.0.1', '2001:db8::1', '::ffff:8.8.8.8', 'x'].map((address) => ({ address })), {}],
  ],
  ['10.0.0.0/8,::1', [{ address: '10.255.0.1' }, { address: '::1' }], [{ address: '11.0.0.1' }, { address: '::2' }]],
  ['unix', [{ server: UNIX }], [{ server: TCP }, { address: '127.0.0.1', server: TCP }, {}]],
  [
    '/internal/*',
    [{ path: '/internal/a?x' }, { path: '/internal' }, { path: 'http://any.where/internal/a' }],
    [
      '/',
      '/internals',
      '/Internal/a',
      '/internal/../public',
      '/internal/%2e%2E/public',
      '/internal/%2fa',
      '//internal/a',
      '/internal\\..\\a',
    ].map((path) => ({ path })),
  ],
  [
    'host:*.internal',
    [{ host: 'a.internal' }, { host: 'A.INTERNAL:8080' }, { host: 'a.internal.' }],
    [{ host: 'internal' }, { host: 'a.internal.evil' }],
  ],
  ['host:api:8080/v1/*', [{ host: 'api:8080', path: '/v1/x' }], [{ host: 'api', path: '/v1/x' }, { host: 'api:8080' }]],
  ['host:[::1]', [{ host: '[::1]:80' }, { host: '[::1]' }], [{ host: '[::2]' }]],
  [
    '!/public/*',
    [{ path: '/' }, { path: '/publication' }],
    ['/public', '/PUBLIC/a', '/publi%63/a', '/x/../public/a', '//public/a', '/%zz/../a'].map((path) => ({ path })),
  ],
  ['private,!127.0.0.1', [{ address: '10.0.0.1' }], [{ address: '127.0.0.1' }, { address: '8.8.8.8' }]],
  ['all,!10.0.0.0/8', [{ address: '8.8.8.8' }, { server: UNIX }], [{ address: '10.0.0.1' }, { server: TCP }]],
  ['!unix', [{ address: '8.8.8.8', server: TCP }], [{ server: UNIX }]],
]

describe('PRETRACE_TRUST_INBOUND', () => {
  for (const [rules, trusted, strangers] of cases) {
    it(`tells by ${rules} whom to believe`, () => {
      const trusts = trustOf(rules.split(','))
      for (const from of trusted) assert.equal(trusts?.(arrival(from)), true, JSON.stringify(from))
      for (const from of strangers) assert.equal(trusts?.(arrival(from)), false, JSON.stringify(from))
    })
  }

  it('costs nothing where everybody is trusted', () => {
    assert.equal(trustOf(['all']), undefined)
  })

  it('believes nobody of whom nothing is known', () => {
    const arrival = { headers: {}, target: undefined, peer: undefined }
    for (const rule of ['private', '/a', 'host:a', 'unix', '!private', '!/a', '!host:a']) {
      assert.equal(trustOf([rule])?.(arrival), false, rule)
    }
  })

  const FORGED = {
    'X-B3-TraceId': '0af7651916cd43dd8448eb211c80319c',
    'X-B3-SpanId': 'b7ad6b7169203331',
    'X-B3-Flags': '1',
    'jaeger-debug-id': 'forged',
    'jaeger-baggage': 'planted=1',
    baggage: 'planted=1',
    'uberctx-planted': '1',
    'uber-trace-id': '0af7651916cd43dd8448eb211c80319c:b7ad6b7169203331:0:3',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'planted=1',
    b3: 'd',
  }

  /** A server that calls another one, which prints what it was told. */
  const app = async (headers: Record<string, string>): Promise<void> => {
    const { createServer, get } = require('node:http')
    const { once } = require('node:events')
    const inner = createServer((req: any, res: any) => res.end(Object.entries(req.headers).join('\n'))).listen(0)
    const outer = createServer((_req: any, res: any) => {
      get({ port: inner.address().port, path: '/inner', agent: false }, (told: any) => told.pipe(res))
    }).listen(0)
    await Promise.all([once(inner, 'listening'), once(outer, 'listening')])
    const { connect } = require('node:net')
    const lines = Object.entries({ host: 'a', connection: 'close', ...headers }).map((pair) => pair.join(': '))
    const socket = connect(outer.address().port, '127.0.0.1')
    socket.write(`GET /outer HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    socket.pipe(process.stdout)
    await once(socket, 'close')
    inner.close()
    outer.close()
  }

  it('keeps a stranger from forcing a trace, its id and its baggage', async () => {
    const env = { PRETRACE_TRUST_INBOUND: '!/outer', OTEL_TRACES_SAMPLER: 'parentbased_always_off' }
    const { spans, stdout } = await succeed(app, { args: [FORGED], env })
    assert.deepEqual(spans, [])
    assert.match(stdout, /x-b3-sampled,0/)
    assert.doesNotMatch(stdout, /planted|0af7651916cd43dd|x-b3-flags|forged/)
  })

  it('lets everybody do that by default, as a tracer behind a gateway must', async () => {
    const { spans, stdout } = await succeed(app, {
      args: [FORGED],
      env: { OTEL_TRACES_SAMPLER: 'parentbased_always_off' },
    })
    assert.equal(serversIn(spans)[0]?.traceId, '0af7651916cd43dd8448eb211c80319c')
    assert.match(stdout, /planted/)
  })

  it('lets those do that who are trusted', async () => {
    const { spans, stdout } = await succeed(app, { args: [FORGED], env: { PRETRACE_TRUST_INBOUND: 'private' } })
    assert.ok(spans.every(({ traceId }) => traceId === FORGED['X-B3-TraceId']))
    assert.match(stdout, /planted/)
  })

  it('holds for HTTP/2 too', async () => {
    const overHttp2 = async (): Promise<void> => {
      const { createServer, connect } = require('node:http2')
      const { once } = require('node:events')
      const server = createServer((_req: unknown, res: any) => res.end('x')).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const client = connect(`http://127.0.0.1:${server.address().port}`)
      const b3 = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1'
      await once(client.request({ ':path': '/', b3 }).resume(), 'close')
      client.close(() => server.close())
    }
    for (const [rules, isTrusted] of [
      ['127.0.0.0/8', true],
      ['8.8.8.8', false],
    ] as const) {
      const { spans } = await succeed(overHttp2, { env: { PRETRACE_TRUST_INBOUND: rules } })
      assert.equal(serversIn(spans)[0]?.traceId === '0af7651916cd43dd8448eb211c80319c', isTrusted, rules)
    }
  })

  it('believes nobody rather than everybody if it cannot be read', async () => {
    const { spans, stderr } = await trace(app, { args: [FORGED], env: { PRETRACE_TRUST_INBOUND: '10.0.0.0/99' } })
    assert.match(stderr, /^pretrace: PRETRACE_TRUST_INBOUND="10.0.0.0\/99" has .*; using none\n$/)
    assert.ok(spans.length > 0 && spans.every(({ traceId }) => traceId !== FORGED['X-B3-TraceId']))
  })
})
