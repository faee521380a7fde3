/**
 * OTLP protobuf, held against protobufjs and against our own JSON.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { encodeOtlpJson } from '../../src/export/otlp-json.js'
import { OtlpProtobuf } from '../../src/export/otlp-protobuf.js'
import type { Resource } from '../../src/export/resource.js'
import { SpanRecord } from '../../src/tracer/record.js'
import { anySpan, anyText, anyValue } from '../support/arbitrary.js'
import { PARENT, SPAN, TRACE, contextOf } from '../support/headers.js'
import { decodeOtlpProtobuf, encodeOtlpProtobuf, withoutDefaults, type Message } from '../support/otlp-schema.js'
import { attributes, finishedSpan, type OtlpSpan } from '../support/tracing.js'

/** The reference's example as bytes. */
const EXAMPLE = `0aab020a180a160a0c736572766963652e6e616d6512060a0464656d6f128e020a0c0a037072651205312e302e3012fd01
  0a105b8efff798038103d269b633813fc60c1208eee19b7ec3c1b1742208eee19b7ec3c1b1732a0e474554202f75736572732f3a6964
  300239004859e3faeb6f15410012f41efbeb6f15
  4a200a19687474702e726573706f6e73652e7374617475735f636f6465120318f403
  4a080a026f6b12021000
  4a120a05726174696f120921000000000000e03f
  4a120a036e6567120b18ffffffffffffffffff01
  5a2f0900ad2601fbeb6f151209657863657074696f6e1a190a0e657863657074696f6e2e7479706512070a054572726f72
  6a1c0a105b8efff798038103d269b633813fc60c120800f067aa0ba902b7
  7a081204626f6f6d1802
  850101010000`.replace(/\s/g, '')

/** The same as JSON. */
const EXAMPLE_JSON = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'demo' } }] },
      scopeSpans: [
        {
          scope: { name: 'pre', version: '1.0.0' },
          spans: [
            {
              traceId: TRACE,
              spanId: SPAN,
              parentSpanId: PARENT,
              name: 'GET /users/:id',
              kind: 2,
              startTimeUnixNano: '1544712660000000000',
              endTimeUnixNano: '1544712661000000000',
              attributes: [
                { key: 'http.response.status_code', value: { intValue: '500' } },
                { key: 'ok', value: { boolValue: false } },
                { key: 'ratio', value: { doubleValue: 0.5 } },
                { key: 'neg', value: { intValue: '-1' } },
              ],
              events: [
                {
                  timeUnixNano: '1544712660500000000',
                  name: 'exception',
                  attributes: [{ key: 'exception.type', value: { stringValue: 'Error' } }],
                },
              ],
              links: [{ traceId: TRACE, spanId: '00f067aa0ba902b7' }],
              status: { message: 'boom', code: 2 },
              flags: 257,
            },
          ],
        },
      ],
    },
  ],
}

/** The example as far as a span of ours can say it. */
function exampleRecord(): SpanRecord {
  const record = new SpanRecord(contextOf({ parent: PARENT }), 'GET /users/:id', 'server', 'http', false, 1544712660000)
  record.end = 1544712661000
  record.tags.push('http.status_code', 500, 'ok', false, 'ratio', 0.5, 'neg', -1, 'error', true)
  record.logs = [{ time: 1544712660500, fields: { event: 'error', 'error.kind': 'Error' } }]
  record.links = [{ context: contextOf({ span: '00f067aa0ba902b7' }), type: 'follows_from' }]
  return record
}

/** The example's bytes from `start` up to `end`, each the first of that look. */
function between(start: string, end: string): string {
  const from = EXAMPLE.indexOf(start)
  return EXAMPLE.slice(from, EXAMPLE.indexOf(end, from))
}

function decoded(batch: readonly SpanRecord[], resource: Resource = {}): Message {
  return decodeOtlpProtobuf(new OtlpProtobuf(resource, '1.0.0').encode(batch)) as Message
}

