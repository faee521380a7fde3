/**
 * Contexts by OpenTelemetry's API, and both APIs at once: which span is active, and whose child a span is.
 */
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { beforeEach, describe, it } from 'node:test'
import {
  ROOT_CONTEXT,
  TraceFlags,
  context,
  createContextKey,
  createTraceState,
  propagation,
  trace,
  type Context,
  type Span,
} from '@opentelemetry/api'
import { activeSpan, withSpan, withoutTracing } from '../../src/scope/scope.js'
import { Sampling } from '../../src/tracer/context.js'
import type { Span as OwnSpan } from '../../src/tracer/span.js'
import { apiTracing, offered } from '../support/opentelemetry.js'

const { tracer: own, finished } = offered()
const api = trace.getTracer('lib')
const KEY = createContextKey('a key')
const SUPPRESS = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

const REMOTE = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED, isRemote: true }

const idOf = (span: Span | OwnSpan | undefined): string | undefined =>
  span === undefined ? undefined : 'spanContext' in span ? span.spanContext().spanId : span.context().spanId
/** The parent of a span that is started now, by each of the ways. */
function parentsNow(): (string | undefined)[] {
  api.startSpan('by OpenTelemetry').end()
  own.startSpan('by OpenTracing').finish()
  return finished.splice(0).map(({ context }) => context.parentId)
}

beforeEach(() => finished.splice(0))

describe('the active context', () => {
  it('has no span and no baggage outside of any', () => {
    assert.equal(trace.getActiveSpan(), undefined)
    assert.equal(propagation.getActiveBaggage(), undefined)
    assert.equal(context.active().getValue(KEY), undefined)
    assert.deepEqual(parentsNow(), [undefined, undefined])
  })

  it('is an immutable map', () => {
    const empty = context.active()
    const one = empty.setValue(KEY, 1)
    const two = one.setValue(KEY, 2)
    assert.deepEqual([empty.getValue(KEY), one.getValue(KEY), two.getValue(KEY)], [undefined, 1, 2])
    assert.equal(two.deleteValue(KEY).getValue(KEY), undefined)
    assert.equal(two.getValue(KEY), 2)
  })

  it('is the one that was made active, itself', () => {
    for (const base of [ROOT_CONTEXT, context.active()]) {
      const mine = base.setValue(KEY, 'v')
      context.with(mine, () => assert.equal(context.active(), mine))
    }
  })

  it('is always the same object within one scope', () => {
    withSpan(own.startSpan('own'), () => assert.equal(context.active(), context.active()))
  })

  it('keeps the application’s values below spans of either API', () => {
    context.with(ROOT_CONTEXT.setValue(KEY, 'v'), () =>
      withSpan(own.startSpan('own'), () =>
        api.startActiveSpan('api', () => assert.equal(context.active().getValue(KEY), 'v')),
      ),
    )
  })

  it('goes with timers, promises and what else is asynchronous', async () => {
    const seen = await context.with(ROOT_CONTEXT.setValue(KEY, 'v'), async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      return context.active().getValue(KEY)
    })
    assert.equal(seen, 'v')
    assert.equal(context.active().getValue(KEY), undefined)
  })

  it('is left by an error as by a return', () => {
    const boom = new Error('boom')
    const thrown = (): void => {
      throw boom
    }
    assert.throws(
      () => context.with(ROOT_CONTEXT.setValue(KEY, 'v'), thrown),
      (error) => error === boom,
    )
    assert.equal(context.active().getValue(KEY), undefined)
  })

  it('leaves the application’s own AsyncLocalStorage alone', () => {
    const storage = new AsyncLocalStorage<string>()
    const mine = context.bind(ROOT_CONTEXT, () => storage.getStore())
    assert.equal(
      storage.run('mine', () => api.startActiveSpan('api', () => mine())),
      'mine',
    )
  })
})

describe('context.with', () => {
  it('passes this, arguments and what is returned', () => {
    const self = {}
    const fn = function (this: unknown, ...args: unknown[]): unknown[] {
      return [this, ...args]
    }
    assert.deepEqual(context.with(ROOT_CONTEXT, fn as never, self as never, 1 as never, 'b' as never), [self, 1, 'b'])
  })

  it('of the root context makes roots again', () => {
    api.startActiveSpan('outer', () => {
      context.with(ROOT_CONTEXT, () => {
        assert.equal(trace.getActiveSpan(), undefined)
        assert.deepEqual(parentsNow(), [undefined, undefined])
      })
      context.with(trace.deleteSpan(context.active()), () => assert.deepEqual(parentsNow(), [undefined, undefined]))
    })
  })

  it('of nothing is as of the root', () => {
    assert.equal(
      context.with(undefined as never, () => trace.getActiveSpan()),
      undefined,
    )
  })

  it('makes a span active for both APIs', () => {
    const span = api.startSpan('api')
    context.with(trace.setSpan(context.active(), span), () => {
      assert.equal(trace.getActiveSpan(), span)
      assert.equal(idOf(activeSpan()), idOf(span))
      assert.deepEqual(parentsNow(), [idOf(span), idOf(span)])
    })
  })
})

