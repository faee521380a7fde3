/**
 * OTLP protobuf of spans that say what others have said before, for which bytes are kept.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { encodeOtlpJson } from '../../src/export/otlp-json.js'
import { OtlpProtobuf } from '../../src/export/otlp-protobuf.js'
import { SpanRecord } from '../../src/tracer/record.js'
import { likeSpans } from '../support/arbitrary.js'
import { contextOf } from '../support/headers.js'
import { decodeOtlpProtobuf, withoutDefaults, type Message } from '../support/otlp-schema.js'
import { attributes } from '../support/tracing.js'

function assertAsJson(encoder: OtlpProtobuf, batch: readonly SpanRecord[], message?: string): void {
  const json: unknown = JSON.parse(encodeOtlpJson(batch, {}, '1.0.0').toString())
  assert.deepEqual(withoutDefaults(decodeOtlpProtobuf(encoder.encode(batch))), withoutDefaults(json), message)
}

describe('OTLP protobuf of spans that are alike', () => {
  it('says the same as JSON of spans that say again what others said', () => {
    const encoder = new OtlpProtobuf({}, '1.0.0')
    const property = fc.property(likeSpans, (batch) => {
      assertAsJson(encoder, batch)
    })
    fc.assert(property, { numRuns: 300 })
  })

  it('says the same as JSON where spans have each other things in common', () => {
    const keys = Array.from({ length: 12 }, (_, i) => `key ${i}`)
    const change = fc.array(fc.nat(11), { maxLength: 4 })
    const property = fc.property(fc.array(change, { minLength: 200, maxLength: 200 }), (changes) => {
      const batch = changes.map((changed) => {
        const record = new SpanRecord(contextOf(), 's', 'client', 'http', false, 1)
        record.tags.push(...keys.flatMap((key, i) => [key, changed.includes(i) ? i : `value ${i}`]))
        return record
      })
      assertAsJson(new OtlpProtobuf({}, '1.0.0'), batch)
    })
    fc.assert(property, { numRuns: 10 })
  })

  it('says the same as JSON where numbers come by turns', () => {
    const keys = ['peer.port', 'http.status_code', 'count']
    const number = fc.oneof(fc.constantFrom(80, 443, -1, 0.5), fc.nat(40), fc.double({ noNaN: true }))
    const property = fc.property(fc.array(fc.tuple(number, number, number), { minLength: 150 }), (numbers) => {
      const batch = numbers.map((values) => {
        const record = new SpanRecord(contextOf(), 's', 'client', 'http', false, 1)
        record.tags.push(...keys.flatMap((key, i) => [key, values[i] as number]))
        return record
      })
      assertAsJson(new OtlpProtobuf({}, '1.0.0'), batch)
    })
    fc.assert(property, { numRuns: 20 })
  })

  it('says what is true when that has changed for good', () => {
    const encoder = new OtlpProtobuf({}, '1.0.0')
    const spanOf = (route: string, status: number): SpanRecord => {
      const record = new SpanRecord(contextOf(), 's', 'server', 'http', false, 1)
      record.tags.push('http.method', 'GET', 'http.url', `http://a${route}`, 'http.route', route)
      record.tags.push('http.status_code', status)
      return record
    }
    const times = (count: number, route: string, status: number): (readonly [string, number])[] =>
      Array.from({ length: count }, () => [route, status])
    const said = [
      ...times(100, '/a', 200),
      ...times(32, '/longer', 200),
      ...times(1, '/longer', 204),
      ...times(1, '/c', 204),
      ...times(100, '/c', 200),
      ...times(1, '/a', 200),
      ...times(1, '/c', 304),
    ]
    for (const [route, status] of said) {
      const { scopeSpans } = (decodeOtlpProtobuf(encoder.encode([spanOf(route, status)])) as Message).resourceSpans[0]
      assert.deepEqual(attributes(scopeSpans[0]?.spans[0]?.attributes ?? []), {
        'http.request.method': 'GET',
        'url.scheme': 'http',
        'server.address': 'a',
        'url.path': route,
        'http.route': route,
        'http.response.status_code': String(status),
      })
    }
  })

  it('takes every URL apart, whichever came before it', () => {
    const encoder = new OtlpProtobuf({}, '1.0.0')
    const kept = Array.from({ length: 3 }, () => 'kept')
    const relative = ['/b', '/c?d']
    const absolute = [
      'http://a/b',
      'http://a/c',
      'http://a/b?c',
      'http://a/b/b',
      'http://a',
      'http://a:80/b',
      'http://ab/c',
    ]
    for (const url of [...kept, ...relative, ...absolute, ...[...absolute].reverse(), ...relative]) {
      const record = new SpanRecord(contextOf(), 's', 'server', 'http', false, 1)
      record.tags.push('http.url', url)
      assertAsJson(encoder, [record], url)
    }
  })
})
