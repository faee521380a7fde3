/**
 * Apache SkyWalking's cross-process headers, version 3: `sw8` and, for baggage, `sw8-correlation`.
 * https://skywalking.apache.org/docs/main/latest/en/api/x-process-propagation-headers-v3/
 *
 * SkyWalking's ids are free text. A trace id becomes 128 bits by its hash, the same in every process, and goes out again
 * as the text that it was. Ids of our own, which are plain hex digits, stand for themselves.
 */
import { createHash } from 'node:crypto'
import { Sampling, isSampled, type Baggage, type SpanContext } from '../tracer/context.js'
import { truncate } from '../tracer/limits.js'
import { firstValue } from './hex.js'
import { baggageLimits, malformed, type Found, type Propagator, type Reader, type Writer } from './propagator.js'

const NAME = 'sw8'
const TRACE = 'sw8'
const CORRELATION = 'sw8-correlation'

/** The specification's bounds, in characters. */
const LONGEST = 2048
const LONGEST_NAME = 50
const LONGEST_ENDPOINT = 150
const LONGEST_ID = 256
/** What SkyWalking's agents take of a correlation context unless told otherwise. */
const MOST_CORRELATED = 3
const LONGEST_CORRELATED = 128

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/
const INDEX = /^\d{1,10}$/
const OWN_TRACE = /^(?!0+$)[0-9a-f]{32}$/
const OWN_SPAN = /^(?!0+$)[0-9a-f]{16}$/
/** The fields that the specification wants filled and that are not known here. */
const UNKNOWN = 'unknown'

/** The names under which the next service is to know this one. */
export interface Sender {
  readonly service: string
  readonly instance: string
}

/** @param sender asked when the first header is written */
export function sw8(sender: () => Sender): Propagator {
  let names: string | undefined
  return {
    name: NAME,
    fields: [TRACE],
    reads: [TRACE, CORRELATION],
    inject(context, write) {
      if (context.hasIds) write(TRACE, textOf(context, (names ??= encodedNames(sender()))))
      if (context.baggage !== undefined) correlate(context.baggage, write)
    },
    extract(reader) {
      const header = firstValue(reader.get(TRACE))
      const found = header === undefined ? undefined : (parse(header) ?? malformed())
      const baggage = correlation(reader)
      return baggage === undefined ? found : { ...found, baggage }
    },
  }
}

/** Our spans have no segments: each is one of its own, with the index 0. */
function textOf({ trace, traceId, spanId, sampling, local }: SpanContext, names: string): string {
  const ids = `${encode(trace.opaque?.[NAME] ?? traceId)}-${encode(spanId)}-0`
  const endpoint = encode(truncate(local?.root?.name || UNKNOWN, LONGEST_ENDPOINT))
  return `${isSampled(sampling) ? 1 : 0}-${ids}-${names}-${endpoint}-${encode(UNKNOWN)}`
}

function encodedNames({ service, instance }: Sender): string {
  return [service, instance].map((name) => encode(truncate(name || UNKNOWN, LONGEST_NAME))).join('-')
}

function correlate(baggage: Baggage, write: Writer): void {
  const items = [...baggage].filter(([key, value]) => key !== '' && Buffer.byteLength(value) <= LONGEST_CORRELATED)
  const text = items.slice(0, MOST_CORRELATED).map((item) => item.map(encode).join(':'))
  if (text.length > 0) write(CORRELATION, text.join(','))
}

function parse(header: string): Found | undefined {
  const fields = header.split('-')
  const [sample, trace, segment, index] = fields
  if (header.length > LONGEST || fields.length !== 8 || (sample !== '0' && sample !== '1')) return undefined
  const [traceText, segmentText] = [decode(trace), decode(segment)]
  if (traceText === undefined || segmentText === undefined || !INDEX.test(index ?? '')) return undefined
  const ids = { traceId: traceId(traceText), spanId: spanId(segmentText, index as string), narrow: false }
  const sampling = sample === '1' ? Sampling.Accepted : Sampling.Denied
  const found = { ids, sampling, isVague: sample === '0' }
  if (ids.traceId === traceText) return found
  return { ...found, opaque: { [NAME]: traceText }, entryTags: { 'sw8.trace_id': traceText } }
}

function traceId(text: string): string {
  return OWN_TRACE.test(text) ? text : hash(text).slice(0, 32)
}

function spanId(segment: string, index: string): string {
  return OWN_SPAN.test(segment) && index === '0' ? segment : hash(`${segment}/${index}`).slice(0, 16)
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function correlation(reader: Reader): Baggage | undefined {
  const header = reader.get(CORRELATION)
  if (header === undefined || header.length > LONGEST * 4) return undefined
  const items = new Map<string, string>()
  for (const member of header.split(',')) {
    const [key, value, ...more] = member.trim().split(':')
    const name = decode(key)
    const text = value === '' ? '' : decode(value)
    if (name === undefined || text === undefined || more.length > 0) continue
    if (items.size >= baggageLimits.items) break
    items.set(name, text)
  }
  return items.size === 0 ? undefined : items
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64')
}

function decode(text: string | undefined): string | undefined {
  if (text === undefined || !BASE64.test(text)) return undefined
  const decoded = Buffer.from(text, 'base64').toString('utf8')
  return decoded === '' || decoded.length > LONGEST_ID ? undefined : decoded
}