function firstSpan(record: SpanRecord): OtlpSpan {
  return decoded([record]).resourceSpans[0].scopeSpans[0]?.spans[0] as OtlpSpan
}

/** The value of an attribute as it arrives. */
function arrived(value: unknown): unknown {
  return firstSpan(finishedSpan((span) => span.setTag('k', value))).attributes[0]?.value
}

describe('OTLP protobuf', () => {
  it('is read here as the reference has it', () => {
    assert.equal(EXAMPLE.length, 604)
    assert.deepEqual(decodeOtlpProtobuf(Buffer.from(EXAMPLE, 'hex')), EXAMPLE_JSON)
  })

  it('has the bytes of the reference wherever a span of ours says the same', () => {
    const bytes = Buffer.from(new OtlpProtobuf({ 'service.name': 'demo' }, '1.0.0').encode([exampleRecord()]))
    const written = bytes.toString('hex')
    // What lies between these says a little else: lengths, the scope, the link's flags, the status.
    const parts = [between('0a18', '128e02'), between('0a105b', '5a2f'), between('0900ad', '6a1c'), '850101010000']
    for (const part of parts) assert.ok(written.includes(part), part)
  })

  it('has the bytes that protobufjs writes for the same', () => {
    const batch = [exampleRecord()]
    const bytes = new OtlpProtobuf({ 'service.name': 'demo' }, '1.0.0').encode(batch)
    const same = encodeOtlpProtobuf(JSON.parse(encodeOtlpJson(batch, { 'service.name': 'demo' }, '1.0.0').toString()))
    assert.equal(Buffer.from(bytes).toString('hex'), Buffer.from(same).toString('hex'))
  })

  it('says the same as JSON of whatever spans', () => {
    const resource = fc.dictionary(anyText, anyValue, { maxKeys: 4, noNullPrototype: true })
    const property = fc.property(fc.array(anySpan, { maxLength: 6 }), resource, anyText, (batch, resource, version) => {
      const bytes = new OtlpProtobuf(resource, version).encode(batch)
      const json: unknown = JSON.parse(encodeOtlpJson(batch, resource, version).toString())
      assert.deepEqual(withoutDefaults(decodeOtlpProtobuf(bytes)), withoutDefaults(json))
    })
    fc.assert(property, { numRuns: 500 })
  })

  it('encodes batch after batch of any size with one encoder', () => {
    const encoder = new OtlpProtobuf({}, '1.0.0')
    const batchOf = (count: number, length: number): SpanRecord[] =>
      Array.from({ length: count }, (_, index) =>
        finishedSpan((span) => span.setOperationName(`s${index}`).setTag('k', 'x'.repeat(length))),
      )
    // Larger than the first buffer, larger than the largest that is kept, and small again.
    for (const [count, length] of [
      [1, 1],
      [200, 4000],
      [1500, 4000],
      [3, 5],
    ] as const) {
      const batch = batchOf(count, length)
      const { scopeSpans } = (decodeOtlpProtobuf(encoder.encode(batch)) as Message).resourceSpans[0]
      assert.deepEqual(
        scopeSpans[0]?.spans.map(({ name }) => name),
        batch.map(({ name }) => name),
      )
      assert.ok(scopeSpans[0]?.spans.every((span) => attributes(span.attributes)['k'] === 'x'.repeat(length)))
    }
  })

  for (const length of [0, 1, 47, 48, 49, 119, 120, 121, 127, 128, 129, 4096]) {
    it(`writes texts of ${length} characters, of one byte each and of more`, () => {
      for (const character of ['a', 'é', '漢', '😀']) {
        const text = character.repeat(length)
        const long = { OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '100000' }
        const span = firstSpan(finishedSpan((span) => span.setTag(`k${text}`, text).setOperationName(text), long))
        assert.deepEqual([span['name'] ?? '', attributes(span.attributes)], [text, { [`k${text}`]: text }])
      }
    })
  }

  it('writes half a character as the one that stands for none', () => {
    assert.deepEqual(arrived('a\ud800b'), { stringValue: 'a\ufffdb' })
  })

  const integers = [0, -0, 1, -1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, -(2 ** 31), -(2 ** 32) - 1]
  for (const number of [...integers, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER]) {
    it(`writes the integer ${number}`, () => assert.deepEqual(arrived(number), { intValue: String(number + 0) }))
  }

  it('writes other numbers as doubles', () => {
    for (const number of [0.1, -1.5, 2 ** 53, 1e300, 5e-324]) assert.deepEqual(arrived(number), { doubleValue: number })
    assert.deepEqual(arrived(NaN), { doubleValue: 'NaN' })
    assert.deepEqual(arrived(-Infinity), { doubleValue: '-Infinity' })
  })

  it('writes times exact to the microsecond, and one beyond all measure as the last that fits', () => {
    const cases: readonly (readonly [milliseconds: number, nanoseconds: string])[] = [
      [0.001, '1000'],
      [1.5, '1500000'],
      [1544712660000.001, '1544712660000001000'],
      [1544712660123.456, '1544712660123456000'],
      [1792000000999.999, '1792000000999999000'],
      [8.64e15, `${Number.MAX_SAFE_INTEGER}000`],
    ]
    for (const [milliseconds, nanoseconds] of cases) {
      const record = new SpanRecord(contextOf(), 's', undefined, undefined, false, milliseconds)
      assert.equal(firstSpan(record)['startTimeUnixNano'], nanoseconds)
    }
  })

  it('groups spans by the instrumentation that made them, however many there are', () => {
    const batch = Array.from(
      { length: 100 },
      (_, i) => new SpanRecord(contextOf(), `s${i}`, 'client', i % 2 === 0 ? 'pg' : 'http', false, 1),
    )
    const groups = decoded(batch).resourceSpans[0].scopeSpans
    assert.deepEqual(
      groups.map(({ scope, spans }) => [scope.name, spans.length, spans[1]?.['name']]),
      [
        ['pretrace/pg', 50, 's2'],
        ['pretrace/http', 50, 's3'],
      ],
    )
  })

  it('knows more keys than it remembers', () => {
    for (let i = 0; i < 1200; i++) {
      const span = firstSpan(finishedSpan((span) => span.setTag(`key ${i}`, i).setTag(`key ${i}`, i + 1)))
      assert.deepEqual(attributes(span.attributes), { [`key ${i}`]: String(i + 1) })
    }
  })
})