describe('context.bind', () => {
  const bound = ROOT_CONTEXT.setValue(KEY, 'bound')
  const seen = (): unknown => context.active().getValue(KEY)

  it('ties a function, with its this, arguments and length', () => {
    const self = {}
    const fn = function (this: unknown, a: unknown, b: unknown): unknown[] {
      return [this, a, b, seen()]
    }
    const tied = context.bind(bound, fn)
    assert.equal(tied.length, 2)
    assert.deepEqual(tied.call(self, 1, 2), [self, 1, 2, 'bound'])
  })

  it('ties the span too', () => {
    const span = api.startSpan('api')
    const tied = context.bind(trace.setSpan(ROOT_CONTEXT, span), () => parentsNow())
    assert.deepEqual(tied(), [idOf(span), idOf(span)])
  })

  it('ties an emitter’s listeners, which stay what they were', () => {
    const emitter = new EventEmitter()
    const calls: unknown[] = []
    const listener = (...args: unknown[]): void => void calls.push([...args, seen()])
    assert.equal(context.bind(bound, emitter), emitter)
    assert.equal(context.bind(ROOT_CONTEXT.setValue(KEY, 'second'), emitter), emitter)
    emitter.on('event', listener).once('event', listener)
    assert.deepEqual(emitter.listeners('event'), [listener, listener])
    assert.equal(emitter.emit('event', 1), true)
    assert.equal(emitter.off('event', listener).emit('event', 2), false)
    assert.deepEqual(calls, [
      [1, 'bound'],
      [1, 'bound'],
    ])
    assert.deepEqual(Object.keys(emitter), Object.keys(new EventEmitter()))
  })

  it('returns anything else as it is', () => {
    for (const target of [7, undefined, { on: 1 }]) assert.equal(context.bind(bound, target), target)
  })
})

describe('startActiveSpan', () => {
  it('takes a function alone, with options, and with options and a context', () => {
    const parent = api.startSpan('parent')
    const above = trace.setSpan(ROOT_CONTEXT, parent).setValue(KEY, 'v')
    const end = (span: Span): unknown =>
      [span.end(), trace.getActiveSpan() === span, context.active().getValue(KEY)].at(1)
    assert.equal(api.startActiveSpan('a', end), true)
    assert.equal(api.startActiveSpan('b', { attributes: { k: 1 } }, end), true)
    assert.equal(api.startActiveSpan('c', { kind: 1 }, above, end), true)
    assert.equal(
      api.startActiveSpan('d', {}, above, () => context.active().getValue(KEY)),
      'v',
    )
    assert.deepEqual(
      finished.map(({ name, kind, tags, context }) => [name, kind, tags, context.parentId]),
      [
        ['a', undefined, [], undefined],
        ['b', undefined, ['k', 1], undefined],
        ['c', 'server', [], idOf(parent)],
      ],
    )
  })

  it('takes undefined for options and context', () => {
    api.startActiveSpan('outer', (outer) => {
      api.startActiveSpan('inner', undefined as never, undefined as never, (span) => span.end())
      assert.equal(finished[0]?.context.parentId, idOf(outer))
    })
  })

  it('without a function does nothing', () => {
    assert.equal(api.startActiveSpan('a', undefined as never), undefined)
    assert.equal((api.startActiveSpan as (name: string) => unknown)('a'), undefined)
  })

  it('returns what the function returns, throws what it throws, and leaves the span to it', async () => {
    const boom = new Error('boom')
    assert.equal(await api.startActiveSpan('a', () => Promise.resolve(7)), 7)
    assert.throws(
      () =>
        api.startActiveSpan('a', () => {
          throw boom
        }),
      (error) => error === boom,
    )
    assert.deepEqual(finished, [])
  })
})

