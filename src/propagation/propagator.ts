/**
 * The contract of a header format.
 */
import type { Baggage, Sampling, SpanContext } from '../tracer/context.js'

/** Reads one header or text-map entry by its lower-case name. */
export interface Reader {
  get(name: string): string | undefined
  /** All names, lower-case: for formats with a prefix (`uberctx-…`). */
  names(): Iterable<string>
}

/** Writes one header. Names are lower-case. */
export type Writer = (name: string, value: string) => unknown

/** The ids of a trace as a header told them. */
export interface TraceIds {
  /** 32 lower-case hex digits. */
  readonly traceId: string
  /** They came as 16 digits or fewer. */
  readonly narrow: boolean
  /** 16 lower-case hex digits; empty where the sender named no parent. */
  readonly spanId: string
}

/** What one format found. All of it may be missing. */
export interface Found {
  readonly ids?: TraceIds
  /** Undecided where the format said nothing. */
  readonly sampling?: Sampling
  readonly traceState?: string
  /** W3C level 2 random flag. */
  readonly random?: boolean
  readonly baggage?: Baggage
  readonly debugId?: string
  /** Baggage and debug id that count only where no format found ids (Jaeger's manual headers). */
  readonly rootBaggage?: Baggage
}

export interface Propagator {
  /** The name in `OTEL_PROPAGATORS`. */
  readonly name: string
  /** Lower-case names of its headers: where the caller has set one of them, the format is not written at all. */
  readonly fields: readonly string[]
  /** Writes `context`, which has a valid trace id and span id. */
  inject(context: SpanContext, write: Writer): void
  /** Reads what is there. Never throws; malformed is as absent. */
  extract(reader: Reader): Found | undefined
}
