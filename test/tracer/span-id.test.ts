/**
 * Ids as text and as numbers.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newSpanId, newTimedTraceId, newTraceId } from '../../src/tracer/ids.js'
import { NO_SPAN, SpanId } from '../../src/tracer/span-id.js'
import { NO_TRACE_ID, TraceId } from '../../src/tracer/trace-id.js'

describe('the id of a span', () => {
  for (const text of [
    '0000000000000001',
    'ffffffffffffffff',
    '80000000ffffffff',
    '0123456789abcdef',
    'fedcba9876543210',
  ])
    it(`${text} is the same as text, as numbers, and as text again`, () => {
      const { high, low } = SpanId.of(text)
      assert.equal(BigInt.asUintN(32, BigInt(high)) * 2n ** 32n + BigInt.asUintN(32, BigInt(low)), BigInt(`0x${text}`))
      assert.equal(new SpanId(high, low).text, text)
    })

  it('is nobody’s where the text is empty', () => {
    assert.equal(SpanId.of(''), NO_SPAN)
    assert.equal(NO_SPAN.text, '')
  })
})

describe('the id of a trace', () => {
  for (const text of ['0123456789abcdeffedcba9876543210', 'ffffffff80000000000000007fffffff'])
    it(`${text} is the same as text, as numbers, and as text again`, () => {
      const { a, b, c, d } = TraceId.of(text)
      assert.deepEqual(
        [a, b, c, d].map((word) => (word >>> 0).toString(16).padStart(8, '0')),
        text.match(/.{8}/g),
      )
      assert.equal(new TraceId(a, b, c, d).text, text)
    })

  it('is none’s where the text is empty', () => {
    assert.equal(TraceId.of(''), NO_TRACE_ID)
    assert.equal(NO_TRACE_ID.text, '')
  })
})

describe('new ids', () => {
  it('are of the length that they have to be, and each its own', () => {
    const makers = [newSpanId, newTraceId, newTimedTraceId]
    for (const [index, width] of [16, 32, 32].entries()) {
      const ids = new Set(Array.from({ length: 5000 }, () => makers[index]?.().text ?? ''))
      assert.equal(ids.size, 5000)
      for (const id of ids) assert.match(id, new RegExp(`^[0-9a-f]{${width}}$`))
    }
  })

  it('of traces begin with the time where X-Ray is to understand them', () => {
    const before = Math.floor(Date.now() / 1000)
    const seconds = parseInt(newTimedTraceId().text.slice(0, 8), 16)
    assert.ok(seconds >= before && seconds <= Date.now() / 1000, `${seconds}`)
  })
})
