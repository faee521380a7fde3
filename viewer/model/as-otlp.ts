/**
 * A trace as OTLP JSON, which every OpenTelemetry backend takes at `/v1/traces`.
 */
import type { Log, Process, Span, Tags, Trace, Value } from './trace.js'

/** OTLP's numbers. */
const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const
const STATUS_ERROR = 2

export function traceAsOtlp(trace: Trace): unknown {
  return {
    resourceSpans: trace.processes.map((process, index) => ({
      resource: { attributes: attributesOf(resourceOf(process)) },
      scopeSpans: scopesOf(trace, index),
    })),
  }
}

function resourceOf({ service, instance, tags }: Process): Tags {
  return { ...(instance !== '' && { 'service.instance.id': instance }), ...tags, 'service.name': service }
}

function scopesOf(trace: Trace, process: number): unknown[] {
  const scopes = new Map<string, Span[]>()
  for (const span of trace.spans) {
    if (span.process !== process) continue
    const name = span.scope ?? ''
    scopes.set(name, [...(scopes.get(name) ?? []), span])
  }
  return [...scopes].map(([name, spans]) => ({ scope: { name }, spans: spans.map((span) => spanOf(trace.id, span)) }))
}

function spanOf(traceId: string, span: Span): unknown {
  return {
    traceId: traceId.padStart(32, '0'),
    spanId: span.id,
    ...(span.parentId !== undefined && { parentSpanId: span.parentId }),
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: nanoseconds(span.start),
    endTimeUnixNano: nanoseconds(span.start + span.duration),
    attributes: attributesOf(span.tags),
    events: span.logs.map(eventOf),
    links: span.links.map(({ traceId, spanId, tags }) => ({ traceId, spanId, attributes: attributesOf(tags) })),
    status: span.failed ? { code: STATUS_ERROR, ...(span.error !== undefined && { message: span.error }) } : {},
  }
}

function eventOf({ time, name, tags }: Log): unknown {
  return { timeUnixNano: nanoseconds(time), name, attributes: attributesOf(tags) }
}

/** As text: a double holds no nanoseconds of our time. */
function nanoseconds(ms: number): string {
  return String(BigInt(Math.round(ms * 1000)) * 1000n)
}

function attributesOf(tags: Tags): unknown[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value: valueOf(value) }))
}

function valueOf(value: Value): unknown {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: `${value}` } : { doubleValue: value }
  if (value === null) return {}
  if (isList(value)) return { arrayValue: { values: value.map(valueOf) } }
  return { kvlistValue: { values: attributesOf(value) } }
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value)
}
