import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { encodeOtlpJson } from '../../src/export/otlp-json.js'
import { Sampling, SpanContext } from '../../src/tracer/context.js'
import { SpanId } from '../../src/tracer/span-id.js'
import { TraceId } from '../../src/tracer/trace-id.js'
import { SpanRecord } from '../../src/tracer/record.js'
import { PARENT, SPAN, TRACE, contextOf, type Parts } from '../support/headers.js'
import { attributes, exported, finishedSpan, tracing } from '../support/tracing.js'

function recordOf(parts: Parts = {}, isRemote = true): SpanRecord {
  const record = new SpanRecord(contextOf(parts), 'span', undefined, undefined, isRemote, 1544712660000)
  record.end = 1544712661000
  return record
}

const reference = (type: string, target: unknown): never =>
  ({ type: () => type, referencedContext: () => target }) as never

describe('OTLP JSON', () => {
  it('is as the specification’s example', () => {
    const context = new SpanContext(
      { id: TraceId.of(TRACE), narrow: false, traceState: undefined, random: false },
      SpanId.of(SPAN),
      SpanId.of(PARENT),
      Sampling.Accepted,
      undefined,
      undefined,
    )
    const record = new SpanRecord(context, 'GET /users/:id', 'server', 'http', false, 1544712660000)
    record.end = 1544712661000
    record.tags.push('http.status_code', 500, 'ok', false, 'ratio', 0.5, 'neg', -1, 'error', true)
    record.logs = [{ time: 1544712660500, fields: { event: 'error', 'error.kind': 'Error' } }]
    record.links = [{ context: contextOf({ span: '00f067aa0ba902b7' }), type: 'follows_from' }]
    assert.deepEqual(
      JSON.parse(encodeOtlpJson([record], { 'service.name': 'demo', 'process.pid': 7 }, '1.0.0').toString()),
      {
        resourceSpans: [
          {
            resource: {
              attributes: [
                { key: 'service.name', value: { stringValue: 'demo' } },
                { key: 'process.pid', value: { intValue: '7' } },
              ],
            },
            scopeSpans: [
              {
                scope: { name: 'pretrace/http', version: '1.0.0' },
                spans: [
                  {
                    traceId: TRACE,
                    spanId: SPAN,
                    parentSpanId: PARENT,
                    flags: 257,
                    name: 'GET /users/:id',
                    kind: 2,
                    startTimeUnixNano: '1544712660000000000',
                    endTimeUnixNano: '1544712661000000000',
                    attributes: [
                      { key: 'http.response.status_code', value: { intValue: '500' } },
                      { key: 'ok', value: { boolValue: false } },
                      { key: 'ratio', value: { doubleValue: 0.5 } },
                      { key: 'neg', value: { intValue: '-1' } },
                      { key: 'error.type', value: { stringValue: 'Error' } },
                    ],
                    events: [
                      {
                        timeUnixNano: '1544712660500000000',
                        name: 'exception',
                        attributes: [{ key: 'exception.type', value: { stringValue: 'Error' } }],
                      },
                    ],
                    links: [
                      {
                        traceId: TRACE,
                        spanId: '00f067aa0ba902b7',
                        flags: 0x301,
                        attributes: [{ key: 'opentracing.ref_type', value: { stringValue: 'follows_from' } }],
                      },
                    ],
                    status: { code: 2 },
                  },
                ],
              },
            ],
          },
        ],
      },
    )
  })

  it('groups spans by the instrumentation that made them', () => {
    const records = ['http', undefined, 'pg', 'http'].map(
      (component, index) => new SpanRecord(contextOf(), `s${index}`, undefined, component, false, 1),
    )
    const { resourceSpans } = JSON.parse(encodeOtlpJson(records, {}, '1.0.0').toString()) as {
      resourceSpans: [{ scopeSpans: { scope: { name: string }; spans: { name: string }[] }[] }]
    }
    const groups = resourceSpans[0].scopeSpans.map(({ scope, spans }) => [scope.name, spans.map(({ name }) => name)])
    assert.deepEqual(groups, [
      ['pretrace/http', ['s0', 's3']],
      ['pretrace', ['s1']],
      ['pretrace/pg', ['s2']],
    ])
  })

  it('leaves out what a span does not have', () => {
    assert.deepEqual(Object.keys(exported(recordOf())), [
      'traceId',
      'spanId',
      'flags',
      'name',
      'kind',
      'startTimeUnixNano',
      'endTimeUnixNano',
      'attributes',
    ])
  })

  const numbers: readonly (readonly [value: number, encoded: Readonly<Record<string, unknown>>])[] = [
    [0, { intValue: '0' }],
    [-0, { intValue: '0' }],
    [42, { intValue: '42' }],
    [-42, { intValue: '-42' }],
    [2 ** 53 - 1, { intValue: '9007199254740991' }],
    [2 ** 53, { doubleValue: 9007199254740992 }],
    [1e21, { doubleValue: 1e21 }],
    [0.1, { doubleValue: 0.1 }],
    [NaN, { doubleValue: 'NaN' }],
    [Infinity, { doubleValue: 'Infinity' }],
    [-Infinity, { doubleValue: '-Infinity' }],
  ]
  for (const [value, encoded] of numbers) {
    it(`writes the number ${value} as ${JSON.stringify(encoded)}`, () => {
      assert.deepEqual(exported(finishedSpan((span) => span.setTag('n', value))).attributes, [
        { key: 'n', value: encoded },
      ])
    })
  }

  it('writes times exact to the microsecond', () => {
    const { tracer, finished } = tracing()
    const times = [1544712660000.001, 1544712660123.456, 1792000000999.999, 0, 1.5]
    for (const time of times) tracer.startSpan('span', { startTime: time }).finish(time)
    assert.deepEqual(
      finished.map((record) => exported(record)['startTimeUnixNano']),
      ['1544712660000001000', '1544712660123456000', '1792000000999999000', '0', '1500000'],
    )
  })

  it('tells in the flags of sampling, randomness and a remote parent', () => {
    const flags = (parts: Parts, isRemote: boolean): unknown => exported(recordOf(parts, isRemote))['flags']
    assert.equal(flags({}, false), 0x101)
    assert.equal(flags({ sampling: 'debug' }, true), 0x301)
    assert.equal(flags({ trace: { random: true } }, false), 0x103)
  })

  it('writes the ids of 64-bit traces with 32 digits', () => {
    const record = recordOf({ trace: { traceId: SPAN.padStart(32, '0'), narrow: true }, parent: PARENT })
    assert.equal(exported(record)['traceId'], SPAN.padStart(32, '0'))
    assert.equal(exported(record)['parentSpanId'], PARENT)
  })

  it('passes tracestate on, of the span and of links', () => {
    const { tracer, finished } = tracing()
    const context = tracer.extract('http_headers', { traceparent: `00-${TRACE}-${SPAN}-03`, tracestate: 'a=1' })
    const other = tracer.extract('http_headers', { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'b=2' })
    tracer.startSpan('span', { childOf: context, references: [reference('follows_from', other)] }).finish()
    const span = exported(finished[0])
    assert.equal(span['traceState'], 'a=1')
    assert.equal(span.links?.[0]?.['traceState'], 'b=2')
  })

  it('says of links whether they lead to another process', () => {
    const { tracer, finished } = tracing()
    const local = tracer.startSpan('local')
    const remote = tracer.extract('http_headers', { b3: `${TRACE}-${SPAN}-0` })
    const references = [reference('follows_from', local), reference('child_of', remote)]
    tracer.startSpan('span', { childOf: tracer.startSpan('parent'), references }).finish()
    const links = exported(finished[0]).links ?? []
    assert.deepEqual(
      links.map((link) => [link['spanId'], link['flags']]),
      [
        [local.context().spanId, 0x103],
        [SPAN, 0x300],
      ],
    )
    const types = links.map((link) => attributes(link['attributes'] as never))
    assert.deepEqual(types, [{ 'opentracing.ref_type': 'follows_from' }, { 'opentracing.ref_type': 'child_of' }])
  })
})
