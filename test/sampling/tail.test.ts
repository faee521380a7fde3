/**
 * Traces that are kept although their head was not sampled.
 */
import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import { parseConfig } from '../../src/config/load.js'
import { ledger } from '../../src/ledger.js'
import { Composite } from '../../src/propagation/composite.js'
import { carriers } from '../../src/propagation/carriers.js'
import { tailOf } from '../../src/sampling/configured.js'
import { alwaysOff } from '../../src/sampling/sampler.js'
import type { SpanContext } from '../../src/tracer/context.js'
import { linger } from '../../src/tracer/lingerers.js'
import type { SpanRecord } from '../../src/tracer/record.js'
import { Tracer } from '../../src/tracer/tracer.js'
import { root, succeed } from '../support/run.js'
import { namesOf, spanNamed, treeOf } from '../support/spans.js'

beforeEach(() => {
  Object.assign(ledger.tail, { unremarkable: 0, full: 0 })
})

interface Keeping {
  readonly tracer: Tracer
  /** The names of the spans that were exported, in their order. */
  readonly kept: () => string[]
  readonly records: readonly SpanRecord[]
  /** Starts a span, applies `use` and finishes it after so many ms. */
  span(
    name: string,
    parent?: SpanContext,
    milliseconds?: number,
    use?: (span: ReturnType<Tracer['start']>) => void,
  ): SpanContext
}

/** A tracer that samples nothing and keeps what the environment says. */
function keeping(env: Readonly<Record<string, string>>): Keeping {
  const records: SpanRecord[] = []
  const next = { add: (record: SpanRecord) => records.push(record) }
  const sink = tailOf(parseConfig(env, []), next)
  const limits = { tags: 128, valueLength: 4096, logs: 128, links: 128 }
  const recordsUnsampled = sink !== next
  const tracer = new Tracer({
    sampler: alwaysOff,
    sink,
    recordsUnsampled,
    carriers: carriers(new Composite([])),
    limits,
  })
  return {
    tracer,
    records,
    kept: () => records.map(({ name }) => name),
    span(name, parent, milliseconds = 0, use = () => {}) {
      const start = 1_700_000_000_000
      const span = tracer.start(name, parent, undefined, undefined, start)
      use(span)
      span.finish(start + milliseconds)
      return span.context()
    },
  }
}

const failing = (span: { setTag(key: string, value: unknown): unknown }): void => void span.setTag('error', true)

