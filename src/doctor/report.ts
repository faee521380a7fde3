/**
 * What a process tells the doctor: the shape of the files in the folder of `PRETRACE_DOCTOR`.
 */
import type { Explained } from '../config/explain.js'
import type { DropReason } from '../ledger.js'

/** Who had the preload loaded. */
export type PreloadedBy = 'command line' | 'NODE_OPTIONS' | 'application' | 'doctor'

/** Known of every process that the doctor's own preload was loaded into, whatever became of ours. */
export interface Basics {
  readonly pid: number
  readonly ppid: number
  /** The version of Node. */
  readonly node: string
  /** Epoch ms. */
  readonly startedAt: number
  /** The program, without its arguments. */
  readonly script?: string | undefined
  readonly cwd: string
  readonly nodeOptions?: string | undefined
  /** The files that the command line has Node load first. */
  readonly preloads: readonly string[]
  /** The variable that switches tracing off, where one does. */
  readonly off?: string | undefined
}

export interface LibraryReport {
  readonly module: string
  readonly version?: string | undefined
  readonly folder?: string | undefined
  /** Undefined where we have none for it. */
  readonly instrumentation?: string | undefined
  /**
   * `early`: loaded before the preload. `unseen`: loaded by a way that the hook does not see. `aside`: of no concern, since
   * another package of the same library has the seams. `foreign`: there is no instrumentation for it.
   */
  readonly outcome: 'patched' | 'refused' | 'early' | 'disabled' | 'unseen' | 'bundled' | 'aside' | 'foreign'
  /** The files of it that are patched; `.` for its main module. */
  readonly seams: readonly string[]
  readonly why?: string | undefined
}

/** What one instrumentation, or one tracer of the application, made. */
export interface SpanCount {
  readonly spans: number
  /** Roots. */
  readonly withoutParent: number
}

export interface Headers {
  /** Incoming requests, as far as instrumentations asked for their headers. */
  readonly requests: number
  /** Of these so many went on with a caller's trace. */
  readonly continued: number
  /** So many of these callers had decided against the trace. */
  readonly denied: number
  /** Requests by the trace headers that they had, such as `traceparent`. */
  readonly seen: Readonly<Record<string, number>>
  /** Requests whose trace headers were of no use, by header: none of a configured format, or none that is well-formed. */
  readonly unread: Readonly<Record<string, number>>
  readonly malformed: Readonly<Record<string, number>>
}

export interface ExporterReport {
  readonly name: string
  readonly exported: number
  /** Handed over and neither exported nor dropped so far. */
  readonly waiting: number
  readonly dropped: Readonly<Record<DropReason, number>>
  readonly lastFailure?: string | undefined
}

/** Known where our preload was loaded. */
export interface Traced {
  readonly preload: { readonly file: string; readonly by: PreloadedBy }
  readonly version: string
  readonly service: string
  readonly isEsModule: boolean
  readonly libraries: readonly LibraryReport[]
  readonly tracers: readonly string[]
  readonly variables: readonly Explained[]
  readonly propagators: readonly string[]
  /** The headers that a request would carry. */
  readonly sample: readonly (readonly [name: string, value: string])[]
  readonly headers: Headers
  readonly spans: Readonly<Record<string, SpanCount>>
  /** Spans whose recording began, and those that have ended. */
  readonly started: number
  readonly finished: number
  readonly exporters: readonly ExporterReport[]
  /** Lines that were said on stderr, or would have been. */
  readonly warnings: readonly string[]
}

export interface Report extends Basics {
  /** Epoch ms. */
  readonly writtenAt: number
  /** Ports that it listens on. */
  readonly ports: readonly number[]
  /** Set when it ends by itself. */
  readonly exitCode?: number | undefined
  readonly traced?: Traced | undefined
}
