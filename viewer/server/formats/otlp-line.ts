/**
 * Spans as a line of OTLP JSON.
 */
import type { Log, Link, Tags, Value } from '../../model/trace.js'
import { grouped } from '../../model/insights/view.js'
import type { Arrival, FlatTags, KeptProcess, KeptSpan } from '../store/kept.js'
import { ERROR, KINDS } from './otlp.js'

/** An ExportTraceServiceRequest with a line's end. */
export function otlpLine(arrivals: readonly Arrival[]): string {
  const byProcess = [...grouped(arrivals, ({ span }) => span.process.key).values()]
  return `${JSON.stringify({ resourceSpans: byProcess.map(resourceSpansOf) })}\n`
}

function resourceSpansOf(arrivals: readonly Arrival[]): object {
  const { process } = (arrivals[0] as Arrival).span
  const byScope = [...grouped(arrivals, ({ span }) => span.scope ?? '')]
  return {
    resource: { attributes: resourceOf(process) },
    scopeSpans: byScope.map(([name, arrivals]) => ({
      ...(name !== '' && { scope: { name } }),
      spans: arrivals.map(encode),
    })),
  }
}

function resourceOf({ service, tags }: KeptProcess): object[] {
  return attributesOf({ ...tags, 'service.name': service })
}

function encode({ traceId, span }: Arrival): object {
  const { id, parentId, name, kind, start, duration, failed, error, tags, logs, links } = span
  return {
    traceId: traceId.padStart(32, '0'),
    spanId: id,
    ...(parentId !== undefined && { parentSpanId: parentId }),
    name,
    kind: KINDS.lastIndexOf(kind),
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: endOf(span, duration),
    attributes: flatAttributes(tags),
    ...(logs.length > 0 && { events: logs.map(eventOf) }),
    ...(links.length > 0 && { links: links.map(linkOf) }),
    ...(failed && { status: { code: ERROR, ...(error !== undefined && { message: error }) } }),
  }
}

function eventOf({ time, name, tags }: Log): object {
  return { timeUnixNano: nanoseconds(time), name, attributes: attributesOf(tags) }
}

function linkOf({ traceId, spanId, tags }: Link): object {
  return { traceId: traceId.padStart(32, '0'), spanId, attributes: attributesOf(tags) }
}

function attributesOf(tags: Tags): object[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function flatAttributes(tags: FlatTags): object[] {
  const attributes: object[] = []
  for (let i = 0; i < tags.length; i += 2) attributes.push({ key: tags[i], value: anyValue(tags[i + 1] as Value) })
  return attributes
}

function anyValue(value: Value): object {
  if (value === null) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return { kvlistValue: { values: attributesOf(value as Tags) } }
}

/** Milliseconds as nanoseconds, which a number cannot tell: microseconds are as exact as it gets. */
function nanoseconds(milliseconds: number): string {
  const micros = Math.min(Math.round(milliseconds * 1000), Number.MAX_SAFE_INTEGER)
  return micros <= 0 ? '0' : `${micros}000`
}

/** So that the duration is what it was, to the nanosecond. */
function endOf({ start }: KeptSpan, duration: number): string {
  return String(BigInt(nanoseconds(start)) + BigInt(Math.round(duration * 1e6)))
}
