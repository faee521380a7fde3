/**
 * Random spans, for properties of encoders.
 */
import * as fc from 'fast-check'
import { SpanContext } from '../../src/tracer/context.js'
import { SpanId } from '../../src/tracer/span-id.js'
import { TraceId } from '../../src/tracer/trace-id.js'
import { SpanRecord, type LinkRecord, type LogRecord, type TagValue } from '../../src/tracer/record.js'

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: digits, maxLength: digits })
export const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 40, maxLength: 300 }),
)
const time = fc.double({ min: 0, max: 8.64e15, noNaN: true })
const simple = fc.oneof(anyText, fc.boolean(), fc.integer(), fc.maxSafeInteger(), fc.double())
export const anyValue: fc.Arbitrary<TagValue> = fc.oneof(simple, fc.array(fc.option(simple), { maxLength: 4 }))
const key = fc.oneof(
  anyText,
  fc.constantFrom('http.method', 'http.url', 'http.status_code', 'peer.port', 'peer.ipv4', 'db.type', 'error'),
  fc.constantFrom('http.request.method', 'peer.service', 'sampling.priority', 'url.full', 'error.type'),
)
const kind = fc.constantFrom('server', 'client', 'producer', 'consumer', undefined)
const context = fc
  .record({
    traceId: hex(32),
    spanId: hex(16),
    parentId: fc.option(hex(16), { nil: undefined }),
    traceState: fc.option(fc.string({ unit: 'grapheme-ascii' }), { nil: undefined }),
    random: fc.boolean(),
    sampling: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const),
  })
  .map(({ traceId, spanId, parentId, traceState, random, sampling }) => {
    const trace = { id: TraceId.of(traceId), narrow: false, traceState, random }
    const parent = parentId === undefined ? undefined : SpanId.of(parentId)
    return new SpanContext(trace, SpanId.of(spanId), parent, sampling, undefined, undefined)
  })
const log: fc.Arbitrary<LogRecord> = fc.record({
  time,
  name: fc.option(anyText, { nil: undefined }),
  fields: fc.dictionary(fc.oneof(anyText, fc.constantFrom('event', 'error.kind', 'message', 'stack')), anyValue, {
    maxKeys: 5,
    noNullPrototype: true,
  }),
})
const maybe = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(item, { nil: undefined })
const link: fc.Arbitrary<LinkRecord> = fc
  .tuple(
    context,
    fc.constantFrom('child_of' as const, 'follows_from' as const),
    maybe(fc.dictionary(anyText, anyValue, { maxKeys: 3, noNullPrototype: true })),
  )
  .map(([context, type, attributes]) => ({ context, type, ...(attributes !== undefined && { attributes }) }))
const scope = fc.record({
  name: fc.constantFrom('pretrace', 'express', 'a@b'),
  version: maybe(fc.constantFrom('1', '')),
})
const status = fc.record({ ok: fc.boolean(), message: maybe(anyText) })
const few = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[] | undefined> =>
  maybe(fc.array(item, { minLength: 1, maxLength: 4 }))

/** A span with whatever an application may have put into it. */
export const anySpan: fc.Arbitrary<SpanRecord> = fc
  .record({
    context,
    kind,
    name: anyText,
    component: fc.constantFrom('http', 'pg', '', undefined, 'ünïcode'),
    isRemote: fc.boolean(),
    times: fc.tuple(time, time),
    tags: fc.array(fc.tuple(key, anyValue), { maxLength: 12 }),
    logs: few(log),
    links: few(link),
    scope: maybe(scope),
    status: maybe(status),
    dropped: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
  })
  .map(({ context, kind, name, component, isRemote, times, tags, dropped, ...more }) => {
    const made = new SpanRecord(context, name, kind, component, isRemote, times[0])
    made.end = times[1]
    made.tags.push(...tags.flat())
    ;[made.droppedTags, made.droppedLogs, made.droppedLinks] = dropped
    return Object.assign(made, more)
  })

/** Mostly the same one. */
const fewValues = fc.oneof(
  { weight: 5, arbitrary: fc.constant<TagValue>('http://a/b') },
  fc.constantFrom<TagValue>('b', 1, 0, true, 'x'.repeat(600), '/b', 'é', ''),
  fc.constantFrom<TagValue>('http://a/', 'http://a', 'http://a/b/b', 'http://a:80/b', 'https://a/b', 'http://ab/c'),
  fc.constantFrom<TagValue>('http://a/b?c', 'http://a/b?/b', 'http://a:80/b?c', '?/', 'http://a?/b'),
)
const fewKeys = [
  ['http.method', 'http.url', 'peer.ipv4', 'peer.port', 'http.status_code'],
  ['http.method', 'http.url', 'peer.hostname', 'peer.port'],
  ['http.url', 'server.port'],
  ['db.type', 'db.statement', 'peer.hostname'],
  ['peer.service', 'service.peer.name'],
  ['peer.ipv4', 'network.peer.address', 'peer.ipv6'],
  ['k', 'k'],
  ['k', 'error'],
  [],
]

/** Shortly one after the other, and now and then hours later or before. */
const fewTimes = fc
  .tuple(fc.integer({ min: 0, max: 9_000_000 }), fc.constantFrom(1544712660000, 1544712660000, 1544719999999))
  .map(([micros, millis]) => millis + micros / 1000)

/** What a span has in common with others of its kind. */
const shape = fc.record({
  kind: fc.constantFrom('server' as const, 'client' as const),
  component: fc.constantFrom('http', 'pg'),
  name: fc.constantFrom('GET', 'GET /users/:id', 'é'),
  keys: fc.constantFrom(...fewKeys),
})

/** Spans of few kinds that say few things, as those of instrumentations do: again and again the same. */
export const likeSpans: fc.Arbitrary<SpanRecord[]> = fc.array(shape, { minLength: 1, maxLength: 3 }).chain((shapes) =>
  fc.array(
    fc
      .record({
        shape: fc.constantFrom(...shapes),
        context,
        hasState: fc.boolean(),
        times: fc.tuple(fewTimes, fewTimes),
        values: fc.array(fewValues, { minLength: 5, maxLength: 5 }),
        status: fc.option(status, { nil: undefined, freq: 9 }),
      })
      .map(({ shape: { kind, component, name, keys }, context, hasState, times, values, status }) => {
        const { trace, id, parent, sampling } = context
        const plain = new SpanContext({ ...trace, traceState: undefined }, id, parent, sampling, undefined, undefined)
        const made = new SpanRecord(hasState ? context : plain, name, kind, component, false, times[0])
        made.end = times[1]
        made.tags.push(...keys.flatMap((key, i) => [key, values[i] as TagValue]))
        made.status = status
        return made
      }),
    { maxLength: 60, size: 'max' },
  ),
)
