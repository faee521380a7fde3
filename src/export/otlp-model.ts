/**
 * What both encodings of OTLP say of a span, whatever the bytes: numbers of enums, flags, times, scopes.
 */
import { isSampled, type SpanContext } from '../tracer/context.js'
import type { InstrumentationScope, LinkRecord, SpanKind, SpanRecord, TagValue } from '../tracer/record.js'
import { hasFailed } from './semantics.js'

/** `SpanKind` of OTLP. */
const KINDS: Readonly<Record<SpanKind, number>> = { server: 2, client: 3, producer: 4, consumer: 5 }
const INTERNAL = 1
/** `StatusCode` of OTLP. */
const OK = 1
const ERROR = 2

const SAMPLED_FLAG = 0x01
const RANDOM_FLAG = 0x02
const REMOTE_KNOWN_FLAG = 0x100
const REMOTE_FLAG = 0x200

export function kindOf({ kind }: SpanRecord): number {
  return kind === undefined ? INTERNAL : KINDS[kind]
}

/** OTLP's Status. */
export interface OtlpStatus {
  readonly code: number
  readonly message: string | undefined
}

/** What is said of a span's success; undefined where nothing is. */
export function statusOf(record: SpanRecord): OtlpStatus | undefined {
  const { status } = record
  if (status?.ok === true) return { code: OK, message: undefined }
  return hasFailed(record) ? { code: ERROR, message: status?.message } : undefined
}

/** The attributes of a link: OpenTelemetry's own, or how OpenTracing meant it. */
export function linkAttributesOf({ type, attributes }: LinkRecord): Readonly<Record<string, TagValue>> {
  return attributes ?? REFERENCE_TYPES[type]
}

const REFERENCE_TYPES = {
  child_of: { 'opentracing.ref_type': 'child_of' },
  follows_from: { 'opentracing.ref_type': 'follows_from' },
} as const

/** The flags of a span. */
export function flagsOf({ context, parentIsRemote }: SpanRecord): number {
  return flags(context, parentIsRemote)
}

/** The flags of a link. */
export function linkFlagsOf({ context }: LinkRecord): number {
  return flags(context, context.local === undefined)
}

/** The flags that W3C headers carry, and whether the span above (or the one linked to) is another process's. */
function flags({ sampling, trace }: SpanContext, isRemote: boolean): number {
  const w3c = (isSampled(sampling) ? SAMPLED_FLAG : 0) | (trace.random ? RANDOM_FLAG : 0)
  return w3c | REMOTE_KNOWN_FLAG | (isRemote ? REMOTE_FLAG : 0)
}

/**
 * Epoch milliseconds as whole microseconds, which is how exact they are. An application may have given a time so far off
 * that its nanoseconds would not fit into OTLP's 64 bits; for that a backend would refuse the whole batch.
 */
export function microseconds(milliseconds: number): number {
  return Math.min(Math.round(milliseconds * 1000), Number.MAX_SAFE_INTEGER)
}

/**
 * The first span of each scope in a batch. No lists are made of the others: there are a handful of scopes, and to look at
 * each span once for each of them takes less.
 */
export function firstOfEachScope(batch: readonly SpanRecord[]): SpanRecord[] {
  const firsts: SpanRecord[] = []
  for (let i = 0; i < batch.length; i++) {
    const record = batch[i] as SpanRecord
    if (!hasFirst(firsts, record)) firsts.push(record)
  }
  return firsts
}

function hasFirst(firsts: readonly SpanRecord[], record: SpanRecord): boolean {
  for (let i = 0; i < firsts.length; i++) if (areOfOneScope(firsts[i] as SpanRecord, record)) return true
  return false
}

/** Whether two spans were made by the same: a tracer that the application got from OpenTelemetry's API, or a part of pretrace. */
export function areOfOneScope(one: SpanRecord, other: SpanRecord): boolean {
  const { scope: a } = one
  const { scope: b } = other
  if (a === undefined || b === undefined) return a === b && one.component === other.component
  return a === b || (a.name === b.name && a.version === b.version)
}

/** The scope that a span is told in. */
export function scopeOf({ scope, component }: SpanRecord, version: string): InstrumentationScope {
  return scope ?? { name: component === undefined ? 'pretrace' : `pretrace/${component}`, version }
}