describe('a request in the making', () => {
  const batch = ['a', 'b', 'c'].map((name) => new SpanRecord(contextOf(), name, 'client', 'pg', false, 1))
  const namesIn = (bytes: Uint8Array): string[][] =>
    (decodeOtlpProtobuf(bytes) as Message).resourceSpans[0].scopeSpans.map(({ spans }) =>
      spans.map((span) => String(span['name'])),
    )

  it('takes spans as they come', () => {
    const encoder = new OtlpProtobuf({}, '1.0.0')
    encoder.begin()
    encoder.add(batch.slice(0, 2))
    encoder.add(batch.slice(2))
    assert.deepEqual(namesIn(encoder.end()), [['a', 'b'], ['c']])
  })

  it('is without those that cannot be encoded as if they had never come', () => {
    const poison = Object.defineProperty(batch[0] && Object.create(batch[0]), 'name', {
      get() {
        throw new Error('no name')
      },
    })
    const encoder = new OtlpProtobuf({}, '1.0.0')
    encoder.begin()
    encoder.add(batch.slice(0, 1))
    assert.throws(() => encoder.add([batch[1] as SpanRecord, poison]), /no name/)
    encoder.add(batch.slice(2))
    assert.deepEqual(namesIn(encoder.end()), [['a'], ['c']])
  })
})
