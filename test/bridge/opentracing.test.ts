/**
 * Applications that use the `opentracing` package, under the preload.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { libraries, root, runBare, succeed, trace, type App } from '../support/run.js'
import { assertChild, namesOf, spanNamed, treeOf } from '../support/spans.js'

const older = join(libraries('opentracing-0.13'), 'node_modules', 'opentracing')
const copies = [
  { title: 'opentracing 0.14', path: join(root, 'node_modules', 'opentracing') },
  { title: 'opentracing 0.13', path: older },
]
const OWN_TRACER =
  'pretrace: the application has set an OpenTracing tracer of its own: its spans are not in pretrace’s traces\n'

for (const { title, path } of copies) {
  describe(title, () => {
    it('has this tracer as its global tracer, whose spans nest with those of the instrumentations', async () => {
      const { spans } = await succeed(
        async (path: string) => {
          // Got before anything else happens, as modules do at their head.
          const tracer = require(path).globalTracer()
          const { Tags, FORMAT_HTTP_HEADERS } = require(path)
          const server = require('node:http').createServer((req: any, res: any) => {
            if (req.url === '/next') {
              const remote = tracer.extract(FORMAT_HTTP_HEADERS, req.headers)
              tracer.startSpan('by hand', { childOf: remote }).finish()
              return res.end()
            }
            const span = tracer.startSpan('work', { tags: { [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT } })
            tracer.startSpan('part', { childOf: span }).setTag('n', 1).log({ event: 'seen' }).finish()
            tracer.startSpan('root', { ignoreActiveSpan: true }).finish()
            const headers = {}
            tracer.inject(span, FORMAT_HTTP_HEADERS, headers)
            require('node:http').get({ port: server.address().port, path: '/next', headers }, (answer: any) => {
              answer.resume().on('end', () => {
                span.finish()
                res.end()
                server.close()
              })
            })
          })
          server.listen(0, () => fetch(`http://localhost:${server.address().port}/`))
        },
        { args: [path] },
      )
      const [work, part] = [spanNamed(spans, 'work'), spanNamed(spans, 'part')]
      const outer = spans.find(({ kind, attributes }) => kind === 'server' && attributes['url.path'] === '/')
      assert.ok(outer !== undefined)
      assertChild(work, outer)
      assertChild(part, work)
      assertChild(spanNamed(spans, 'by hand'), work)
      assert.equal(work.kind, 'client')
      assert.deepEqual([part.attributes, namesOf(part.events as never)], [{ n: 1 }, ['seen']])
      assert.equal(spanNamed(spans, 'root').parentSpanId, undefined)
      assert.notEqual(spanNamed(spans, 'root').traceId, work.traceId)
    })

    it('takes our spans for its own, and no others', async () => {
      const { stdout } = await succeed(
        (path: string) => {
          const { globalTracer, Span, SpanContext, Tracer, childOf } = require(path)
          class Mine extends Span {}
          const span = globalTracer().startSpan('span')
          console.log(span instanceof Span, span.context() instanceof SpanContext, span.tracer() instanceof Tracer)
          console.log(span instanceof Mine, {} instanceof Span, span instanceof SpanContext, [] instanceof Span)
          console.log(new Mine() instanceof Mine, new Mine() instanceof Span, new Span() instanceof Span)
          console.log(Object.keys(Span).length, childOf(span).referencedContext() === span.context())
        },
        { args: [path] },
      )
      assert.equal(stdout, 'true true true\nfalse false false false\ntrue true true\n0 true\n')
    })

    it('is left with a tracer that the application sets, and that is said once', async () => {
      const { stdout, stderr, spans } = await trace(
        (path: string) => {
          const { initGlobalTracer, globalTracer, Tracer } = require(path)
          class Mine extends Tracer {
            _startSpan(name: string): unknown {
              return `my ${name}`
            }
          }
          globalTracer().startSpan('ours').finish()
          initGlobalTracer(new Mine())
          console.log(globalTracer().startSpan('span'), initGlobalTracer.length, initGlobalTracer.name)
          initGlobalTracer(new Tracer())
        },
        { args: [path] },
      )
      assert.equal(stdout, 'my span 1 initGlobalTracer\n')
      assert.equal(stderr, OWN_TRACER)
      assert.deepEqual(namesOf(spans), ['ours'])
    })

    it('is a no-op, as ever, where tracing is switched off', async () => {
      const app: App = (path: string) => {
        const { globalTracer, Span } = require(path)
        const span = globalTracer().startSpan('span')
        console.log(span.constructor === Span, Object.getOwnPropertySymbols(Span).length)
        span.setTag('a', 1).finish()
      }
      for (const env of [{ OTEL_SDK_DISABLED: 'true' }, { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'opentracing' }]) {
        const { stdout, spans } = await succeed(app, { args: [path], env })
        assert.equal(stdout, 'true 0\n')
        assert.deepEqual(spans, [])
      }
      assert.equal((await runBare(app, { args: [path] })).stdout, 'true 0\n')
    })
  })
}

describe('several copies of opentracing', () => {
  it('have one tracer, and know each other’s spans', async () => {
    const { spans, stdout } = await succeed(
      (...paths: string[]) => {
        const [a, b] = paths.map((path) => require(path))
        const one = a.globalTracer().startSpan('one').setBaggageItem('k', 'v')
        const two = b.globalTracer().startSpan('two', { childOf: one })
        const references = [a.followsFrom(one), new b.Reference(b.REFERENCE_CHILD_OF, two), b.childOf(one)]
        const three = a.globalTracer().startSpan('three', { references })
        console.log(one instanceof b.Span, two instanceof a.Span, three.getBaggageItem('k'))
        const carrier = {}
        b.globalTracer().inject(one.context(), b.FORMAT_TEXT_MAP, carrier)
        const four = a
          .globalTracer()
          .startSpan('four', { childOf: a.globalTracer().extract(a.FORMAT_TEXT_MAP, carrier) })
        for (const span of [one, two, three, four]) span.finish()
      },
      { args: copies.map(({ path }) => path) },
    )
    assert.equal(stdout, 'true true v\n')
    assert.equal(treeOf(spans), 'one\n  two\n    three\n  four')
    assert.deepEqual(
      spanNamed(spans, 'three').links.map(({ attributes }) => attributes['opentracing.ref_type']),
      ['follows_from', 'child_of'],
    )
  })
})

describe('the global tracer of opentracing', () => {
  it('continues the active span where no reference names another', async () => {
    const { spans } = await succeed(
      (api: string) => {
        const { globalTracer, Reference } = require('opentracing')
        const { withSpan, tracer } = require(api)
        const noop = new (require('opentracing').Tracer)().startSpan('noop')
        const outer = globalTracer().startSpan('outer')
        withSpan(outer, () => {
          const ways = { none: undefined, empty: {}, nobody: { childOf: null }, noop: { childOf: noop } }
          const references = { references: { references: [new Reference('child_of', null)] } }
          for (const [name, options] of Object.entries({ ...ways, ...references }))
            globalTracer().startSpan(name, options).finish()
          tracer.startSpan('by pretrace').finish()
          outer.tracer().startSpan('by the span’s tracer').finish()
        })
        globalTracer().startSpan('outside').finish()
        outer.finish()
      },
      { args: [root] },
    )
    const outer = spanNamed(spans, 'outer')
    const below = spans.filter(({ parentSpanId }) => parentSpanId === outer.spanId)
    const names = ['none', 'empty', 'nobody', 'noop', 'references', 'by pretrace', 'by the span’s tracer']
    assert.deepEqual(namesOf(below), names)
    assert.equal(spanNamed(spans, 'outside').parentSpanId, undefined)
  })

  it('may be set to pretrace’s own tracer: nothing is to be said', async () => {
    const { spans } = await succeed(
      (api: string) => {
        const { initGlobalTracer, globalTracer } = require('opentracing')
        initGlobalTracer(require(api).tracer)
        globalTracer().startSpan('span').finish()
      },
      { args: [root] },
    )
    assert.deepEqual(namesOf(spans), ['span'])
  })

  it('may be a MockTracer', async () => {
    const { stdout, stderr } = await trace(() => {
      const { initGlobalTracer, globalTracer, MockTracer, Span } = require('opentracing')
      const mock = new MockTracer()
      initGlobalTracer(mock)
      const span = globalTracer().startSpan('span')
      span.setTag('a', 1)
      span.finish()
      console.log(span instanceof Span, mock.report().spans.length)
    })
    assert.equal(stdout, 'true 1\n')
    assert.equal(stderr, OWN_TRACER)
  })
})

describe('jaeger-client', () => {
  const JAEGER =
    'pretrace: the application has a jaeger-client tracer: its spans go their own way and are not in pretrace’s traces; ' +
    'without its calls of initTracer and initGlobalTracer they are (docs/MIGRATION.md)\n'
  const useJaeger: App = (how: string, disable: boolean) => {
    const jaeger = require('jaeger-client')
    const { initGlobalTracer, globalTracer } = require('opentracing')
    process.env['JAEGER_SAMPLER_TYPE'] = 'const'
    process.env['JAEGER_SAMPLER_PARAM'] = '1'
    const reporter = new jaeger.InMemoryReporter()
    const config = { serviceName: 'shop', disable, sampler: { type: 'const', param: 1 } }
    const tracer = jaeger[how](config, { reporter })
    initGlobalTracer(tracer)
    globalTracer()
      .startSpan('span', { childOf: globalTracer().startSpan('parent') })
      .finish()
    console.log(tracer.constructor.name, reporter.spans.map((span: any) => span.operationName).join())
  }

  for (const how of ['initTracer', 'initTracerFromEnv']) {
    it(`goes on with ${how}, and what to do is said once`, async () => {
      const { stdout, stderr, spans } = await trace(useJaeger, { args: [how, false] })
      assert.equal(stdout, 'Tracer span\n')
      assert.equal(stdout, (await runBare(useJaeger, { args: [how, false] })).stdout)
      assert.equal(stderr, JAEGER)
      assert.deepEqual(spans, [])
    })
  }

  it('that makes a tracer without setting it as the global one is told of too', async () => {
    const { stderr, spans } = await trace(() => {
      const { initTracer, InMemoryReporter } = require('jaeger-client')
      initTracer({ serviceName: 'shop', sampler: { type: 'const', param: 1 } }, { reporter: new InMemoryReporter() })
      require('opentracing').globalTracer().startSpan('ours').finish()
    })
    assert.equal(stderr, JAEGER)
    assert.deepEqual(namesOf(spans), ['ours'])
  })

  it('without its two calls leaves the field to pretrace', async () => {
    const { spans } = await succeed(() => {
      const { opentracing } = require('jaeger-client')
      opentracing.globalTracer().startSpan('span').finish()
    })
    assert.deepEqual(namesOf(spans), ['span'])
  })
})
