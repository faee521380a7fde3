/**
 * OTLP as the viewer reads it, held against protobufjs with the official messages, and against what our own exporters write.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { OtlpProtobuf } from '../../src/export/otlp-protobuf.js'
import { readFile } from '../../viewer/server/formats/file.js'
import { Intake } from '../../viewer/server/formats/intake.js'
import { otlpLine } from '../../viewer/server/formats/otlp-line.js'
import { readOtlpJson } from '../../viewer/server/formats/otlp-json.js'
import { readOtlpProtobuf } from '../../viewer/server/formats/otlp-protobuf.js'
import { Malformed } from '../../viewer/server/formats/protobuf.js'
import { readZipkin } from '../../viewer/server/formats/zipkin.js'
import { anySpan } from '../support/arbitrary.js'
import { decodeOtlpProtobuf, encodeOtlpProtobuf } from '../support/otlp-schema.js'
import { only, taken, told } from '../support/taken.js'
import { otlp } from '../support/viewer.js'

const VALUES = {
  text: { stringValue: 'ünïcode' },
  empty: { stringValue: '' },
  yes: { boolValue: true },
  no: { boolValue: false },
  small: { intValue: '-1' },
  large: { intValue: '9223372036854775807' },
  least: { intValue: '-9223372036854775808' },
  safe: { intValue: '9007199254740991' },
  double: { doubleValue: 1.5 },
  nothing: {},
  list: { arrayValue: { values: [{ intValue: '1' }, { arrayValue: { values: [{ stringValue: 'deep' }] } }, {}] } },
  map: {
    kvlistValue: {
      values: [
        { key: 'a', value: { boolValue: true } },
        { key: '__proto__', value: {} },
      ],
    },
  },
}

const attributes = Object.entries(VALUES).map(([key, value]) => ({ key, value }))
const RICH = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }, ...attributes] },
      scopeSpans: [
        {
          scope: { name: 'pg', version: '1' },
          spans: [
            {
              traceId: '0af7651916cd43dd8448eb211c80319c',
              spanId: 'b7ad6b7169203331',
              parentSpanId: 'b7ad6b7169203332',
              traceState: 'a=b',
              name: 'SELECT',
              kind: 3,
              startTimeUnixNano: '1700000000000123456',
              endTimeUnixNano: '1700000000001123457',
              attributes,
              droppedAttributesCount: 3,
              events: [{ timeUnixNano: '1700000000000500000', name: 'exception', attributes }],
              links: [{ traceId: '0af7651916cd43dd8448eb211c80319d', spanId: 'b7ad6b7169203333', attributes }],
              status: { code: 2, message: 'no' },
              flags: 257,
            },
          ],
        },
      ],
    },
  ],
}

describe('OTLP', () => {
  it('with values where texts are expected has them as JSON', () => {
    const value = { kvlistValue: { values: [{ key: 'a', value: { intValue: '1' } }] } }
    const keys = ['service.instance.id', 'host.name', 'error.message', 'db.system', 'url.path']
    const attributes = keys.map((key) => ({ key, value }))
    const spans = [{ traceId: 'a', spanId: 'b', attributes, status: { code: 2 } }]
    const span = only(
      taken((intake) =>
        readOtlpJson({ resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans }] }] }, intake),
      ),
    )
    assert.deepEqual([span.error, span.process.instance], ['{"a":1}', '{"a":1}'])
  })

  it('is read alike as protobuf and as JSON', () => {
    const fromProtobuf = taken((intake) => readOtlpProtobuf(Buffer.from(encodeOtlpProtobuf(RICH)), intake))
    assert.deepEqual(told(fromProtobuf), told(taken((intake) => readOtlpJson(RICH, intake))))
    const span = only(fromProtobuf)
    assert.ok(Math.abs(span.start - 1700000000000.1235) < 0.001)
    assert.equal(span.duration, 1.000001)
    assert.equal(span.process.service, 'shop')
    assert.deepEqual([span.kind, span.failed, span.error, span.scope], ['client', true, 'no', 'pg'])
    const tags = Object.fromEntries(
      Array.from({ length: span.tags.length / 2 }, (_, i) => [span.tags[2 * i], span.tags[2 * i + 1]]),
    )
    assert.equal(tags['large'], '9223372036854775807')
    assert.equal(tags['least'], '-9223372036854775808')
    assert.deepEqual([tags['small'], tags['safe']], [-1, Number.MAX_SAFE_INTEGER])
    assert.equal(JSON.stringify(tags['map']), '{"a":true,"__proto__":null}')
  })

  it('as pretrace writes it is read as protobufjs reads it', () => {
    fc.assert(
      fc.property(fc.array(anySpan, { minLength: 1, maxLength: 5 }), (batch) => {
        const bytes = Buffer.from(new OtlpProtobuf({ 'service.name': 'any', list: ['a', null, 1] }, '1').encode(batch))
        const reference = taken((intake) => readOtlpJson(decodeOtlpProtobuf(bytes), intake))
        assert.deepEqual(told(taken((intake) => readOtlpProtobuf(bytes, intake))), told(reference))
      }),
      { numRuns: 200 },
    )
  })

  it('may have its resource behind its spans', () => {
    const resource = encodeOtlpProtobuf({
      resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'late' } }] } }],
    })
    // Both are one field 1 with a length of one or two bytes; their insides, one after the other, are one ResourceSpans.
    const inside = (bytes: Uint8Array): Uint8Array => bytes.subarray((bytes[1] as number) < 128 ? 2 : 3)
    const scopeOnly = encodeOtlpProtobuf({
      resourceSpans: [{ scopeSpans: (otlp([{ trace: 'a', id: 'a' }]) as typeof RICH).resourceSpans[0]?.scopeSpans }],
    })
    const joined = Buffer.concat([inside(scopeOnly), inside(resource)])
    const message = Buffer.concat([
      Buffer.from([10, (joined.length % 128) + 128, Math.floor(joined.length / 128)]),
      joined,
    ])
    assert.equal(only(taken((intake) => readOtlpProtobuf(message, intake))).process.service, 'late')
  })

  it('that is cut off or made up ends in one kind of error, or in spans', () => {
    const whole = Buffer.from(encodeOtlpProtobuf(RICH))
    const read = (bytes: Buffer): void => {
      try {
        readOtlpProtobuf(bytes, new Intake())
      } catch (error) {
        assert.ok(error instanceof Malformed, String(error))
      }
    }
    for (let length = 0; length < whole.length; length++) read(whole.subarray(0, length))
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => read(Buffer.from(bytes))))
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
        const spoilt = Buffer.from(whole)
        spoilt[at] = byte
        read(spoilt)
      }),
      { numRuns: 2000 },
    )
  })

  it('of JSON with anything anywhere is read as far as it makes sense', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        readOtlpJson(
          {
            resourceSpans: [
              {
                resource: json,
                scopeSpans: [
                  {
                    scope: json,
                    spans: [
                      json,
                      { traceId: 'a', spanId: 'b', attributes: json, events: [json], links: json, status: json },
                    ],
                  },
                ],
              },
            ],
          },
          new Intake(),
        )
        readOtlpJson(json, new Intake())
        readZipkin(
          [json, { traceId: 'a', id: 'b', tags: json, annotations: [json], localEndpoint: json }],
          new Intake(),
        )
      }),
    )
  })

  it('nested without end is cut, not followed', () => {
    let value: object = { stringValue: 'bottom' }
    for (let depth = 0; depth < 2000; depth++) value = { arrayValue: { values: [value] } }
    const message = {
      resourceSpans: [
        { scopeSpans: [{ spans: [{ traceId: 'a', spanId: 'b', attributes: [{ key: 'deep', value }] }] }] },
      ],
    }
    const arrivals = taken((intake) => readOtlpJson(message, intake))
    assert.ok(JSON.stringify(only(arrivals).tags).length < 100)
  })

  it('without a usable id is refused and counted', () => {
    const spans = [
      { traceId: '', spanId: 'b' },
      { traceId: '0'.repeat(32), spanId: 'b' },
      { traceId: 'a', spanId: 'xyz' },
      { spanId: 'a' },
    ]
    const { refused, spans: kept } = taken((intake) =>
      readOtlpJson({ resourceSpans: [{ scopeSpans: [{ spans }] }] }, intake),
    )
    assert.deepEqual([refused, kept.length], [4, 0])
  })

  it('is what is written into files', () => {
    const first = taken((intake) => readOtlpJson(RICH, intake))
    const line = otlpLine(first.spans)
    assert.ok(line.endsWith('}\n') && !line.slice(0, -1).includes('\n'))
    const { spans, refused } = taken((intake) => readFile(line, intake))
    assert.equal(refused, 0)
    const { start, duration, tags, logs, links, error, scope, kind } = only({ spans, refused })
    const expected = only(first)
    assert.ok(Math.abs(start - expected.start) < 0.001)
    assert.deepEqual(
      { duration, tags, error, scope, kind },
      {
        duration: expected.duration,
        tags: expected.tags,
        error: expected.error,
        scope: expected.scope,
        kind: expected.kind,
      },
    )
    assert.deepEqual([logs.length, links], [1, expected.links])
  })
})
