import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ledger } from '../../src/ledger.js'
import type { Span } from '../../src/tracer/span.js'
import type { Tracer } from '../../src/tracer/tracer.js'
import { exported, tagsOf, tracing } from '../support/tracing.js'

const TRACE = '5b8efff798038103d269b633813fc60c'
const SPAN = 'eee19b7ec3c1b174'

function headersOf(tracer: Tracer, span: Span): Record<string, string> {
  const headers: Record<string, string> = {}
  tracer.inject(span, 'http_headers', headers)
  return headers
}

describe('ids', () => {
  it('are lower-case hex, never zero, and all different', () => {
    const { tracer } = tracing()
    const seen = new Set<string>()
    for (let i = 0; i < 10_000; i++) {
      const context = tracer.startSpan('span').context()
      assert.match(context.toTraceId(), /^(?!0+$)[0-9a-f]{32}$/)
      assert.match(context.toSpanId(), /^(?!0+$)[0-9a-f]{16}$/)
      seen.add(context.toTraceId()).add(context.toSpanId())
    }
    assert.equal(seen.size, 20_000)
  })

  it('of a new trace are random as W3C level 2 asks, and say so', () => {
    const { tracer } = tracing()
    const span = tracer.startSpan('span')
    assert.match(headersOf(tracer, span)['traceparent'] ?? '', /-03$/)
  })

  it('of 64 bits are continued as such', () => {
    const { tracer, finished } = tracing()
    const context = tracer.extract('http_headers', { b3: `d269b633813fc60c-${SPAN}-1` })
    const span = tracer.startSpan('span', { childOf: context })
    const headers = headersOf(tracer, span)
    span.finish()
    assert.equal(headers['x-b3-traceid'], 'd269b633813fc60c')
    assert.match(headers['uber-trace-id'] ?? '', new RegExp(`^d269b633813fc60c:[0-9a-f]{16}:${SPAN}:1$`))
    assert.match(headers['traceparent'] ?? '', /^00-0000000000000000d269b633813fc60c-[0-9a-f]{16}-01$/)
    assert.equal(exported(finished[0])['traceId'], '0000000000000000d269b633813fc60c')
    assert.equal(exported(finished[0])['parentSpanId'], SPAN)
  })
})

