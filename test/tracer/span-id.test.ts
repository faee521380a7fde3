/**
 * Ids as text and as numbers.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { newSpanId, newTimedTraceId, newTraceId } from '../../src/tracer/ids.js'
import { NO_SPAN, SpanId, wordAt } from '../../src/tracer/span-id.js'

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

describe('new ids', () => {
  it('are of the length that they have to be, and each its own', () => {
    const makers = [newSpanId, newTraceId, newTimedTraceId]
    for (const [index, width] of [16, 32, 32].entries()) {
      const ids = new Set(Array.from({ length: 5000 }, () => makers[index]?.().text ?? ''))
      assert.equal(ids.size, 5000)
      for (const id of ids) assert.match(id, new RegExp(`^[0-9a-f]{${width}}$`))
    }
  })

  it('of traces are known as numbers, however many ids are made in between', () => {
    for (let i = 0; i < 2000; i++) {
      const { text, words } = newTraceId()
      assert.deepEqual(words, [wordAt(text, 0), wordAt(text, 8), wordAt(text, 16), wordAt(text, 24)])
      newSpanId()
    }
  })
})
