/**
 * The contract of a header format.
 */
import { ledger } from '../ledger.js'
import type { Beginnings } from './beginnings.js'
import type { Baggage, BaggageProperties, Sampling, SpanContext } from '../tracer/context.js'

/** Reads one header or text-map entry by its lower-case name. */
export interface Reader {
  get(name: string): string | undefined
  /** All names, lower-case: for formats with a prefix (`uberctx-…`). */
  names(): Iterable<string>
  /** Whether no name is meant by any of these; a reader that cannot tell at little cost need not. */
  lacks?(beginnings: Beginnings): boolean
  /** Values are plain text, not percent-encoded as in headers (OpenTracing's text map). */
  readonly isPlain?: boolean
}

/** Writes one header. Names are lower-case. */
export type Writer = (name: string, value: string) => unknown

/** The ids of a trace as a header told them. */
export interface TraceIds {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** They came as 16 digits or fewer. */
  readonly narrow: boolean
  /** 16 lower-case hex digits; empty where the sender named a trace and no parent. */
  readonly spanId: string
  /** The span above the sender's, where the format tells it and it is valid. */
  readonly parentId?: string | undefined
}

/** What one format found. All of it may be missing. */
export interface Found {
  readonly ids?: TraceIds
  /** Undecided where the format said nothing. */
  readonly sampling?: Sampling
  /** The format cannot leave the decision open: its refusal may mean no more than that nobody has decided yet. */
  readonly isVague?: boolean
  readonly traceState?: string
  /** W3C level 2 random flag. */
  readonly random?: boolean
  readonly baggage?: Baggage
  readonly properties?: BaggageProperties
  readonly debugId?: string
  /** What the format alone understands and will send on, under its name. */
  readonly opaque?: Readonly<Record<string, string>>
  /** For the span that continues the ids. */
  readonly entryTags?: Readonly<Record<string, string>>
  /** Baggage and debug id that count only where no format found ids (Jaeger's manual headers). */
  readonly rootBaggage?: Baggage
}

export interface Propagator {
  /** The name in `OTEL_PROPAGATORS`. */
  readonly name: string
  /** Lower-case names of its headers: where the caller has set one of them, the format is not written at all. */
  readonly fields: readonly string[]
  /** How the lower-case names of all headers begin that it reads. */
  readonly reads: readonly string[]
  /**
   * Writes what `context` has: a context that was extracted may lack ids and still carry a decision or baggage.
   *
   * @param isPlain write values as they are where headers would need them percent-encoded
   */
  inject(context: SpanContext, write: Writer, isPlain?: boolean): void
  /** Reads what is there. Never throws; malformed is as absent. */
  extract(reader: Reader): Found | undefined
}

/**
 * Bounds of baggage; beyond them, whole items fall off at the end. By default what a platform must at least pass on (W3C
 * Baggage 3.3.2).
 */
export const baggageLimits = { items: 64, bytes: 8192 }

/** Counts a header that was there and could not be used. */
export function malformed(): undefined {
  ledger.headers.malformed++
}
