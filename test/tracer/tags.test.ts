import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { describe as describeBy } from '../../src/instrumentation.js'
import type { Span } from '../../src/tracer/span.js'
import { exported, finishedSpan, tagsOf, tracing } from '../support/tracing.js'

const circular: Record<string, unknown> = {}
circular['self'] = circular

describe('the tags of a span', () => {
  it('keep the last value', () => {
    const record = finishedSpan((span) => span.setTag('a', 1).setTag('b', 2).setTag('a', 3).addTags({ a: 4, c: 5 }))
    assert.deepEqual(tagsOf(record), { a: 4, b: 2, c: 5 })
    assert.equal(record.tag('a'), 4)
    assert.deepEqual(
      exported(record).attributes.map(({ key }) => key),
      ['b', 'a', 'c'],
    )
  })

  it('may be given at the start', () => {
    const { tracer, finished } = tracing()
    tracer
      .startSpan('span', { tags: { a: 1 } })
      .setTag('a', 2)
      .finish()
    tracer.startSpan('span', { tags: null as never }).finish()
    assert.deepEqual(finished.map(tagsOf), [{ a: 2 }, {}])
  })

  const values: readonly (readonly [value: unknown, kept: unknown])[] = [
    ['text', 'text'],
    ['', ''],
    [0, 0],
    [1.5, 1.5],
    [NaN, NaN],
    [true, true],
    [false, false],
    [null, 'null'],
    [12345678901234567890n, '12345678901234567890'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 'a'], '[1,"a"]'],
    [{ a: { b: 1 } }, '{"a":{"b":1}}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [new Error('boom'), 'Error: boom'],
    [circular, '[object]'],
    [{ big: 1n }, '[object]'],
    [{ toJSON: () => undefined }, ''],
    [
      {
        toJSON: () => {
          throw new Error('no')
        },
      },
      '[object]',
    ],
    [Object.create(null), '{}'],
    [Object.assign(() => 1, { toString: () => 'a function' }), 'a function'],
  ]
  for (const [value, kept] of values) {
    it(`keep a ${typeof value} as ${String(kept)}`, () => {
      assert.deepEqual(tagsOf(finishedSpan((span) => span.setTag('key', value))), { key: kept })
    })
  }

  it('ignore undefined', () => {
    assert.deepEqual(tagsOf(finishedSpan((span) => span.setTag('a', undefined).addTags({ b: undefined }))), {})
  })

  it('take keys of any type as text', () => {
    const record = finishedSpan((span) => span.setTag(Symbol('s') as never, 1).setTag(7 as never, 2))
    assert.deepEqual(tagsOf(record), { 'Symbol(s)': 1, 7: 2 })
  })

  it('ignore addTags of nothing', () => {
    finishedSpan((span) => span.addTags(undefined as never).addTags(null as never))
  })

  it('beyond the limit are dropped and counted, but a known key takes a new value', () => {
    const record = finishedSpan(
      (span) => {
        span.setTag('a', 'b').setTag('b', 1).setTag('c', 1).setTag('d', 1).setTag('e', 1)
        span.setTag('b', 2).setTag('c', 2).setTag('b', 3).setTag('f', 1)
      },
      { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3' },
    )
    assert.deepEqual(tagsOf(record), { a: 'b', c: 2, b: 3 })
    assert.equal(exported(record)['droppedAttributesCount'], 3)
  })

  it('set again make room for new ones', () => {
    const use = (span: Span): void => {
      for (let i = 0; i < 10; i++) span.setTag('a', i)
      span.setTag('b', 1).setTag('c', 1).setTag('d', 1)
    }
    const record = finishedSpan(use, { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3' })
    assert.deepEqual(tagsOf(record), { a: 9, b: 1, c: 1 })
    assert.equal(record.droppedTags, 1)
  })

  it('are cut, never inside a surrogate pair', () => {
    const record = finishedSpan(
      (span) =>
        span
          .setTag('even', 'ab😀cd')
          .setTag('odd', 'abc😀d')
          .setTag('object', { long: 'text' })
          .setTag('short', 'abcd'),
      { OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '4' },
    )
    assert.deepEqual(tagsOf(record), { even: 'ab😀', odd: 'abc', object: '{"lo', short: 'abcd' })
  })

  it('come several at once as one by one, those without a value left out', () => {
    const { tracer, finished } = tracing({ OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '4' })
    const value = fc.oneof(fc.constant(undefined), fc.string({ maxLength: 6 }), fc.integer(), fc.boolean())
    const tags = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), value), { maxLength: 8 })
    const property = fc.property(tags, tags, (first, second) => {
      finished.length = 0
      const [together, apart] = [tracer.startSpan('together'), tracer.startSpan('apart')]
      for (const list of [first, second]) describeBy(together, () => ({ tags: list.flat() }))
      for (const [key, value] of [...first, ...second]) apart.setTag(key, value)
      together.finish()
      apart.finish()
      assert.deepEqual(finished[0]?.tags, finished[1]?.tags)
    })
    fc.assert(property)
  })

  it('set the kind, at the start and later', () => {
    const { tracer, finished } = tracing()
    for (const kind of ['server', 'client', 'producer', 'consumer', 'nonsense']) {
      tracer.startSpan('early', { tags: { 'span.kind': kind } }).finish()
      tracer.startSpan('late').setTag('span.kind', kind).finish()
    }
    tracer
      .startSpan('changed', { tags: { 'span.kind': 'client' } })
      .setTag('span.kind', 'server')
      .finish()
    assert.deepEqual(
      finished.map((record) => exported(record)['kind']),
      [2, 2, 3, 3, 4, 4, 5, 5, 1, 1, 2],
    )
    const keys = finished.map((record) =>
      exported(record)
        .attributes.map(({ key }) => key)
        .join(),
    )
    assert.deepEqual(keys, ['', '', '', '', '', '', '', '', 'span.kind', 'span.kind', ''])
  })
})
