/**
 * Events, exceptions and links by OpenTelemetry's API.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TraceFlags, type Span } from '@opentelemetry/api'
import { apiTracing, list, sent } from '../support/opentelemetry.js'
import { attributes } from '../support/tracing.js'

const CLOCK_START = 1_700_000_000_000

describe('events of the OpenTelemetry API', () => {
  const eventsOf = (use: (span: Span) => void, env?: Record<string, string>): unknown =>
    sent({}, use, env).events?.map(({ name, attributes: list }) => [name, attributes(list)])

  it('have a name and attributes', () => {
    assert.deepEqual(
      eventsOf((span) => span.addEvent('plain').addEvent('full', { a: 1, b: ['c'], event: 'x', none: undefined })),
      [
        ['plain', {}],
        ['full', { a: '1', b: list({ stringValue: 'c' }), event: 'x' }],
      ],
    )
  })

  it('may be named as OpenTracing names errors', () => {
    assert.deepEqual(
      eventsOf((span) => span.addEvent('error', { message: 'no' })),
      [['error', { message: 'no' }]],
    )
  })

  it('take their time as second or third argument', () => {
    const { api, finished } = apiTracing()
    const span = api.startSpan('work')
    span.addEvent('a', CLOCK_START).addEvent('b', { k: 1 }, new Date(CLOCK_START + 1))
    span.addEvent('c', [CLOCK_START / 1000, 2e6]).addEvent('d', undefined, CLOCK_START + 3)
    span.end()
    assert.deepEqual(
      finished[0]?.logs?.map(({ name, time }) => [name, time - CLOCK_START]),
      [
        ['a', 0],
        ['b', 1],
        ['c', 2],
        ['d', 3],
      ],
    )
  })

  it('happen between the start and the end of their span', () => {
    const { api, finished } = apiTracing()
    const span = api.startSpan('work').addEvent('now')
    span.end()
    const [record] = finished
    const time = record?.logs?.[0]?.time ?? 0
    assert.ok(record !== undefined && record.start <= time && time <= record.end)
  })

  it('beyond the limit are dropped and counted', () => {
    const span = sent({}, (span) => span.addEvent('a').addEvent('b').recordException('c'), {
      OTEL_SPAN_EVENT_COUNT_LIMIT: '1',
    })
    assert.equal(span.events?.length, 1)
    assert.equal(span['droppedEventsCount'], 2)
  })

  const error = Object.assign(new TypeError('boom'), { stack: 'the stack' })
  const exceptions: readonly (readonly [title: string, exception: unknown, sent: unknown])[] = [
    ['an error', error, { type: 'TypeError', message: 'boom', stacktrace: 'the stack' }],
    ['an error with a code', { code: 'ENOENT', name: 'Error', message: 'gone' }, { type: 'ENOENT', message: 'gone' }],
    ['an error with a number as code', { code: 42 }, { type: '42' }],
    ['a text', 'boom', { message: 'boom' }],
    ['a name alone', { name: 'Oops' }, { type: 'Oops' }],
  ]
  for (const [title, exception, expected] of exceptions) {
    it(`tell ${title} as an exception, without calling the span failed`, () => {
      const span = sent({}, (span) => span.recordException(exception as Error))
      const named = Object.entries(expected as object).map(([key, value]) => [`exception.${key}`, value])
      assert.deepEqual(
        span.events?.map(({ name, attributes: list }) => [name, attributes(list)]),
        [['exception', Object.fromEntries(named)]],
      )
      assert.equal(span['status'], undefined)
    })
  }

  it('leave out exceptions that tell nothing', () => {
    const use = (span: Span): void => [{}, undefined, null, 7, ''].forEach((one) => span.recordException(one as never))
    assert.equal(eventsOf(use), undefined)
  })

  it('tell an exception at the time that is given', () => {
    const { api, finished } = apiTracing()
    const span = api.startSpan('work')
    span.recordException('boom', CLOCK_START)
    span.end()
    assert.equal(finished[0]?.logs?.[0]?.time, CLOCK_START)
  })
})

describe('links of the OpenTelemetry API', () => {
  const other = apiTracing().api.startSpan('other').spanContext()
  const foreign = { traceId: 'A'.repeat(32), spanId: 'B'.repeat(16), traceFlags: TraceFlags.SAMPLED, isRemote: true }

  it('may be given at the start and later', () => {
    const span = sent({ links: [{ context: other, attributes: { n: 1 } }] }, (span) =>
      span.addLink({ context: foreign }).addLinks([{ context: other, attributes: { list: ['a'] } }]),
    )
    assert.deepEqual(
      span.links?.map(({ traceId, spanId, attributes: list }) => [traceId, spanId, attributes(list as never)]),
      [
        [other.traceId, other.spanId, { n: '1' }],
        ['a'.repeat(32), 'b'.repeat(16), {}],
        [other.traceId, other.spanId, { list: list({ stringValue: 'a' }) }],
      ],
    )
  })

  it('to nothing are ignored', () => {
    const none = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }
    const wrong = [none, undefined, null, {}, { ...foreign, traceId: 'xyz' }, { ...foreign, spanId: 7 }]
    const links = wrong.map((context) => ({ context })) as never
    const span = sent({ links }, (span) =>
      span
        .addLinks(links)
        .addLinks(undefined as never)
        .addLink(null as never),
    )
    assert.equal(span.links, undefined)
  })

  it('beyond the limit are dropped and counted', () => {
    const span = sent({ links: [{ context: other }, { context: other }] }, undefined, {
      OTEL_SPAN_LINK_COUNT_LIMIT: '1',
    })
    assert.equal(span.links?.length, 1)
    assert.equal(span['droppedLinksCount'], 1)
  })
})
