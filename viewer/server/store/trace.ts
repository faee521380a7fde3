/**
 * One trace in the store: its spans, and what has been found out about them.
 */
import type { TraceSummary } from '../../model/api.js'
import type { Evidence } from '../../model/insights/evidence.js'
import type { Trace } from '../../model/trace.js'
import { spanOf, type KeptSpan } from './kept.js'
import { parentIdOf, wasShared } from './parents.js'
import { summaryOf } from './summary.js'

/** What a trace takes beside its spans: itself, its summary, its place in the store; bytes. */
const TRACE_SIZE = 1200
/** One thing found in it, likewise. */
const FOUND_SIZE = 300

export interface TraceLimits {
  readonly spans: number
  readonly bytes: number
}

export class KeptTrace {
  readonly id: string
  spans: KeptSpan[] = []
  bytes = TRACE_SIZE
  droppedSpans = 0
  /** Epoch ms: when the latest of its spans came. */
  lastArrival = 0
  /** Failed, or among the slowest of its kind: such traces are kept longer. */
  isRemarkable = false
  isSlow = false
  /** See parents.ts. */
  hasShared = false
  /** The duration that counts among those of its operation, and which operation that is. */
  counted: { readonly operation: string; readonly duration: number } | undefined
  /** What insights are made of; undefined while it has not been looked for. */
  private said: Evidence | undefined
  private known: TraceSummary | undefined

  constructor(id: string) {
    this.id = id
  }

  /** @returns whether there was room for it */
  add(span: KeptSpan, limits: TraceLimits): boolean {
    this.known = undefined
    this.remember(undefined)
    if (this.spans.length >= limits.spans || this.bytes + span.size > limits.bytes) {
      this.droppedSpans++
      return false
    }
    this.spans.push(span)
    this.bytes += span.size
    this.hasShared ||= wasShared(span)
    return true
  }

  get evidence(): Evidence | undefined {
    return this.said
  }

  /** Keeps what insights are made of, until something of the trace comes again. */
  remember(evidence: Evidence | undefined): void {
    this.bytes += FOUND_SIZE * ((evidence?.length ?? 0) - (this.said?.length ?? 0))
    this.said = evidence
  }

  /** Has it made anew where something has changed since. */
  get summary(): TraceSummary {
    return (this.known ??= summaryOf(this))
  }

  /** Marks it as one of the slowest of its operation, or takes the mark away. */
  markSlow(isSlow: boolean): void {
    if (this.isSlow === isSlow) return
    this.isSlow = isSlow
    this.known = { ...this.summary, slow: isSlow }
  }

  /** All of it, as the page gets it. */
  whole(): Trace {
    const spans = [...this.spans].sort((a, b) => a.start - b.start)
    const byId = new Map(spans.map((span) => [span.id, span]))
    const processes = [...new Set(spans.map(({ process }) => process))]
    const places = new Map(processes.map((process, index) => [process, index]))
    return {
      id: this.id,
      processes: processes.map(({ service, instance, tags }) => ({ service, instance, tags })),
      spans: spans.map((span) => spanOf(span, places.get(span.process) ?? 0, parentIdOf(span, byId, this.hasShared))),
      droppedSpans: this.droppedSpans,
    }
  }
}
