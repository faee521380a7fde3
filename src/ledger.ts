/**
 * Everything that counts, counts here. Warnings, the doctor and the viewer read the same numbers.
 */

/** Why a finished span never reached a backend. */
export type DropReason = 'queue-full' | 'rejected' | 'unreachable' | 'exit' | 'encoding' | 'too-large'

/** What became of finished spans. With several exporters each counts for itself. */
export interface ExporterEntry {
  exported: number
  readonly dropped: Record<DropReason, number>
  /** Handed to the operating system by a process that ended before the answer, where nobody could wait for that. */
  unanswered: number
  /** What its backend said, or why there was no answer, when spans were last lost. */
  lastFailure?: string
}

/** One library as the loader met it. */
export interface LibraryEntry {
  readonly instrumentation: string
  readonly module: string
  readonly version: string | undefined
  readonly file: string | undefined
  readonly outcome: 'patched' | 'refused'
  readonly why?: string
}

class Ledger {
  started = 0
  finished = 0
  exported = 0
  describeErrors = 0
  readonly dropped = noneDropped()
  /** Spans recorded in case their trace turned out slow or failed: it did not, or too many waited. See sampling/tail.ts. */
  readonly tail = { unremarkable: 0, full: 0 }
  /** The same, exporter by exporter. */
  readonly exporters: Record<string, ExporterEntry> = {}
  /** Spans not recorded because their trace had as many as it may have. */
  beyondTraceLimit = 0
  /** Incoming trace headers that could not be used, or that named another trace than the one continued. */
  readonly headers = { malformed: 0, conflicting: 0 }
  readonly libraries: LibraryEntry[] = []
  /** Packages of other tracers in this process. */
  readonly otherTracers: string[] = []

  /** An exporter got rid of spans as it should. */
  deliver(exporter: string, spans: number): void {
    this.exported += spans
    this.entryOf(exporter).exported += spans
  }

  /**
   * An exporter lost spans.
   *
   * @param why in the backend's words, where it has some
   */
  drop(exporter: string, reason: DropReason, spans: number, why?: string): void {
    const entry = this.entryOf(exporter)
    this.dropped[reason] += spans
    entry.dropped[reason] += spans
    if (why !== undefined) entry.lastFailure = why
  }

  /** An exporter will never know what became of spans. */
  leave(exporter: string, spans: number): void {
    this.entryOf(exporter).unanswered += spans
  }

  private entryOf(exporter: string): ExporterEntry {
    return (this.exporters[exporter] ??= { exported: 0, dropped: noneDropped(), unanswered: 0 })
  }
}

export function noneDropped(): Record<DropReason, number> {
  return { 'queue-full': 0, rejected: 0, unreachable: 0, exit: 0, encoding: 0, 'too-large': 0 }
}

export const ledger = new Ledger()