describe('a trace that is not sampled', () => {
  it('is recorded by nobody unless asked for', () => {
    const { tracer } = keeping({})
    assert.equal(tracer.start('root', undefined).record, undefined)
  })

  it('is kept whole when its entry point turns out slow', () => {
    const { tracer, kept, records, span } = keeping({ PRETRACE_KEEP_SLOW: '100' })
    const root = tracer.start('root', undefined, undefined, undefined, 1_700_000_000_000)
    span('child', span('grandchild', root.context()))
    assert.deepEqual(kept(), [])
    root.finish(1_700_000_000_100)
    assert.deepEqual(kept(), ['grandchild', 'child', 'root'])
    assert.deepEqual(
      records.map((record) => record.tag('sampling.kept')),
      [undefined, undefined, 'slow'],
    )
  })

  it('is dropped whole when it does not, however slow a part of it was', () => {
    const { tracer, kept, span } = keeping({ PRETRACE_KEEP_SLOW: '100' })
    const root = tracer.start('root', undefined, undefined, undefined, 1_700_000_000_000)
    span('child', root.context(), 5000)
    span('failed', root.context(), 0, failing)
    root.finish(1_700_000_000_099)
    assert.deepEqual(kept(), [])
    assert.equal(ledger.tail.unremarkable, 3)
  })

  it('is kept from the moment that a span of it failed', () => {
    const { tracer, kept, records, span } = keeping({ PRETRACE_KEEP_ERRORS: 'true' })
    const root = tracer.start('root', undefined)
    span('before', root.context())
    assert.deepEqual(kept(), [])
    span('failed', root.context(), 0, failing)
    assert.deepEqual(kept(), ['before', 'failed'])
    span('after', root.context())
    root.finish()
    assert.deepEqual(kept(), ['before', 'failed', 'after', 'root'])
    assert.equal(records.at(-1)?.tag('sampling.kept'), 'error')
  })

  it('is kept when its entry point failed', () => {
    const { kept, records, span } = keeping({ PRETRACE_KEEP_ERRORS: 'yes' })
    span('root', undefined, 0, failing)
    span('fine', undefined)
    assert.deepEqual(kept(), ['root'])
    assert.equal(records[0]?.tag('sampling.kept'), 'error')
  })

  it('takes stragglers along if it was kept, and not if it was dropped', () => {
    const { tracer, kept, span } = keeping({ PRETRACE_KEEP_SLOW: '100', PRETRACE_KEEP_ERRORS: 'true' })
    for (const [name, duration] of [
      ['slow', 100],
      ['quick', 1],
    ] as const) {
      const context = span(name, undefined, duration)
      span(`after ${name}`, context, 1000)
      tracer.start(`failing after ${name}`, context).setTag('error', true).finish()
    }
    assert.deepEqual(kept(), ['slow', 'after slow', 'failing after slow'])
  })

  it('takes along the client spans whose body nobody read', () => {
    const { tracer, kept } = keeping({ PRETRACE_KEEP_SLOW: '1' })
    const root = tracer.start('root', undefined, 'server', undefined, 1_700_000_000_000)
    linger(tracer.start('client', root.context(), 'client'))
    root.finish(1_700_000_000_100)
    assert.deepEqual(kept(), ['client', 'root'])
  })

  it('still tells everybody that it is not sampled', () => {
    const { records, span } = keeping({ PRETRACE_KEEP_SLOW: '1' })
    assert.equal(span('root', undefined, 10).sampling, 1)
    assert.equal(records[0]?.context.sampling, 1)
  })

  it('is exported without delay where a span was sampled on second thoughts', () => {
    const { tracer, kept, span } = keeping({ PRETRACE_KEEP_SLOW: '100' })
    const root = tracer.start('root', undefined)
    span('before', root.context())
    root.setTag('sampling.priority', 1)
    span('after', root.context())
    root.finish()
    assert.deepEqual(kept(), ['after', 'root'])
    assert.equal(ledger.tail.unremarkable, 1)
  })

  it('is not kept where the application forbids it', () => {
    const { tracer, kept, span } = keeping({ PRETRACE_KEEP_ERRORS: 'true' })
    const started = ledger.started
    span('root', undefined, 0, (root) => void root.setTag('sampling.priority', 0).setTag('error', true))
    tracer.startSpan('other', { tags: { 'sampling.priority': 0, error: true } }).finish()
    assert.deepEqual(kept(), [])
    assert.equal(ledger.started, started)
  })
})

describe('what waits for its trace to turn out slow or failed', () => {
  it('is bounded in spans of a trace: the first are kept', () => {
    const { tracer, kept, span } = keeping({ PRETRACE_KEEP_SLOW: '100', PRETRACE_KEEP_TRACE_SPANS: '2' })
    const root = tracer.start('root', undefined, undefined, undefined, 1_700_000_000_000)
    for (const name of ['a', 'b', 'c', 'd']) span(name, root.context())
    root.finish(1_700_000_001_000)
    assert.deepEqual(kept(), ['a', 'b', 'root'])
    assert.equal(ledger.tail.full, 2)
  })

  it('is bounded in traces: the oldest lose what waits', () => {
    const { tracer, kept, span } = keeping({ PRETRACE_KEEP_SLOW: '100', PRETRACE_KEEP_TRACES: '2' })
    const roots = ['1', '2', '3'].map((name) => tracer.start(name, undefined, undefined, undefined, 1_700_000_000_000))
    for (const root of roots) span(`child of ${root.name}`, root.context())
    for (const root of roots) root.finish(1_700_000_001_000)
    assert.deepEqual(kept(), ['1', 'child of 2', '2', 'child of 3', '3'])
    assert.equal(ledger.tail.full, 1)
  })

  it('is bounded in spans: the oldest traces lose what waits', () => {
    const { tracer, kept, span } = keeping({ PRETRACE_KEEP_SLOW: '100', PRETRACE_KEEP_SPANS: '3' })
    const roots = ['1', '2'].map((name) => tracer.start(name, undefined, undefined, undefined, 1_700_000_000_000))
    for (const name of ['a', 'b']) for (const root of roots) span(`${name}${root.name}`, root.context())
    for (const root of roots) root.finish(1_700_000_001_000)
    assert.deepEqual(kept(), ['1', 'a2', 'b2', '2'])
    assert.equal(ledger.tail.full, 2)
  })

  it('is let go with its trace, time and again', () => {
    const { tracer, span, kept } = keeping({ PRETRACE_KEEP_SLOW: '600000', PRETRACE_KEEP_SPANS: '4' })
    for (let i = 0; i < 10_000; i++) {
      const root = tracer.start('root', undefined)
      for (let j = 0; j < 4; j++) span('child', root.context())
      root.finish()
    }
    assert.equal(ledger.tail.full, 0)
    assert.deepEqual(kept(), [])
  })
})

