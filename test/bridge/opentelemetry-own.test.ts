/**
 * Applications that set up OpenTelemetry themselves, under the preload: they have their way, and are told.
 */
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { libraries, preload, root, runBare, runNode, succeed, trace, type App } from '../support/run.js'
import { namesOf } from '../support/spans.js'

const OWN_PROVIDER =
  'pretrace: the application has set an OpenTelemetry tracer provider of its own: its spans go there and are not in pretrace’s traces\n'

describe('an application with its own OpenTelemetry SDK', () => {
  it('keeps it, spans, contexts and all, and is told once', async () => {
    const { stdout, stderr, spans } = await trace(
      async () => {
        const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node')
        const { InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace-base')
        const { trace, context, propagation } = require('@opentelemetry/api')
        const exporter = new InMemorySpanExporter()
        new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).register()
        trace.getTracer('lib').startActiveSpan('outer', (outer: any) => {
          trace.getTracer('lib').startSpan('inner').end()
          console.log(trace.getActiveSpan() === outer, Object.keys(context.active()).length > 0)
          outer.end()
        })
        const [inner, outer] = exporter.getFinishedSpans()
        console.log(inner.parentSpanContext.spanId === outer.spanContext().spanId, propagation.fields().join())
      },
      { cwd: libraries('opentelemetry-1.9') },
    )
    assert.equal(stdout, 'true true\ntrue traceparent,tracestate,baggage\n')
    assert.equal(stderr, OWN_PROVIDER)
    assert.deepEqual(spans, [])
  })

  it('is left alone when that was set up before the preload', async () => {
    const setUp = `require('@opentelemetry/api').trace.setGlobalTracerProvider({ getTracer: () => 'theirs' })`
    const folder = temporary()
    writeFileSync(
      join(folder, 'set-up.js'),
      setUp.replace('@opentelemetry/api', join(root, 'node_modules/@opentelemetry/api')),
    )
    const { stdout, stderr } = await runNode([
      '-r',
      join(folder, 'set-up.js'),
      '-r',
      preload,
      '-p',
      `require('@opentelemetry/api').trace.getTracer()`,
    ])
    assert.equal(stdout, 'theirs\n')
    assert.equal(
      stderr,
      'pretrace: OpenTelemetry’s API was set up before pretrace and is left alone; preload pretrace first to trace what uses it\n',
    )
  })

  it('may put an object of its own in the place of the API’s', async () => {
    const { stdout, stderr } = await trace(() => {
      const place = globalThis as Record<symbol, unknown>
      place[Symbol.for('opentelemetry.js.api.1')] = { version: '1.10.0', trace: { getTracer: () => 'theirs' } }
      console.log(require('@opentelemetry/api').trace.getTracer())
    })
    assert.equal(stdout, 'theirs\n')
    assert.equal(
      stderr,
      'pretrace: the application has set an OpenTelemetry API object of its own: what uses it is not traced\n',
    )
  })

  it('leaves Error as it was when the application registers something', async () => {
    const app: App = () => {
      Error.stackTraceLimit = 7
      const keys = (): string => JSON.stringify([Reflect.ownKeys(Error).map(String), Error.stackTraceLimit])
      const before = keys()
      require('@opentelemetry/api').trace.setGlobalTracerProvider({ getTracer: () => undefined })
      console.log(before === keys())
    }
    assert.equal((await trace(app)).stdout, 'true\n')
    assert.equal((await runBare(app)).stdout, 'true\n')
  })

  it('may switch the API’s parts off, and set its own then', async () => {
    const { stdout } = await succeed(() => {
      const { trace, context, propagation, ROOT_CONTEXT } = require('@opentelemetry/api')
      trace.disable()
      context.disable()
      propagation.disable()
      console.log(trace.getTracer('lib').startSpan('span').isRecording(), context.active() === ROOT_CONTEXT)
      console.log(propagation.fields().length, trace.setGlobalTracerProvider({ getTracer: () => 'theirs' }))
      console.log(trace.getTracer('lib'))
    })
    assert.equal(stdout, 'false true\n0 true\ntheirs\n')
  })

  it('may have it suppress tracing', async () => {
    const { spans } = await succeed(
      async () => {
        const { suppressTracing } = require('@opentelemetry/core')
        const { context, trace } = require('@opentelemetry/api')
        const server = require('node:http').createServer((req: any, res: any) =>
          res.end(String(req.headers.traceparent)),
        )
        await new Promise((resolve) => server.listen(0, resolve))
        await context.with(suppressTracing(context.active()), async () => {
          trace.getTracer('lib').startSpan('none').end()
          console.log(await (await fetch(`http://localhost:${server.address().port}`)).text())
        })
        server.close()
      },
      { cwd: libraries('opentelemetry-1.9') },
    )
    // The server knows nothing of it.
    assert.deepEqual(
      spans.map(({ name, kind }) => [name, kind]),
      [['GET', 'server']],
    )
  })
})

describe('a bundle with its own copy of @opentelemetry/api', () => {
  const bundle = join(temporary(), 'node_modules', 'bundle')
  cpSync(join(libraries('opentelemetry-1.9'), 'node_modules', '@opentelemetry', 'api'), bundle, { recursive: true })
  writeFileSync(join(bundle, 'package.json'), '{"name":"bundle","main":"build/src/index.js"}')
  const app: App = (bundle: string) => {
    const { trace } = require(bundle)
    trace.getTracer('lib').startSpan('span').end()
    console.log(trace.setGlobalTracerProvider({ getTracer: () => 'theirs' }))
  }

  it('finds the tracer too', async () => {
    const { spans } = await trace(app, { args: [bundle] })
    assert.deepEqual(namesOf(spans), ['span'])
  })

  it('is told how to set up its own', async () => {
    const { stdout, stderr } = await trace(app, { args: [bundle] })
    assert.equal(stdout, 'false\n')
    assert.match(stderr, /^pretrace: \S+global-utils.js brings its own OpenTelemetry set-up [^\n]*\n$/)
    const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'opentelemetry' }
    assert.equal((await succeed(app, { args: [bundle], env })).stdout, 'true\n')
  })
})

/** A folder that goes when the tests are over. */
function temporary(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pretrace-api-')))
  mkdirSync(join(folder, 'node_modules'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
