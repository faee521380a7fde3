/**
 * Everything that counts, counts here. Warnings, the doctor and the viewer read the same numbers.
 */

/** Why a finished span never reached a backend. */
export type DropReason = 'queue-full' | 'rejected' | 'unreachable' | 'exit' | 'encoding'

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
  readonly dropped: Record<DropReason, number> = {
    'queue-full': 0,
    rejected: 0,
    unreachable: 0,
    exit: 0,
    encoding: 0,
  }
  /** Incoming trace headers that could not be used, or that named another trace than the one continued. */
  readonly headers = { malformed: 0, conflicting: 0 }
  readonly libraries: LibraryEntry[] = []
}

export const ledger = new Ledger()
