/**
 * Processes that are started with a trace in their environment.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { childrenPath } from '../support/children.js'
import type { Arrived } from '../support/collector.js'
import { preload, root, succeed, type App } from '../support/run.js'
import { assertChild, spanNamed } from '../support/spans.js'

const INHERITED = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

describe('a script that a traced service starts', () => {
  /** It asks something of a server and waits for nothing. */
  const script = `require('node:http').get({ port: process.argv[1], path: '/from-script' }, (res) => res.resume())`
  const ways: readonly (readonly [title: string, nodeArgs: readonly string[], env: Record<string, string>])[] = [
    ['with NODE_OPTIONS', [], { NODE_OPTIONS: `--require "${preload}"` }],
    ['with a -r of its own', ['-r', preload], {}],
  ]

  for (const [title, nodeArgs, env] of ways) {
    it(`joins its trace ${title}`, async () => {
      const service = (helpers: string, childArgs: readonly string[]): void => {
        const { gather, inTrace } = require(helpers)
        const cp = require('node:child_process')
        const target = require('node:http').createServer((_req: unknown, res: any) => res.end())
        target.listen(0, () => {
          inTrace(async () => {
            await gather(cp.spawn(process.execPath, [...childArgs, target.address().port]))
            target.close()
          })
        })
      }
      const { spans } = await succeed(service, { env, args: [childrenPath, [...nodeArgs, '-e', script]] })
      const fromScript = spans.find((span) => String(span.attributes['url.full']).endsWith('/from-script'))
      assert.ok(fromScript)
      assertChild(fromScript, spanNamed(spans, 'spawn node'))
      assert.equal(new Set(spans.map((span) => span.traceId)).size, 1)
    })
  }

  it('joins it with spans of its own making too, but not with requests that it serves', async () => {
    const app = (index: string): void => {
      const { tracer } = require(index)
      tracer.startSpan('job').finish()
      tracer.startSpan('consume', { tags: { 'span.kind': 'consumer' } }).finish()
      const server = require('node:http').createServer((_req: unknown, res: any) => {
        tracer.startSpan('aside', { ignoreActiveSpan: true }).finish()
        res.end()
      })
      server.listen(0, () => {
        const socket = require('node:net').connect(server.address().port)
        socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
        socket.resume().on('close', () => server.close())
      })
    }
    const { spans } = await succeed(app, { env: { TRACEPARENT: INHERITED }, args: [root] })
    const joined = ['job', 'consume', 'GET', 'aside'].map((name) => spanNamed(spans, name).parentSpanId)
    assert.deepEqual(joined, ['b7ad6b7169203331', undefined, undefined, undefined])
    assert.equal(spanNamed(spans, 'job').traceId, INHERITED.slice(3, 35))
  })

  const request: App = () =>
    require('node:http')
      .get({ port: 9 })
      .on('error', () => undefined)
  const clientSpan = async (env: Readonly<Record<string, string>>): Promise<Arrived | undefined> => {
    const { spans } = await succeed(request, { env })
    return spans[0]
  }

  it('reads every format from its environment', async () => {
    const ids = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'] as const
    const [trace, span] = ids
    const forms: readonly Record<string, string>[] = [
      { B3: `${trace}-${span}-1` },
      { X_B3_TRACEID: trace, X_B3_SPANID: span, X_B3_SAMPLED: '1' },
      { UBER_TRACE_ID: `${trace}:${span}:0:1` },
      { TRACEPARENT: `00-${trace}-${span}-01`, TRACESTATE: 'a=1' },
      { X_AMZN_TRACE_ID: `Root=1-${trace.slice(0, 8)}-${trace.slice(8)};Parent=${span}`, OTEL_PROPAGATORS: 'xray' },
      { X_CLOUD_TRACE_CONTEXT: `${trace}/13235353014750950193;o=1`, OTEL_PROPAGATORS: 'gcp' },
      { OT_TRACER_TRACEID: trace, OT_TRACER_SPANID: span, OTEL_PROPAGATORS: 'ottrace' },
    ]
    for (const env of forms) {
      const found = await clientSpan(env)
      assert.deepEqual([found?.traceId, found?.parentSpanId], ids, JSON.stringify(env))
    }
  })

  it('obeys a decision, a debug id too, and takes junk for nothing', async () => {
    assert.equal(await clientSpan({ B3: '0' }), undefined)
    assert.equal(await clientSpan({ TRACEPARENT: INHERITED.replace(/01$/, '00') }), undefined)
    const debug = await clientSpan({ JAEGER_DEBUG_ID: 'ticket-42', OTEL_TRACES_SAMPLER: 'always_off' })
    assert.equal(debug?.attributes['jaeger-debug-id'], 'ticket-42')
    const junk = { TRACEPARENT: 'junk', TRACESTATE: 'a=1', B3: '', X_B3_TRACEID: 'zz', UBER_TRACE_ID: '0:0:0:0' }
    assert.equal((await clientSpan(junk))?.parentSpanId, undefined)
  })
})
