/**
 * The part of a trace that one process sees below one entry point: a request received, a job run.
 */
import type { Span } from './span.js'

export class LocalTrace {
  /**
   * Epoch milliseconds at monotonic zero: every time in this local trace is counted from here. Taken when its first span
   * records.
   */
  anchor: number | undefined = undefined
  /** The span that has no parent in this process. */
  root: Span | undefined = undefined
  /** Recorded spans begun and not yet finished. */
  open = 0
  /** Recorded spans begun so far. */
  recorded = 0
  /** Client spans whose response has begun, each followed by the time at which it did. See lingerers.ts. */
  lingering: (Span | number)[] | undefined = undefined
  /** Its place among those that have some. */
  place: number | undefined = undefined
  /** Whether spans that are not sampled are exported all the same; undefined until that is known. See sampling/tail.ts. */
  isKept: boolean | undefined = undefined
}