describe('a remote parent', () => {
  it('is continued with a new span id, its own becoming the parent', () => {
    const { tracer, finished } = tracing()
    const context = tracer.extract('http_headers', { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'foo=1' })
    const span = tracer.startSpan('span', { childOf: context })
    const child = tracer.startSpan('child', { childOf: span })
    assert.equal(headersOf(tracer, child)['tracestate'], 'foo=1')
    child.finish()
    span.finish()
    const [inner, outer] = finished.map(exported)
    assert.equal(outer?.['traceId'], TRACE)
    assert.equal(outer?.['parentSpanId'], SPAN)
    assert.equal(outer?.['traceState'], 'foo=1')
    assert.equal(Number(outer?.['flags']) & 0x300, 0x300)
    assert.equal(Number(inner?.['flags']) & 0x300, 0x100)
  })

  it('that is a decision alone begins a new trace by that decision', () => {
    for (const [b3, sampled] of [
      ['0', '0'],
      ['1', '1'],
    ] as const) {
      const { tracer, finished } = tracing({
        OTEL_TRACES_SAMPLER: sampled === '1' ? 'parentbased_always_off' : 'parentbased_always_on',
      })
      const span = tracer.startSpan('span', { childOf: tracer.extract('http_headers', { b3 }) })
      assert.equal(headersOf(tracer, span)['x-b3-sampled'], sampled)
      span.finish()
      assert.equal(finished.length, Number(sampled))
      if (finished.length > 0) assert.equal(Number(exported(finished[0])['flags']) & 0x200, 0)
    }
  })

  it('that left the decision open asks the sampler, and the answer is passed on', () => {
    for (const [sampler, sampled] of [
      ['parentbased_always_on', '1'],
      ['parentbased_always_off', '0'],
    ] as const) {
      const { tracer } = tracing({ OTEL_TRACES_SAMPLER: sampler })
      const span = tracer.startSpan('span', { childOf: tracer.extract('http_headers', { b3: `${TRACE}-${SPAN}` }) })
      assert.equal(headersOf(tracer, span)['x-b3-sampled'], sampled)
    }
  })

  it('that asks for debug gets it, on through the next service', () => {
    const { tracer } = tracing({ OTEL_TRACES_SAMPLER: 'always_off' })
    for (const headers of [{ b3: `${TRACE}-${SPAN}-d` }, { 'uber-trace-id': `${TRACE}:${SPAN}:0:3` }]) {
      const span = tracer.startSpan('span', { childOf: tracer.extract('http_headers', headers) })
      const sent = headersOf(tracer, span)
      assert.equal(sent['x-b3-flags'], '1')
      assert.equal(sent['x-b3-sampled'], undefined)
      assert.match(sent['uber-trace-id'] ?? '', /:3$/)
    }
  })

  it('by jaeger-debug-id makes a debug trace whose root can be found by it', () => {
    const { tracer, finished } = tracing({ OTEL_TRACES_SAMPLER: 'always_off' })
    const context = tracer.extract('http_headers', { 'jaeger-debug-id': 'ticket-42' })
    const span = tracer.startSpan('span', { childOf: context })
    const child = tracer.startSpan('child', { childOf: span })
    child.finish()
    span.finish()
    assert.deepEqual(finished.map(tagsOf), [{}, { 'jaeger-debug-id': 'ticket-42' }])
    assert.match(headersOf(tracer, child)['uber-trace-id'] ?? '', /:3$/)
  })

  it('by jaeger-baggage gives a new trace its baggage', () => {
    const { tracer } = tracing()
    const context = tracer.extract('http_headers', { 'jaeger-baggage': 'a=1' })
    assert.equal(tracer.startSpan('span', { childOf: context }).getBaggageItem('a'), '1')
  })
})

