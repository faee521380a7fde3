/**
 * OTLP over HTTP with JSON (OTLP 1.9, "JSON Protobuf Encoding"): ids as hex, enums as numbers, 64-bit integers as text.
 */
import type { LinkRecord, LogRecord, SpanRecord, TagValue } from '../tracer/record.js'
import {
  areOfOneScope,
  firstOfEachScope,
  flagsOf,
  kindOf,
  linkAttributesOf,
  linkFlagsOf,
  microseconds,
  scopeOf,
  statusOf,
} from './otlp-model.js'
import type { Resource } from './resource.js'
import { attributesOf, eventAttributesOf, eventNameOf } from './semantics.js'
import { SPANS_A_STEP, finished, type Steps } from './steps.js'

type AnyValue =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number | string }
  | { arrayValue: { values: (AnyValue | object)[] } }

interface KeyValue {
  readonly key: string
  readonly value: AnyValue
}

/** A batch as the text of an ExportTraceServiceRequest. */
export function encodeOtlpJson(batch: readonly SpanRecord[], resource: Resource, version: string): string {
  return finished(otlpJson(batch, resource, version))
}

/** As {@link encodeOtlpJson}, in steps. */
export function* otlpJson(batch: readonly SpanRecord[], resource: Resource, version: string): Steps<string> {
  const scopeSpans: string[] = []
  for (const first of firstOfEachScope(batch)) {
    const spans: string[] = []
    for (const record of batch) {
      if (!areOfOneScope(first, record)) continue
      spans.push(JSON.stringify(encodeSpan(record)))
      if (spans.length % SPANS_A_STEP === 0) yield
    }
    scopeSpans.push(`{"scope":${JSON.stringify(scopeOf(first, version))},"spans":[${spans.join(',')}]}`)
  }
  const attributes = JSON.stringify(keyValues(resource))
  return `{"resourceSpans":[{"resource":{"attributes":${attributes}},"scopeSpans":[${scopeSpans.join(',')}]}]}`
}

function encodeSpan(record: SpanRecord): object {
  const { context, logs, links } = record
  const status = statusOf(record)
  const attributes: KeyValue[] = []
  attributesOf(record, (key, value) => attributes.push(keyValue(key, value)))
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(context.parentId !== undefined && { parentSpanId: context.parentId }),
    ...(context.trace.traceState !== undefined && { traceState: context.trace.traceState }),
    flags: flagsOf(record),
    name: record.name,
    kind: kindOf(record),
    startTimeUnixNano: nanoseconds(record.start),
    endTimeUnixNano: nanoseconds(record.end),
    attributes,
    ...(record.droppedTags > 0 && { droppedAttributesCount: record.droppedTags }),
    ...(logs !== undefined && { events: logs.map(encodeEvent) }),
    ...(record.droppedLogs > 0 && { droppedEventsCount: record.droppedLogs }),
    ...(links !== undefined && { links: links.map(encodeLink) }),
    ...(record.droppedLinks > 0 && { droppedLinksCount: record.droppedLinks }),
    ...(status !== undefined && { status }),
  }
}

function encodeEvent(log: LogRecord): object {
  const attributes: KeyValue[] = []
  eventAttributesOf(log, (key, value) => attributes.push(keyValue(key, value)))
  return { timeUnixNano: nanoseconds(log.time), name: eventNameOf(log), attributes }
}

function encodeLink(link: LinkRecord): object {
  const { context } = link
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(context.trace.traceState !== undefined && { traceState: context.trace.traceState }),
    flags: linkFlagsOf(link),
    attributes: keyValues(linkAttributesOf(link)),
  }
}

function keyValues(attributes: Readonly<Record<string, TagValue>>): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => keyValue(key, value))
}

function keyValue(key: string, value: TagValue): KeyValue {
  return { key, value: anyValue(value) }
}

function anyValue(value: TagValue): AnyValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value !== 'number')
    return { arrayValue: { values: value.map((one) => (one === null ? {} : anyValue(one))) } }
  if (Number.isSafeInteger(value)) return { intValue: String(value) }
  return { doubleValue: Number.isFinite(value) ? value : String(value) }
}

/** Epoch milliseconds as a decimal count of nanoseconds. */
function nanoseconds(milliseconds: number): string {
  const micros = microseconds(milliseconds)
  return micros === 0 ? '0' : `${micros}000`
}