describe('the parent of a span', () => {
  it('is the innermost active one, whichever API made it', () => {
    withSpan(own.startSpan('1'), () => {
      api.startActiveSpan('2', (two) => {
        const three = own.startSpan('3')
        assert.equal(three.context().parentId, idOf(two))
        withSpan(three, () => {
          api.startActiveSpan('4', (four) => assert.deepEqual(parentsNow(), [idOf(four), idOf(four)]))
          assert.deepEqual(parentsNow(), [idOf(three), idOf(three)])
        })
        assert.deepEqual(parentsNow(), [idOf(two), idOf(two)])
      })
    })
  })

  it('is that of the context given rather than the active one', () => {
    const other = api.startSpan('other')
    api.startActiveSpan('active', () => {
      api.startSpan('child', {}, trace.setSpan(context.active(), other)).end()
      api.startSpan('root', {}, ROOT_CONTEXT).end()
    })
    assert.deepEqual(
      finished.map(({ context }) => context.parentId),
      [idOf(other), undefined],
    )
  })

  it('is none for a root, which keeps the baggage', () => {
    const baggage = propagation.createBaggage({ user: { value: 'u1' } })
    api.startActiveSpan('active', (active) => {
      api.startSpan('root', { root: true }).end()
      api.startSpan('root', { root: true }, propagation.setBaggage(context.active(), baggage)).end()
      for (const record of finished) {
        assert.equal(record.context.parentId, undefined)
        assert.notEqual(record.context.toTraceId(), active.spanContext().traceId)
      }
    })
    assert.equal(finished[1]?.context.baggage?.get('user'), 'u1')
  })

  it('may be another process’s', () => {
    const span = api.startSpan('child', {}, trace.setSpanContext(ROOT_CONTEXT, REMOTE))
    span.end()
    assert.equal(span.spanContext().traceId, REMOTE.traceId)
    assert.equal(finished[0]?.context.parentId, REMOTE.spanId)
    assert.equal(finished[0]?.parentIsRemote, true)
  })

  it('may be another process’s that is active, for both APIs', () => {
    context.with(trace.setSpan(ROOT_CONTEXT, trace.wrapSpanContext(REMOTE)), () => {
      assert.deepEqual(trace.getActiveSpan()?.spanContext(), REMOTE)
      assert.deepEqual(parentsNow(), [REMOTE.spanId, REMOTE.spanId])
    })
  })

  it('may be a span that another tracer made', () => {
    const theirs = { spanContext: () => ({ ...REMOTE, isRemote: false }) } as unknown as Span
    context.with(trace.setSpan(ROOT_CONTEXT, theirs), () => {
      assert.equal(trace.getActiveSpan(), theirs)
      assert.deepEqual(parentsNow(), [REMOTE.spanId, REMOTE.spanId])
    })
  })

  it('by a wrapped context of ours is the span itself', () => {
    const parent = api.startSpan('parent')
    const wrapped = trace.wrapSpanContext(parent.spanContext())
    api.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, wrapped)).end()
    assert.equal(finished[0]?.context.parentId, idOf(parent))
    assert.equal(finished[0]?.parentIsRemote, false)
  })

  it('is none where what stands for one names none', () => {
    const nothing = [
      { ...REMOTE, traceId: '0'.repeat(32) },
      { ...REMOTE, spanId: 'short' },
      { ...REMOTE, traceId: undefined },
    ] as never[]
    for (const one of nothing) {
      context.with(trace.setSpanContext(ROOT_CONTEXT, one), () =>
        assert.deepEqual(parentsNow(), [undefined, undefined]),
      )
    }
    for (const odd of [7, 'span', {}, { spanContext: 7 }, { spanContext: () => null }]) {
      context.with(trace.setSpan(ROOT_CONTEXT, odd as never), () =>
        assert.deepEqual(parentsNow(), [undefined, undefined]),
      )
    }
  })
})