describe('sampling.priority', () => {
  it('of 0 on a root stops it and its later children', () => {
    for (const OTEL_TRACES_SAMPLER of ['parentbased_always_on', 'always_on']) {
      const { tracer, finished } = tracing({ OTEL_TRACES_SAMPLER })
      const root = tracer.startSpan('root')
      const early = tracer.startSpan('early', { childOf: root })
      root.setTag('sampling.priority', 0)
      const late = tracer.startSpan('late', { childOf: root })
      assert.equal(headersOf(tracer, root)['x-b3-sampled'], '0')
      assert.equal(headersOf(tracer, late)['x-b3-sampled'], '0')
      for (const span of [late, early, root]) span.finish()
      assert.deepEqual(
        finished.map(({ name }) => name),
        ['early'],
      )
    }
  })

  it('of 1 on a root that is not sampled records it from there on, and its later children', () => {
    const { tracer, finished } = tracing({ OTEL_TRACES_SAMPLER: 'always_off' })
    const root = tracer.startSpan('root').setTag('lost', 1)
    const early = tracer.startSpan('early', { childOf: root })
    root.setTag('sampling.priority', 1).setTag('kept', 1)
    const late = tracer.startSpan('late', { childOf: root })
    assert.equal(headersOf(tracer, late)['x-b3-flags'], '1')
    for (const span of [late, early, root]) span.finish()
    assert.deepEqual(
      finished.map(({ name }) => name),
      ['late', 'root'],
    )
    assert.deepEqual(tagsOf(finished[1]), { 'sampling.priority': 1, kept: 1 })
  })

  it('of a child has no effect on its parent', () => {
    const { tracer, finished } = tracing()
    const root = tracer.startSpan('root')
    const child = tracer.startSpan('child', { childOf: root }).setTag('sampling.priority', 0)
    const grandchild = tracer.startSpan('grandchild', { childOf: child })
    const sibling = tracer.startSpan('sibling', { childOf: root })
    for (const span of [grandchild, child, sibling, root]) span.finish()
    assert.deepEqual(
      finished.map(({ name }) => name),
      ['sibling', 'root'],
    )
  })

  it('of 1 on a child of an unsampled root records that child', () => {
    const { tracer, finished } = tracing({ OTEL_TRACES_SAMPLER: 'always_off' })
    const root = tracer.startSpan('root')
    tracer.startSpan('child', { childOf: root }).setTag('sampling.priority', 1).finish()
    root.finish()
    assert.deepEqual(
      finished.map(({ name }) => name),
      ['child'],
    )
  })

  it('at the start loses no other tag, nor kind, nor start', () => {
    const { tracer, finished } = tracing({ OTEL_TRACES_SAMPLER: 'always_off' })
    const tags = { before: 1, 'span.kind': 'server', 'sampling.priority': 1, after: 2 }
    tracer.startSpan('span', { tags, startTime: 1000 }).finish(2000)
    assert.deepEqual(tagsOf(finished[0]), { before: 1, 'sampling.priority': 1, after: 2 })
    assert.equal(finished[0]?.kind, 'server')
    assert.equal(finished[0]?.start, 1000)
    assert.equal(exported(finished[0]).attributes.length, 2)
  })

  it('at the start of 0 denies', () => {
    const { tracer, finished } = tracing()
    tracer.startSpan('span', { tags: { 'sampling.priority': 0 } }).finish()
    assert.equal(finished.length, 0)
  })

  it('may be text, and is nothing where it is no number', () => {
    const decided = (value: unknown): string | undefined => {
      const { tracer } = tracing()
      return headersOf(tracer, tracer.startSpan('span').setTag('sampling.priority', value))['x-b3-sampled']
    }
    assert.equal(decided('0'), '0')
    assert.equal(decided('1'), undefined)
    for (const value of ['', ' ', 'high', NaN, null, undefined, {}, [], true, Symbol('s'), 1n])
      assert.equal(decided(value), '1')
  })

  it('up and down again leaves the ledger even', () => {
    const { tracer, finished } = tracing()
    const { started, finished: ended } = ledger
    const span = tracer.startSpan('span')
    for (const priority of [0, 1, 0, 1]) span.setTag('sampling.priority', priority)
    span.finish()
    assert.equal(finished.length, 1)
    assert.deepEqual([ledger.started - started, ledger.finished - ended], [1, 1])
    assert.equal(span.context().local?.open, 0)
  })
})

describe('a tracer', () => {
  it('injects spans and contexts, and nothing of others', () => {
    const { tracer } = tracing()
    const span = tracer.startSpan('span')
    const carrier = {}
    for (const unfit of [null, undefined, {}, 5, { context: () => ({}) }, { context: 5 }])
      tracer.inject(unfit, 'text_map', carrier)
    assert.deepEqual(carrier, {})
    tracer.inject(span.context(), 'text_map', carrier)
    assert.equal(Object.keys(carrier).length, 5)
  })

  it('records no span below one that is denied', () => {
    const { tracer, finished } = tracing({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' })
    const root = tracer.startSpan('root')
    const child = tracer.startSpan('child', { childOf: root })
    assert.equal(root.record, undefined)
    assert.equal(child.record, undefined)
    child.setTag('a', 1).log({ event: 'e' }).setOperationName('other')
    child.finish()
    root.finish()
    assert.equal(finished.length, 0)
    assert.equal(child.context().toTraceId(), root.context().toTraceId())
  })

  it('lets no child start before its parent', () => {
    const { tracer } = tracing()
    const parent = tracer.startSpan('parent')
    const child = tracer.startSpan('child', { childOf: parent })
    assert.ok((child.record?.start ?? 0) >= (parent.record?.start ?? Infinity))
  })
})
