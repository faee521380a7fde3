import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exported, finishedSpan, tagsOf, tracing } from '../support/tracing.js'

describe('the end of a span', () => {
  it('comes once', () => {
    const { tracer, finished } = tracing()
    const span = tracer.startSpan('span')
    span.finish(2e12)
    span.finish(3e12)
    assert.equal(finished.length, 1)
    assert.equal(finished[0]?.end, 2e12)
  })

  it('is at the given time, to the fraction', () => {
    const { tracer, finished } = tracing()
    tracer.startSpan('span', { startTime: 1500.125 }).finish(1600.375)
    assert.deepEqual([finished[0]?.start, finished[0]?.end], [1500.125, 1600.375])
  })

  it('is never before the start', () => {
    const { tracer, finished } = tracing()
    tracer.startSpan('span', { startTime: 5000 }).finish(4000)
    tracer.startSpan('span').finish(1)
    assert.equal(finished[0]?.end, 5000)
    assert.equal(finished[1]?.end, finished[1]?.start)
  })

  it('and the start are now where the given time is impossible', () => {
    for (const time of [NaN, Infinity, -Infinity, -1, 'soon', new Date(5), {}, 1e300, null, 5n]) {
      const { tracer, finished } = tracing()
      tracer.startSpan('span', { startTime: time as never }).finish(time as never)
      const { start = 0, end = 0 } = finished[0] ?? {}
      assert.ok(start > 1e12 && end >= start && end < 1e14, `it lasted from ${start} to ${end}`)
    }
  })

  it('leaves the span deaf', () => {
    const { tracer, finished } = tracing()
    const span = tracer.startSpan('before').setTag('a', 1)
    span.finish()
    span
      .setOperationName('after')
      .setTag('a', 2)
      .addTags({ b: 1 })
      .log({ event: 'late' })
      .setTag('sampling.priority', 1)
    span.setTag('sampling.priority', 0)
    span.finish()
    assert.equal(finished.length, 1)
    assert.equal(finished[0]?.name, 'before')
    assert.equal(span.name, 'before')
    assert.deepEqual(tagsOf(finished[0]), { a: 1 })
    assert.equal(finished[0]?.logs, undefined)
    assert.equal(span.context().sampling, 2)
  })

  it('leaves its context usable as a parent', () => {
    const { tracer } = tracing()
    const span = tracer.startSpan('parent')
    span.finish()
    assert.equal(tracer.startSpan('child', { childOf: span }).context().parentId, span.context().spanId)
  })

  it('leaves nothing of the tags to the span', () => {
    const { tracer } = tracing()
    const span = tracer.startSpan('span').setTag('a', 'x')
    span.finish()
    assert.equal(span.record, undefined)
  })
})

describe('the name of a span', () => {
  it('may be changed until it finishes', () => {
    assert.equal(finishedSpan((span) => span.setOperationName('a').setOperationName('b')).name, 'b')
  })

  it('is text, and not endless', () => {
    const { tracer, finished } = tracing()
    for (const name of [undefined, null, 5, Symbol('s'), 'x'.repeat(10_000)]) {
      tracer.startSpan(name as never).finish()
      tracer
        .startSpan('')
        .setOperationName(name as never)
        .finish()
    }
    for (const { name } of finished) assert.ok(typeof name === 'string' && name.length <= 4096)
    assert.equal(finished[4]?.name, '5')
  })
})

describe('baggage', () => {
  it('is read back, and goes to later children only', () => {
    const { tracer } = tracing()
    const parent = tracer.startSpan('parent')
    const early = tracer.startSpan('early', { childOf: parent })
    const before = parent.context()
    parent.setBaggageItem('a', '1')
    const late = tracer.startSpan('late', { childOf: parent })
    assert.equal(parent.getBaggageItem('a'), '1')
    assert.equal(parent.getBaggageItem('b'), undefined)
    assert.equal(early.getBaggageItem('a'), undefined)
    assert.equal(late.getBaggageItem('a'), '1')
    assert.equal(before.baggage, undefined)
    late.setBaggageItem('a', '2').setBaggageItem('b', 5 as never)
    assert.equal(parent.getBaggageItem('a'), '1')
    assert.equal(late.getBaggageItem('b'), '5')
    const grandchild = tracer.startSpan('grandchild', { childOf: late.context() })
    assert.deepEqual(
      [...(grandchild.context().baggage ?? [])],
      [
        ['a', '2'],
        ['b', '5'],
      ],
    )
  })

  it('comes from other processes and goes on to them, though the span is not recorded', () => {
    const { tracer, finished } = tracing()
    const context = tracer.extract('http_headers', { b3: '0', baggage: 'a=1' })
    const span = tracer.startSpan('span', { childOf: context }).setBaggageItem('b', '2')
    const carrier: Record<string, string> = {}
    tracer.inject(span, 'http_headers', carrier)
    span.finish()
    assert.equal(carrier['baggage'], 'a=1,b=2')
    assert.equal(finished.length, 0)
  })

  it('is not exported', () => {
    const record = finishedSpan((span) => span.setBaggageItem('a', 'secret'))
    assert.doesNotMatch(JSON.stringify(exported(record)), /secret/)
  })
})
