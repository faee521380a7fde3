/**
 * Both APIs at once: whose child a span is, and what the active span is to each.
 */
import assert from 'node:assert/strict'
import { beforeEach, describe, it } from 'node:test'
import {
  ROOT_CONTEXT,
  TraceFlags,
  context,
  createContextKey,
  createTraceState,
  propagation,
  trace,
  type Span,
} from '@opentelemetry/api'
import { withSpan } from '../../src/scope/scope.js'
import { Sampling } from '../../src/tracer/context.js'
import { REMOTE, apiTracing, idOf, offered, parentsNow } from '../support/opentelemetry.js'

const traced = offered()
const { tracer: own, finished } = traced
const api = trace.getTracer('lib')
const KEY = createContextKey('a key')

beforeEach(() => finished.splice(0))

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
          api.startActiveSpan('4', (four) => assert.deepEqual(parentsNow(traced), [idOf(four), idOf(four)]))
          assert.deepEqual(parentsNow(traced), [idOf(three), idOf(three)])
        })
        assert.deepEqual(parentsNow(traced), [idOf(two), idOf(two)])
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
      assert.deepEqual(parentsNow(traced), [REMOTE.spanId, REMOTE.spanId])
    })
  })

  it('may be a span that another tracer made', () => {
    const theirs = { spanContext: () => ({ ...REMOTE, isRemote: false }) } as unknown as Span
    context.with(trace.setSpan(ROOT_CONTEXT, theirs), () => {
      assert.equal(trace.getActiveSpan(), theirs)
      assert.deepEqual(parentsNow(traced), [REMOTE.spanId, REMOTE.spanId])
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
        assert.deepEqual(parentsNow(traced), [undefined, undefined]),
      )
    }
    for (const odd of [7, 'span', {}, { spanContext: 7 }, { spanContext: () => null }]) {
      context.with(trace.setSpan(ROOT_CONTEXT, odd as never), () =>
        assert.deepEqual(parentsNow(traced), [undefined, undefined]),
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
