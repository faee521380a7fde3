import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as opentracing from 'opentracing'
import type { SpanContext } from '../../src/tracer/context.js'
import type { Span } from '../../src/tracer/span.js'
import { exported, tracing } from '../support/tracing.js'

const { tracer } = tracing()

/** An OpenTracing reference as another copy of the package makes it: a span stays a span. */
const reference = (type: string, target: unknown): never =>
  ({ type: () => type, referencedContext: () => target }) as never
const childOf = (target: unknown): never => reference('child_of', target)
const followsFrom = (target: unknown): never => reference('follows_from', target)

function assertChild(child: Span, parent: Span | SpanContext): void {
  const above = 'context' in parent ? parent.context() : parent
  assert.equal(child.context().toTraceId(), above.toTraceId())
  assert.equal(child.context().parentId, above.toSpanId())
  assert.notEqual(child.context().toSpanId(), above.toSpanId())
}

function assertRoot(span: Span): void {
  assert.equal(span.context().parentId, undefined)
}

const linksOf = (span: Span): unknown => span.record?.links?.map(({ context, type }) => [context.spanId, type])

describe('a reference', () => {
  const parent = tracer.startSpan('parent')
  const other = tracer.startSpan('other')

  it('by childOf is a span or its context', () => {
    assertChild(tracer.startSpan('child', { childOf: parent }), parent)
    assertChild(tracer.startSpan('child', { childOf: parent.context() }), parent)
  })

  it('by references is a span or its context, of any copy of opentracing', () => {
    for (const target of [parent, parent.context()]) {
      assertChild(tracer.startSpan('child', { references: [childOf(target)] }), parent)
      assertChild(tracer.startSpan('child', { references: [opentracing.childOf(target as never)] }), parent)
    }
  })

  it('that follows from is the parent where no other is, and makes no link then', () => {
    const span = tracer.startSpan('later', { references: [followsFrom(parent)] })
    assertChild(span, parent)
    assert.equal(span.record?.links, undefined)
  })

  it('that follows from is a link beside a parent', () => {
    const span = tracer.startSpan('later', { references: [followsFrom(other), childOf(parent)] })
    assertChild(span, parent)
    assert.deepEqual(linksOf(span), [[other.context().spanId, 'follows_from']])
  })

  it('after the first becomes a link', () => {
    const third = tracer.startSpan('third')
    const span = tracer.startSpan('child', { references: [childOf(parent), childOf(other), followsFrom(third)] })
    assertChild(span, parent)
    assert.deepEqual(linksOf(span), [
      [other.context().spanId, 'child_of'],
      [third.context().spanId, 'follows_from'],
    ])
  })

  it('by childOf comes before the others, which become links', () => {
    const span = tracer.startSpan('child', { childOf: parent, references: [childOf(other), childOf(parent)] })
    assertChild(span, parent)
    assert.deepEqual(linksOf(span), [[other.context().spanId, 'child_of']])
  })

  it('to nothing is none', () => {
    const empty = [
      undefined,
      null,
      {},
      { childOf: null },
      { childOf: undefined },
      { references: [] },
      { references: null },
    ]
    const odd = [
      { references: [null, undefined] },
      { references: [childOf(null), followsFrom(undefined)] },
      { childOf: {} },
      { childOf: 5 },
    ]
    for (const options of [...empty, ...odd]) assertRoot(tracer.startSpan('root', options as never))
  })

  it('to another tracer’s span is none', () => {
    const noop = new opentracing.Tracer().startSpan('noop')
    assertRoot(tracer.startSpan('root', { childOf: noop }))
    assertRoot(tracer.startSpan('root', { childOf: noop.context() }))
    const mock = new opentracing.MockTracer().startSpan('mock')
    assertRoot(tracer.startSpan('root', { references: [opentracing.childOf(mock.context())] }))
  })

  it('to another tracer’s span by childOf does not hide one by references', () => {
    const noop = new opentracing.Tracer().startSpan('noop')
    const span = tracer.startSpan('child', { childOf: noop, references: [childOf(parent)] })
    assertChild(span, parent)
    assert.equal(span.record?.links, undefined)
  })

  it('to a context without ids makes no link', () => {
    const decision = tracer.extract('http_headers', { b3: '1' })
    const span = tracer.startSpan('child', { references: [childOf(parent), followsFrom(decision)] })
    assert.equal(span.record?.links, undefined)
  })

  it('leaves the options as they were, so that they can be used again and be frozen', () => {
    const options = { childOf: parent, references: [childOf(other)], tags: { a: 1 }, startTime: 5 }
    const copy = { ...options, references: [...options.references], tags: { ...options.tags } }
    const first = tracer.startSpan('child', options)
    assert.deepEqual(options, copy)
    Object.freeze(options.references)
    Object.freeze(options.tags)
    const second = tracer.startSpan('child', Object.freeze(options))
    assert.equal(first.context().parentId, second.context().parentId)
    assert.deepEqual(linksOf(first), linksOf(second))
  })

  it('beyond the limit is dropped and counted', () => {
    const { tracer, finished } = tracing({ OTEL_SPAN_LINK_COUNT_LIMIT: '2' })
    const targets = Array.from({ length: 5 }, () => tracer.startSpan('target'))
    tracer.startSpan('child', { references: targets.map(childOf) }).finish()
    assert.equal(exported(finished[0]).links?.length, 2)
    assert.equal(exported(finished[0])['droppedLinksCount'], 2)
  })
})
