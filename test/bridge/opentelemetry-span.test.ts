/**
 * Spans by OpenTelemetry's API: what is set arrives.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SpanKind, SpanStatusCode, type Span } from '@opentelemetry/api'
import { apiTracing, list, sent } from '../support/opentelemetry.js'
import { attributes, exported, type OtlpSpan } from '../support/tracing.js'

const CLOCK_START = 1_700_000_000_000

const attributesOf = (span: OtlpSpan): Record<string, unknown> => attributes(span.attributes)

describe('a span of the OpenTelemetry API', () => {
  it('has a name, is internal and begins a trace', () => {
    const span = sent({})
    assert.equal(span['name'], 'work')
    assert.equal(span['kind'], 1)
    assert.equal(span['parentSpanId'], undefined)
    assert.equal(span['status'], undefined)
  })

  const kinds = [
    [SpanKind.INTERNAL, 1],
    [SpanKind.SERVER, 2],
    [SpanKind.CLIENT, 3],
    [SpanKind.PRODUCER, 4],
    [SpanKind.CONSUMER, 5],
    [17 as SpanKind, 1],
  ] as const
  for (const [kind, code] of kinds)
    it(`of kind ${kind} is ${code} in OTLP`, () => assert.equal(sent({ kind })['kind'], code))

  it('is told by the name and version of its tracer', () => {
    const { provider, finished } = apiTracing()
    provider.getTracer('a library', '3').startSpan('work').end()
    provider.getTracer('another').startSpan('work').end()
    provider
      .getTracer(undefined as never)
      .startSpan('work')
      .end()
    assert.deepEqual(
      finished.map(({ scope }) => scope),
      [
        { name: 'a library', version: '3' },
        { name: 'another', version: undefined },
        { name: '', version: undefined },
      ],
    )
  })

  it('can be renamed until it ends', () => {
    assert.equal(sent({}, (span) => span.updateName('other'))['name'], 'other')
    const { api, finished } = apiTracing()
    const span = api.startSpan('work')
    span.end()
    span.updateName('other')
    assert.equal(finished[0]?.name, 'work')
  })

  it('takes any name as text', () => {
    const { api, finished } = apiTracing()
    for (const name of [undefined, 7, null]) api.startSpan(name as never).end()
    assert.deepEqual(
      finished.map(({ name }) => name),
      ['undefined', '7', 'null'],
    )
  })

  it('returns itself from every setter', () => {
    const span = apiTracing().api.startSpan('work')
    const link = { context: span.spanContext() }
    assert.equal(span.setAttribute('a', 1), span)
    assert.equal(span.setAttributes({ a: 1 }), span)
    assert.equal(span.addEvent('a'), span)
    assert.equal(span.addLink(link), span)
    assert.equal(span.addLinks([link]), span)
    assert.equal(span.setStatus({ code: SpanStatusCode.OK }), span)
    assert.equal(span.updateName('a'), span)
  })

  it('records until it ends, and ends once', () => {
    const { api, finished } = apiTracing()
    const span = api.startSpan('work')
    assert.equal(span.isRecording(), true)
    span.end()
    assert.equal(span.isRecording(), false)
    span.setAttribute('late', 1).addEvent('late').setStatus({ code: SpanStatusCode.ERROR }).recordException('late')
    span.addLink({ context: span.spanContext() })
    span.end()
    assert.equal(finished.length, 1)
    const { attributes, events, links, status } = exported(finished[0])
    assert.deepEqual([attributes, events, links, status], [[], undefined, undefined, undefined])
  })
})

describe('attributes of the OpenTelemetry API', () => {
  const values: readonly (readonly [value: unknown, sent: unknown])[] = [
    ['text', 'text'],
    ['', ''],
    [7, '7'],
    [0.5, 0.5],
    [false, false],
    [['a', 'b'], list({ stringValue: 'a' }, { stringValue: 'b' })],
    [[1, 2.5], list({ intValue: '1' }, { doubleValue: 2.5 })],
    [[true], list({ boolValue: true })],
    [['a', null, undefined], list({ stringValue: 'a' }, {}, {})],
    [[], list()],
    [[['nested']], '[["nested"]]'],
    [{ deep: { 1: true } }, '{"deep":{"1":true}}'],
    [new Uint8Array([1, 2, 255]), 'AQL/'],
  ]
  for (const [value, expected] of values) {
    it(`of value ${JSON.stringify(value)} arrive`, () => {
      const span = sent({ attributes: { 'at.start': value } }, (span) => span.setAttribute('later', value))
      assert.deepEqual(attributesOf(span), { 'at.start': expected, later: expected })
    })
  }

  it('without a value or a key are ignored', () => {
    const nothing = { a: undefined, b: null as never, '': 1 }
    const span = sent({ attributes: nothing }, (span) =>
      span
        .setAttributes(nothing)
        .setAttribute('c', undefined)
        .setAttributes(undefined as never),
    )
    assert.deepEqual(attributesOf(span), {})
  })

  it('are fixed when they are set', () => {
    const tags = ['a']
    const span = sent({ attributes: { tags } }, () => tags.push('b'))
    assert.deepEqual(attributesOf(span), { tags: list({ stringValue: 'a' }) })
  })

  it('keep their names, whatever these mean to OpenTracing', () => {
    const given = { 'http.method': 'GET', 'http.request.method': 'GET', 'sampling.priority': 0, 'span.kind': 'client' }
    const span = sent({ attributes: { ...given, error: true, 'peer.hostname': 'db' } })
    assert.deepEqual(attributesOf(span), { ...given, 'sampling.priority': '0', error: true, 'peer.hostname': 'db' })
    assert.equal(span['kind'], 1)
  })

  it('keep the last value', () => {
    assert.deepEqual(attributesOf(sent({ attributes: { a: 1 } }, (span) => span.setAttribute('a', 'b'))), { a: 'b' })
  })

  it('are cut and counted by the limits of all spans', () => {
    const env = { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2', OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3' }
    const span = sent({ attributes: { a: 'abcdef', b: ['abcdef', 7], c: 1 } }, undefined, env)
    assert.deepEqual(attributesOf(span), { a: 'abc', b: list({ stringValue: 'abc' }, { intValue: '7' }) })
    assert.equal(span['droppedAttributesCount'], 1)
  })
})

describe('the status of the OpenTelemetry API', () => {
  const { UNSET, OK, ERROR } = SpanStatusCode
  const cases: readonly (readonly [title: string, given: Parameters<Span['setStatus']>[0][], sent: unknown])[] = [
    ['ok', [{ code: OK }], { code: 1 }],
    ['error', [{ code: ERROR }], { code: 2 }],
    ['error with a description', [{ code: ERROR, message: 'no' }], { code: 2, message: 'no' }],
    ['ok without its description', [{ code: OK, message: 'no' }], { code: 1 }],
    ['unset', [{ code: UNSET }], undefined],
    ['error, which unset does not take back', [{ code: ERROR }, { code: UNSET }], { code: 2 }],
    ['ok, which is the last word', [{ code: ERROR }, { code: OK }, { code: ERROR }], { code: 1 }],
    [
      'the last error',
      [
        { code: ERROR, message: 'a' },
        { code: ERROR, message: 'b' },
      ],
      { code: 2, message: 'b' },
    ],
    ['an error whose description is no text', [{ code: ERROR, message: new Error('x') as never }], { code: 2 }],
    ['nothing, for an unknown code', [{ code: 9 as SpanStatusCode }], undefined],
  ]
  for (const [title, given, expected] of cases) {
    it(`is ${title}`, () => {
      const span = sent({}, (span) => given.forEach((status) => span.setStatus(status)))
      assert.deepEqual(span['status'], expected)
      assert.deepEqual(span.attributes, [])
    })
  }
})

describe('times of the OpenTelemetry API', () => {
  const forms: readonly (readonly [title: string, at: (ms: number) => unknown])[] = [
    ['milliseconds since 1970', (ms) => ms],
    ['a date', (ms) => new Date(ms)],
    ['seconds and nanoseconds', (ms) => [Math.floor(ms / 1000), (ms % 1000) * 1e6]],
  ]
  for (const [title, at] of forms) {
    it(`may be ${title}`, () => {
      const { api, finished } = apiTracing()
      api.startSpan('work', { startTime: at(CLOCK_START) as never }).end(at(CLOCK_START + 1234) as never)
      assert.deepEqual([finished[0]?.start, finished[0]?.end], [CLOCK_START, CLOCK_START + 1234])
    })
  }

  it('may be counted from the start of the process', () => {
    const { api, finished } = apiTracing()
    const before = Date.now()
    const start = performance.now()
    api.startSpan('work', { startTime: start }).end(start + 5)
    const [record] = finished
    assert.ok(record !== undefined && Math.abs(record.start - before) < 1000)
    assert.ok(Math.abs(record.end - record.start - 5) < 0.01)
  })

  it('that are none count as now', () => {
    const { api, finished } = apiTracing()
    const before = Date.now()
    for (const time of [undefined, null, 'yesterday', NaN, new Date(NaN), [1], {}])
      api.startSpan('work', { startTime: time as never }).end(time as never)
    assert.equal(finished.length, 7)
    for (const { start, end } of finished) assert.ok(Math.abs(start - before) < 1000 && end >= start)
  })

  it('before the start end the span where it began', () => {
    const { api, finished } = apiTracing()
    api.startSpan('work', { startTime: CLOCK_START }).end(CLOCK_START - 1)
    assert.equal(finished[0]?.end, CLOCK_START)
  })
})
