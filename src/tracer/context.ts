/**
 * The part of a span that travels: ids, sampling decision, baggage.
 */
import type { LocalTrace } from './local-trace.js'
import { NO_SPAN, SpanId } from './span-id.js'
import { NO_TRACE_ID, TraceId } from './trace-id.js'

/**
 * What is known of the sampling decision. `erasableSyntaxOnly` rules enums out; these are plain numbers so that a
 * comparison is all it costs.
 */
export const Sampling = {
  /** Nobody has decided: the local sampler will. */
  Undecided: 0,
  /** Do not record, here and downstream. */
  Denied: 1,
  /** Record. */
  Accepted: 2,
  /** Record whatever samplers and limits say (B3 debug, Jaeger debug). */
  Debug: 3,
} as const
export type Sampling = (typeof Sampling)[keyof typeof Sampling]

/** Baggage: string to string, copied to every later child (OpenTracing specification 1.1). */
export type Baggage = ReadonlyMap<string, string>

/** Text that hangs on a baggage member in the W3C header (`;name=value`), which only its sender understands. */
export interface BaggageProperty {
  /** The member's value as it came: the text belongs to no other. */
  readonly value: string
  readonly text: string
}
export type BaggageProperties = ReadonlyMap<string, BaggageProperty>

/** The identity of a trace, shared by all its contexts in one process. */
export interface TraceIdentity {
  readonly id: TraceId
  /** The id came in as 64 bits: formats that can send 16 digits do so again. */
  readonly narrow: boolean
  /** W3C `tracestate`, other vendors' members, passed on untouched. */
  readonly traceState: string | undefined
  /** W3C level 2 flag: the low seven bytes of the trace id are random. */
  readonly random: boolean
  /** What came with the baggage and goes out with it again, by key. */
  readonly properties?: BaggageProperties | undefined
  /** What one header format alone understands and sends on with the trace, by the format's name. */
  readonly opaque?: Readonly<Record<string, string>> | undefined
}

/** An identity that names no trace: what arrived was a decision or baggage alone. */
export const NO_TRACE: TraceIdentity = { id: NO_TRACE_ID, narrow: false, traceState: undefined, random: false }

/**
 * An OpenTracing SpanContext. Immutable: a changed baggage item or decision makes a new one.
 *
 * One that was extracted may be incomplete: `traceId` is empty where only a decision or baggage arrived, `spanId`
 * is empty where the sender named a trace but no parent.
 */
export class SpanContext {
  readonly trace: TraceIdentity
  readonly id: SpanId
  readonly parent: SpanId | undefined
  readonly sampling: Sampling
  readonly baggage: Baggage | undefined
  /** The trace's part in this process; undefined for a context that another process sent. */
  readonly local: LocalTrace | undefined
  /** What the sender wants the span that continues it to be tagged with, such as Jaeger's `jaeger-debug-id`. */
  readonly entryTags: Readonly<Record<string, string>> | undefined

  constructor(
    trace: TraceIdentity,
    id: SpanId,
    parent: SpanId | undefined,
    sampling: Sampling,
    baggage: Baggage | undefined,
    local: LocalTrace | undefined,
    entryTags?: Readonly<Record<string, string>>,
  ) {
    this.trace = trace
    this.id = id
    this.parent = parent
    this.sampling = sampling
    this.baggage = baggage
    this.local = local
    this.entryTags = entryTags
  }

  /** 32 lower-case hex digits, or empty. */
  get traceId(): string {
    return this.trace.id.text
  }

  /** 16 lower-case hex digits, or empty. */
  get spanId(): string {
    return this.id.text
  }

  /** 16 lower-case hex digits; undefined for a root. */
  get parentId(): string | undefined {
    return this.parent?.text
  }

  /** Whether it names a span. */
  get hasIds(): boolean {
    return this.id !== NO_SPAN && this.trace.id !== NO_TRACE_ID
  }

  /** The trace id as 32 hex digits. */
  toTraceId(): string {
    return this.traceId
  }

  /** The span id as 16 hex digits. */
  toSpanId(): string {
    return this.spanId
  }

  /** @param properties what goes out with the items; what came in if left out */
  withBaggage(baggage: Baggage, properties?: BaggageProperties): SpanContext {
    const trace = properties === undefined ? this.trace : { ...this.trace, properties }
    return new SpanContext(trace, this.id, this.parent, this.sampling, baggage, this.local)
  }

  withSampling(sampling: Sampling): SpanContext {
    return new SpanContext(this.trace, this.id, this.parent, sampling, this.baggage, this.local)
  }
}

/** Whether a decision means that spans are recorded. */
export function isSampled(sampling: Sampling): boolean {
  return sampling >= Sampling.Accepted
}
