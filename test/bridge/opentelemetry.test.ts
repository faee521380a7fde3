/**
 * Applications that use `@opentelemetry/api`, under the preload.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { libraries, preload, runNode, succeed, trace, type App } from '../support/run.js'
import { assertChild, namesOf, spanNamed, treeOf } from '../support/spans.js'

const current = libraries('current')
/** The copies under test. The newest brings modules of its own for `import`, the others are CommonJS for both. */
const copies = [
  { title: '@opentelemetry/api', cwd: current },
  { title: '@opentelemetry/api 1.9', cwd: libraries('opentelemetry-1.9') },
  { title: '@opentelemetry/api 1.0', cwd: libraries('opentelemetry-1.0') },
].flatMap(({ title, cwd }) => [
  { title: `${title}, required`, options: { cwd, args: ['require'] } },
  { title: `${title}, imported`, options: { cwd, args: ['import'] } },
])

const OWN_PROVIDER =
  'pretrace: the application has set an OpenTelemetry tracer provider of its own: its spans go there and are not in pretrace’s traces\n'

for (const { title, options } of copies) {
  describe(title, () => {
    it('nests its spans with those of the instrumentations and of OpenTracing', async () => {
      const { spans } = await succeed(async (how: string) => {
        const { trace, context, propagation, SpanStatusCode } =
          how === 'require' ? require('@opentelemetry/api') : await import('@opentelemetry/api')
        const { createServer } = require('node:http')
        const tracer = trace.getTracer('shop', '2.0')
        const server = createServer((req: any, res: any) => {
          if (req.url === '/inner') res.end(String(propagation.getBaggage(context.active())?.getEntry('user')?.value))
          else
            tracer.startActiveSpan('work', async (span: any) => {
              const above = propagation.setBaggage(
                context.active(),
                propagation.createBaggage({ user: { value: 'u1' } }),
              )
              const { port } = server.address()
              const answer = await context.with(above, () => fetch(`http://127.0.0.1:${port}/inner`))
              span.setAttributes({ user: await answer.text(), list: ['a', 'b'] }).addEvent('answered', { n: 1 })
              span.recordException(new TypeError('boom'))
              span.setStatus({ code: SpanStatusCode.ERROR, message: 'it broke' })
              span.end()
              res.end()
              server.close()
            })
        })
        server.listen(0, '127.0.0.1', () => {
          tracer.startActiveSpan('script', async (span: any) => {
            await fetch(`http://127.0.0.1:${server.address().port}/outer`)
            span.end()
          })
        })
      }, options)
      assert.equal(treeOf(spans), 'script\n  GET\n    GET\n      work\n        GET\n          GET')
      const work = spanNamed(spans, 'work')
      assert.deepEqual(work.attributes, { user: 'u1', list: ['a', 'b'] })
      assert.deepEqual(work.status, { code: 2, message: 'it broke' })
      assert.deepEqual(namesOf(work.events as never), ['answered', 'exception'])
      assert.equal(work.events[1]?.attributes['exception.type'], 'TypeError')
      assert.deepEqual([work.component, work.componentVersion], ['shop', '2.0'])
    })

    it('lets the application register parts of its own, and says so once', async () => {
      const { spans, stdout, stderr, code } = await trace(async (how: string) => {
        const api = how === 'require' ? require('@opentelemetry/api') : await import('@opentelemetry/api')
        const { trace, propagation } = api
        trace.getTracer('early').startSpan('ours').end()
        const began: string[] = []
        const startSpan = (name: string): unknown => (began.push(name), trace.wrapSpanContext({ traceId: '' }))
        const fields = { inject: () => undefined, extract: (context: unknown) => context, fields: () => ['mine'] }
        console.log(trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan }) }))
        console.log(propagation.setGlobalPropagator(fields))
        console.log(trace.setGlobalTracerProvider({ getTracer: () => ({}) }), propagation.setGlobalPropagator(fields))
        trace.getTracer('lib').startSpan('theirs')
        console.log(began.join(), propagation.fields().join())
        const server = require('node:http').createServer((_: unknown, res: any) => res.end())
        server.listen(0, async () => {
          await fetch(`http://localhost:${server.address().port}`)
          server.close()
        })
      }, options)
      assert.equal(code, 0)
      assert.equal(stdout, 'true\ntrue\nfalse false\ntheirs mine\n')
      assert.equal(stderr, OWN_PROVIDER)
      assert.deepEqual(namesOf(spans).sort(), ['GET', 'GET', 'ours'])
    })

    it('lets the application set a logger, and says nothing', async () => {
      const { stdout } = await succeed(async (how: string) => {
        const { diag, trace, DiagLogLevel } =
          how === 'require' ? require('@opentelemetry/api') : await import('@opentelemetry/api')
        const say = (message: string): void => console.log(message.split(' v')[0])
        const logger = { error: say, warn: say, info: say, debug: say, verbose: say }
        diag.setLogger(logger, DiagLogLevel.DEBUG)
        diag.info('heard')
        trace.getTracer('lib').startSpan('span').end()
      }, options)
      assert.equal(stdout, '@opentelemetry/api: Registered a global for diag\nheard\n')
    })

    it('does nothing, as ever, where tracing is switched off', async () => {
      const app: App = async (how: string) => {
        const { trace, context, ROOT_CONTEXT } =
          how === 'require' ? require('@opentelemetry/api') : await import('@opentelemetry/api')
        trace.getTracer('lib').startActiveSpan('span', (span: any) => {
          console.log(span.isRecording(), span.spanContext().traceId, context.active() === ROOT_CONTEXT)
          span.setAttribute('a', 1).end()
        })
        console.log(trace.setGlobalTracerProvider({ getTracer: () => undefined }))
      }
      for (const env of [{ OTEL_SDK_DISABLED: 'true' }, { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'opentelemetry' }]) {
        const { stdout, spans } = await succeed(app, { ...options, env })
        assert.equal(stdout, `false ${'0'.repeat(32)} true\ntrue\n`)
        assert.deepEqual(spans, [])
      }
    })
  })
}

