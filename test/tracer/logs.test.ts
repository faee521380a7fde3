import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Span } from '../../src/tracer/span.js'
import { exported, finishedSpan } from '../support/tracing.js'

const circular: Record<string, unknown> = {}
circular['self'] = circular

describe('the logs of a span', () => {
  it('have fields and a time', () => {
    const before = Date.now()
    const record = finishedSpan((span) => span.log({ event: 'a', n: 1, no: undefined }).log({ b: true }, 1500.25))
    const [first, second] = record.logs ?? []
    assert.deepEqual(first?.fields, { event: 'a', n: 1 })
    assert.ok((first?.time ?? 0) >= before - 15 && (first?.time ?? 0) <= Date.now() + 15)
    assert.deepEqual([second?.time, second?.fields], [1500.25, { b: true }])
  })

  it('by logEvent have a payload', () => {
    assert.deepEqual(finishedSpan((span) => span.logEvent('e', { a: 1 })).logs?.[0]?.fields, {
      event: 'e',
      payload: '{"a":1}',
    })
  })

  it('are fixed when they are made', () => {
    const fields = { event: 'a', data: { n: 1 } }
    const record = finishedSpan((span) => {
      span.log(fields)
      fields.event = 'changed'
      fields.data.n = 2
    })
    assert.deepEqual(record.logs?.[0]?.fields, { event: 'a', data: '{"n":1}' })
  })

  it('take values of any type, and hold none of them', () => {
    const record = finishedSpan((span) =>
      span.log({ circular, big: 1n, symbol: Symbol('s'), nothing: null, date: new Date(0) }),
    )
    assert.deepEqual(record.logs?.[0]?.fields, {
      circular: '[object]',
      big: '1',
      symbol: 'Symbol(s)',
      nothing: 'null',
      date: '"1970-01-01T00:00:00.000Z"',
    })
  })

  it('take an error apart', () => {
    const error = Object.assign(new TypeError('boom'), { password: 'secret' })
    const { fields } = finishedSpan((span) => span.log({ event: 'error', 'error.object': error })).logs?.[0] ?? {}
    assert.deepEqual(fields, { event: 'error', 'error.kind': 'TypeError', message: 'boom', stack: error.stack })
  })

  it('prefer what is said of an error to what it says itself', () => {
    const log = { 'error.kind': 'Kind', 'error.object': new Error('boom'), message: 'Said' }
    const { fields } = finishedSpan((span) => span.log(log)).logs?.[0] ?? {}
    assert.equal(fields?.['error.kind'], 'Kind')
    assert.equal(fields?.['message'], 'Said')
  })

  it('of nothing are none', () => {
    assert.equal(finishedSpan((span) => span.log(null as never).log(undefined as never)).logs, undefined)
  })

  it('beyond the limit are dropped and counted', () => {
    const use = (span: Span): void => {
      for (let i = 0; i < 5; i++) span.log({ event: `e${i}` })
    }
    const record = finishedSpan(use, { OTEL_SPAN_EVENT_COUNT_LIMIT: '2' })
    assert.deepEqual(
      exported(record).events?.map(({ name }) => name),
      ['e0', 'e1'],
    )
    assert.equal(exported(record)['droppedEventsCount'], 3)
  })

  it('are cut like tags, in length and number of fields', () => {
    const env = { OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '4', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2' }
    const record = finishedSpan((span) => span.log({ a: 'abc😀', b: { c: 'long' }, c: 1 }), env)
    assert.deepEqual(record.logs?.[0]?.fields, { a: 'abc', b: '{"c"' })
  })

  it('with an impossible time are of now', () => {
    for (const time of [NaN, Infinity, -1, 'soon', new Date(5), null, 1e300]) {
      const record = finishedSpan((span) => span.log({ event: 'a' }, time as never))
      assert.ok((record.logs?.[0]?.time ?? 0) > 1e12)
    }
  })
})
