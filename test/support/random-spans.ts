/**
 * Spans as nobody would make them, for properties that must hold of all.
 */
import * as fc from 'fast-check'
import { SpanRecord, type LinkRecord, type LogRecord, type TagValue } from '../../src/tracer/record.js'
import { contextOf } from './headers.js'

const digits = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 0, max: 15 }), { minLength: length, maxLength: length })
    .map((list) => list.map((digit) => digit.toString(16)).join(''))
    .filter((id) => /[^0]/.test(id))

const traceId = digits(32)
const spanId = digits(16)

/** Among them what UTF-8 does not know. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('\ud800', 'a\udc00b', '\u2028', '"\\\n\0', ''),
)
const simple = fc.oneof(text, fc.boolean(), fc.double(), fc.maxSafeInteger(), fc.integer())
const value: fc.Arbitrary<TagValue> = fc.oneof(simple, fc.array(fc.option(simple), { maxLength: 3 }))
const key = fc.oneof(
  text,
  fc.constantFrom('error', 'http.url', 'peer.ipv4', 'peer.ipv6', 'peer.port', 'peer.service', 'peer.hostname', '1'),
)
/** Epoch milliseconds; the last of them are the last that JavaScript knows. */
const time = fc.oneof(fc.double({ min: 0, max: 8.64e15, noNaN: true }), fc.integer({ min: 0, max: 4_000_000_000_000 }))

const log: fc.Arbitrary<LogRecord> = fc.record({
  time,
  fields: fc.dictionary(
    text.filter((name) => name !== '__proto__'),
    value,
    { maxKeys: 4 },
  ),
})
const link: fc.Arbitrary<LinkRecord> = fc.record({
  context: fc.tuple(traceId, spanId).map(([trace, span]) => contextOf({ trace: { traceId: trace }, span })),
  type: fc.constantFrom('child_of', 'follows_from'),
})

export const randomSpan: fc.Arbitrary<SpanRecord> = fc
  .record({
    traceId,
    narrow: fc.boolean(),
    span: spanId,
    parent: fc.option(spanId, { nil: undefined }),
    sampling: fc.constantFrom('accepted' as const, 'debug' as const),
    name: text,
    kind: fc.constantFrom(undefined, 'server' as const, 'client' as const, 'producer' as const, 'consumer' as const),
    component: fc.constantFrom(undefined, 'http'),
    remote: fc.boolean(),
    times: fc.tuple(time, time),
    tags: fc.array(fc.tuple(key, value), { maxLength: 20 }),
    logs: fc.option(fc.array(log, { minLength: 1, maxLength: 3 }), { nil: undefined }),
    links: fc.option(fc.array(link, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  })
  .map((parts) => {
    const id = parts.narrow ? parts.traceId.slice(16).padStart(32, '0') : parts.traceId
    const trace = { traceId: /[^0]/.test(id) ? id : `${'0'.repeat(31)}1`, narrow: parts.narrow }
    const context = contextOf({ trace, span: parts.span, parent: parts.parent, sampling: parts.sampling })
    const [start, end] = [Math.min(...parts.times), Math.max(...parts.times)]
    const record = new SpanRecord(context, parts.name, parts.kind, parts.component, parts.remote, start)
    record.end = end
    record.tags.push(...parts.tags.flat())
    record.logs = parts.logs
    record.links = parts.links
    return record
  })

export const randomBatch = fc.array(randomSpan, { minLength: 1, maxLength: 20 })

/** Text as it comes back from UTF-8, in which half of a pair is no character. */
export function wellFormed(given: string): string {
  return Buffer.from(given).toString('utf8')
}