describe('several copies of @opentelemetry/api', () => {
  it('of several versions share one context and one trace', async () => {
    const { spans, stdout } = await succeed(
      async (...paths: string[]) => {
        const apis = [...paths.map((path) => require(path)), await import('@opentelemetry/api')]
        const nest = (depth: number): void => {
          const { trace, propagation, context } = apis[depth] ?? {}
          if (trace === undefined) return
          console.log(propagation.getActiveBaggage?.()?.getEntry('a').value)
          trace.getTracer('lib').startActiveSpan(`span ${depth}`, (span: any) => {
            const baggage = propagation.createBaggage({ a: { value: String(depth) } })
            context.with(propagation.setBaggage(context.active(), baggage), () => nest(depth + 1))
            span.end()
          })
        }
        nest(0)
      },
      {
        args: [
          '@opentelemetry/api',
          ...['1.9', '1.0'].map((version) =>
            join(libraries(`opentelemetry-${version}`), 'node_modules/@opentelemetry/api'),
          ),
        ],
      },
    )
    assert.equal(treeOf(spans), 'span 0\n  span 1\n    span 2\n      span 3')
    // 1.0 has no function for the active baggage.
    assert.equal(stdout, 'undefined\n0\nundefined\n2\n')
  })
})

describe('the OpenTelemetry API of a traced service', () => {
  it('has spans of HTTP, PostgreSQL, both APIs and fetch in one tree', async () => {
    const { spans } = await succeed(async () => {
      const { trace } = require('@opentelemetry/api')
      const { globalTracer } = require('opentracing')
      const { Client } = require('pg')
      const express = require('express')
      const client = new Client(process.env['DATABASE_URL'])
      const app = express()
      app.get('/users/:id', async (_: unknown, res: any) => {
        await trace.getTracer('lib').startActiveSpan('load', async (span: any) => {
          await client.query('SELECT relname FROM pg_class LIMIT 1')
          globalTracer().startSpan('count').finish()
          span.end()
        })
        trace.getActiveSpan().setAttribute('app.user', 'u1')
        res.end()
      })
      await client.connect()
      const server = app.listen(0, async () => {
        await (await fetch(`http://localhost:${server.address().port}/users/7`)).text()
        server.close()
        await client.end()
      })
    })
    assert.equal(
      treeOf(spans),
      'GET\n  GET /users/:id\n    handler /users/:id\n      load\n        SELECT pg_class\n        count',
    )
    assert.equal(spanNamed(spans, 'handler /users/:id').attributes['app.user'], 'u1')
  })

  it('hands its context to the next service even where the trace is not sampled', async () => {
    const { spans, stdout } = await succeed(
      () => {
        const { trace } = require('@opentelemetry/api')
        const server = require('node:http').createServer((req: any, res: any) => res.end(req.headers.traceparent))
        server.listen(0, () => {
          trace.getTracer('lib').startActiveSpan('outer', async (span: any) => {
            const sent = await (await fetch(`http://localhost:${server.address().port}`)).text()
            console.log(span.isRecording(), sent.startsWith(`00-${span.spanContext().traceId}-`), /-0[02]$/.test(sent))
            server.close()
          })
        })
      },
      { env: { OTEL_TRACES_SAMPLER: 'always_off' } },
    )
    assert.equal(stdout, 'false true true\n')
    assert.deepEqual(spans, [])
  })

  it('continues a trace by hand', async () => {
    const { spans } = await succeed(() => {
      const { trace, context, propagation, ROOT_CONTEXT } = require('@opentelemetry/api')
      const headers = {}
      trace.getTracer('producer').startActiveSpan('send', (span: any) => {
        propagation.inject(context.active(), headers)
        span.end()
      })
      const options = {
        kind: 4,
        links: [{ context: trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers)) }],
      }
      trace
        .getTracer('consumer')
        .startActiveSpan('receive', options, propagation.extract(ROOT_CONTEXT, headers), (span: any) => span.end())
    })
    const [send, receive] = [spanNamed(spans, 'send'), spanNamed(spans, 'receive')]
    assertChild(receive, send)
    assert.equal(receive.kind, 'consumer')
    assert.equal(receive.links[0]?.spanId, send.spanId)
    assert.deepEqual(receive.links[0]?.attributes, {})
  })

  it('has the SDK’s forceFlush and shutdown at its provider', async () => {
    const { stdout } = await succeed(async () => {
      const { trace } = require('@opentelemetry/api')
      const provider = trace.getTracerProvider()
      trace.getTracer('lib').startSpan('span').end()
      console.log(await provider.forceFlush(), await provider.shutdown(), provider.getDelegate() === provider)
    })
    assert.equal(stdout, 'undefined undefined true\n')
  })

  it('is found by an ES module under -r alone', async () => {
    const source = `
      import { trace } from '@opentelemetry/api'
      import opentracing, { globalTracer } from 'opentracing'
      trace.getTracer('lib').startActiveSpan('outer', (span) => {
        console.log(globalTracer().startSpan('inner') instanceof opentracing.Span)
        console.log(trace.getActiveSpan() === span, span.isRecording())
      })`
    const { stdout, stderr } = await runNode(['-r', preload, '--input-type=module', '-e', source], {
      env: { OTEL_TRACES_EXPORTER: 'none' },
    })
    assert.equal(stdout, 'true\ntrue true\n')
    assert.equal(stderr, '')
  })

  it('costs nothing before it is used', async () => {
    const source = `require('@opentelemetry/api'); console.log(Object.keys(require.cache).filter((file) => /src.bridge/.test(file)).length)`
    const { stdout } = await runNode(['-r', preload, '-e', source])
    assert.equal(stdout, '1\n')
  })
})