describe('the active span', () => {
  it('is one object for each span, whoever made it active', () => {
    const span = own.startSpan('own')
    const face = withSpan(span, () => trace.getActiveSpan())
    assert.ok(face !== undefined)
    assert.equal(
      withSpan(span, () => trace.getActiveSpan()),
      face,
    )
    assert.equal(idOf(face), idOf(span))
    assert.equal(face.spanContext(), face.spanContext())
  })

  it('may be added to by either API', () => {
    const span = own.startSpan('own', { tags: { 'http.method': 'GET' } })
    withSpan(span, () => trace.getActiveSpan()?.setAttribute('http.route', '/a').addEvent('seen'))
    span.setTag('later', true).finish()
    assert.deepEqual(finished[0]?.tags, ['http.method', 'GET', 'http.route', '/a', 'later', true])
    assert.equal(finished[0]?.logs?.[0]?.name, 'seen')
  })

  it('is not recording where the trace is not sampled, and its children are neither', () => {
    const { api, finished } = apiTracing({ OTEL_TRACES_SAMPLER: 'always_off' })
    api.startActiveSpan('outer', (span) => {
      assert.equal(span.isRecording(), false)
      assert.equal(span.spanContext().traceFlags, TraceFlags.NONE)
      assert.equal(trace.getActiveSpan(), span)
      span.setAttribute('a', 1).addEvent('b').setStatus({ code: 2 }).updateName('c').recordException('d')
      const inner = api.startSpan('inner')
      assert.equal(inner.isRecording(), false)
      assert.equal(inner.spanContext().traceId, span.spanContext().traceId)
      inner.end()
      span.end()
    })
    assert.deepEqual(finished, [])
  })

  it('tells whether it is sampled, remote, and its trace state', () => {
    const sampled = api.startSpan('a').spanContext()
    assert.equal(sampled.traceFlags, TraceFlags.SAMPLED)
    assert.equal(sampled.isRemote, undefined)
    assert.equal(sampled.traceState, undefined)
    assert.equal(trace.isSpanContextValid(sampled), true)
    const remote = { ...REMOTE, traceFlags: TraceFlags.NONE, traceState: createTraceState('a=1,b=2') }
    const child = api.startSpan('child', {}, trace.setSpanContext(ROOT_CONTEXT, remote))
    assert.equal(child.isRecording(), false)
    assert.equal(child.spanContext().traceState?.serialize(), 'a=1,b=2')
    assert.equal(child.spanContext().traceState?.get('b'), '2')
  })

  it('has a trace state that can be changed into another', () => {
    const remote = { ...REMOTE, traceState: createTraceState('a=1,b=2') }
    const state = api.startSpan('child', {}, trace.setSpanContext(ROOT_CONTEXT, remote)).spanContext().traceState
    assert.equal(state?.set('b', '3').serialize(), 'b=3,a=1')
    assert.equal(state?.set('c@d', 'x y').serialize(), 'c@d=x y,a=1,b=2')
    assert.equal(state?.unset('a').serialize(), 'b=2')
    assert.equal(state?.set('Not a key', '1').set('k', 'no,comma').serialize(), 'a=1,b=2')
    const full = Array.from({ length: 40 }, (_, i) => `k${i}`).reduce((all, key) => all?.set(key, 'v'), state)
    assert.equal(full?.serialize().split(',').length, 32)
    assert.equal(state?.serialize(), 'a=1,b=2')
  })
})

describe('suppressed tracing', () => {
  const suppressed: Context = ROOT_CONTEXT.setValue(SUPPRESS, true)

  it('makes no spans', () => {
    context.with(suppressed, () => {
      const span = api.startSpan('a')
      assert.equal(trace.isSpanContextValid(span.spanContext()), false)
      assert.equal(span.isRecording(), false)
      assert.equal(
        api.startActiveSpan('b', (inner) => inner.isRecording()),
        false,
      )
      span.setAttribute('a', 1).addEvent('b').end()
    })
    assert.equal(api.startSpan('a', {}, suppressed).isRecording(), false)
    assert.deepEqual(finished, [])
  })

  it('writes no headers', () => {
    const carrier = {}
    propagation.inject(trace.setSpan(suppressed, api.startSpan('a')), carrier)
    assert.deepEqual(carrier, {})
  })

  it('is told where our exporters suppress it', () => {
    withoutTracing(() => assert.equal(context.active().getValue(SUPPRESS), true))
    assert.equal(context.active().getValue(SUPPRESS), undefined)
  })

  it('ends with a context in which it is not set', () => {
    context.with(suppressed, () => {
      context.with(ROOT_CONTEXT, () => assert.equal(api.startSpan('a').isRecording(), true))
      withSpan(own.startSpan('server'), () => assert.equal(context.active().getValue(SUPPRESS), false))
    })
  })
})

describe('decisions', () => {
  it('of debug count as sampled', () => {
    const span = own.startSpan('own', { tags: { 'sampling.priority': 1 } })
    assert.equal(span.context().sampling, Sampling.Debug)
    withSpan(span, () => assert.equal(trace.getActiveSpan()?.spanContext().traceFlags, TraceFlags.SAMPLED))
  })

  it('that are changed later are told', () => {
    const span = own.startSpan('own')
    const face = withSpan(span, () => trace.getActiveSpan())
    assert.equal(face?.spanContext().traceFlags, TraceFlags.SAMPLED)
    span.setTag('sampling.priority', 0)
    assert.equal(face?.spanContext().traceFlags, TraceFlags.NONE)
  })
})
