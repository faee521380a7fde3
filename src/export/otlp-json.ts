/**
 * OTLP over HTTP with JSON (OTLP 1.9, "JSON Protobuf Encoding"): ids as hex, enums as numbers, 64-bit integers as text.
 */
import { isSampled, type SpanContext } from '../tracer/context.js'
import type { InstrumentationScope, LinkRecord, LogRecord, SpanKind, SpanRecord, TagValue } from '../tracer/record.js'
import type { Resource } from './resource.js'
import { attributesOf, eventOf, hasFailed } from './semantics.js'

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

const KINDS: Readonly<Record<SpanKind, number>> = { server: 2, client: 3, producer: 4, consumer: 5 }
const INTERNAL = 1
const STATUS_OK = 1
const STATUS_ERROR = 2

const SAMPLED_FLAG = 0x01
const RANDOM_FLAG = 0x02
const REMOTE_KNOWN_FLAG = 0x100
const REMOTE_FLAG = 0x200

/** A batch as the text of an ExportTraceServiceRequest. */
export function encodeOtlpJson(batch: readonly SpanRecord[], resource: Resource, version: string): string {
  const groups = new Map<string, { scope: InstrumentationScope; spans: object[] }>()
  for (const record of batch) {
    const scope = scopeOf(record, version)
    const key = `${scope.name}@${scope.version ?? ''}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { scope, spans: [encodeSpan(record)] })
    else group.spans.push(encodeSpan(record))
  }
  const scopeSpans = [...groups.values()]
  const attributes = Object.entries(resource).map(([key, value]) => keyValue(key, value))
  return JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans }] })
}

/** Who made a span: a tracer that the application got from OpenTelemetry's API, or a part of pretrace. */
function scopeOf({ scope, component }: SpanRecord, version: string): InstrumentationScope {
  return scope ?? { name: component === undefined ? 'pretrace' : `pretrace/${component}`, version }
}

function encodeSpan(record: SpanRecord): object {
  const { context, logs, links } = record
  const attributes: KeyValue[] = []
  attributesOf(record, (key, value) => attributes.push(keyValue(key, value)))
  return {
    traceId: context.trace.traceId,
    spanId: context.spanId,
    ...(context.parentId !== undefined && { parentSpanId: context.parentId }),
    ...(context.trace.traceState !== undefined && { traceState: context.trace.traceState }),
    flags: flagsOf(context, record.parentIsRemote),
    name: record.name,
    kind: record.kind === undefined ? INTERNAL : KINDS[record.kind],
    startTimeUnixNano: nanoseconds(record.start),
    endTimeUnixNano: nanoseconds(record.end),
    attributes,
    ...(record.droppedTags > 0 && { droppedAttributesCount: record.droppedTags }),
    ...(logs !== undefined && { events: logs.map(encodeEvent) }),
    ...(record.droppedLogs > 0 && { droppedEventsCount: record.droppedLogs }),
    ...(links !== undefined && { links: links.map(encodeLink) }),
    ...(record.droppedLinks > 0 && { droppedLinksCount: record.droppedLinks }),
    ...statusOf(record),
  }
}

function statusOf(record: SpanRecord): object | undefined {
  const { status } = record
  if (status?.ok === true) return { status: { code: STATUS_OK } }
  if (!hasFailed(record)) return undefined
  return { status: { code: STATUS_ERROR, ...(status?.message !== undefined && { message: status.message }) } }
}

/** The flags that W3C headers carry, and whether the span above (or the one linked to) is another process's. */
function flagsOf({ sampling, trace }: SpanContext, isRemote: boolean): number {
  const flags = (isSampled(sampling) ? SAMPLED_FLAG : 0) | (trace.random ? RANDOM_FLAG : 0)
  return flags | REMOTE_KNOWN_FLAG | (isRemote ? REMOTE_FLAG : 0)
}

function encodeEvent(log: LogRecord): object {
  const attributes: KeyValue[] = []
  const name = eventOf(log, (key, value) => attributes.push(keyValue(key, value)))
  return { timeUnixNano: nanoseconds(log.time), name, attributes }
}

function encodeLink({ context, type, attributes }: LinkRecord): object {
  return {
    traceId: context.trace.traceId,
    spanId: context.spanId,
    ...(context.trace.traceState !== undefined && { traceState: context.trace.traceState }),
    flags: flagsOf(context, context.local === undefined),
    attributes: Object.entries(attributes ?? { 'opentracing.ref_type': type }).map(([key, value]) =>
      keyValue(key, value),
    ),
  }
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

/** Epoch milliseconds as a decimal count of nanoseconds, exact to the microsecond. */
function nanoseconds(milliseconds: number): string {
  return `${Math.round(milliseconds * 1000)}000`
}