/** Serves four requests of different kinds, which call another service each. Prints what that was told. */
async function application(askPath: string): Promise<void> {
  const { createServer } = require('node:http') as typeof import('node:http')
  const { askAll, serving } = require(askPath) as typeof import('../support/ask.js')
  const heard: unknown[] = []
  await serving(
    (req, res) => {
      heard.push(req.headers['x-b3-sampled'], req.headers['traceparent']?.slice(-2))
      res.end()
    },
    async (port) => {
      const call = (): Promise<unknown> => fetch(`http://127.0.0.1:${port}`).then((answer) => answer.text())
      const app: Parameters<typeof createServer>[1] = (req, res) => {
        void call().then(() => {
          if (req.url === '/failing') res.statusCode = 503
          setTimeout(() => res.end(), req.url === '/slow' ? 1100 : 0)
        })
      }
      await askAll(app, ['GET /quick', 'GET /slow', 'GET /failing'])
    },
  )
  console.log(JSON.stringify([...new Set(heard)]))
}

describe('a process that keeps what was slow or failed', () => {
  const { askPath } = require('../support/ask.js') as typeof import('../support/ask.js')
  const env = { OTEL_TRACES_SAMPLER: 'parentbased_always_off' }
  const run = (more: Readonly<Record<string, string>>): ReturnType<typeof succeed> =>
    succeed(application, { args: [askPath], env: { ...env, ...more } })

  it('exports those traces alone, whole, and says downstream that they are not sampled', async () => {
    const { spans, stdout } = await run({ PRETRACE_KEEP_SLOW: '1000', PRETRACE_KEEP_ERRORS: 'true' })
    const paths = spans.filter((span) => span.kind === 'server').map(({ attributes }) => attributes['url.path'])
    assert.deepEqual(new Set(paths), new Set(['/failing', '/slow']))
    assert.equal(treeOf(spans), 'GET\n  GET\nGET\n  GET')
    assert.match(stdout, /\["0","0[02]"\]/)
    for (const { flags } of spans) assert.equal(flags & 1, 0)
    const kept = spans.map(({ attributes }) => attributes['sampling.kept']).filter((why) => why !== undefined)
    assert.deepEqual(new Set(kept), new Set(['error', 'slow']))
  })

  it('exports nothing where it is not asked to', async () => {
    const { spans } = await run({})
    assert.deepEqual(namesOf(spans), [])
  })

  it('exports what failed before it died', async () => {
    const { spans } = await succeed(
      (root: string) => {
        const { tracer } = require(`${root}/dist/src/index.js`) as { tracer: import('opentracing').Tracer }
        const above = tracer.startSpan('root')
        tracer.startSpan('failed', { childOf: above }).setTag('error', true).finish()
        process.exit()
      },
      { args: [root], env: { ...env, PRETRACE_KEEP_ERRORS: 'true' } },
    )
    assert.equal(spanNamed(spans, 'failed').failed, true)
  })
})
