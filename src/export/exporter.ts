/**
 * What stands between a finished span and a backend.
 */
import type { Certificates } from '../http/opening.js'
import type { Outcome } from './answers.js'
import type { SpanRecord } from '../tracer/record.js'

/** One consumer of finished spans, with its own bound and its own way of sending. */
export interface Exporter {
  readonly name: string
  /** Takes a finished span. Never throws, never blocks. */
  add(record: SpanRecord): void
  /** Sends what is waiting. Resolves when it has been taken or given up; never rejects. */
  flush(): Promise<void>
  /**
   * The process is ending and no event will be handled any more. Writes what can be written at once and returns what
   * only the network can take.
   */
  drain(): readonly OutgoingRequest[]
  /** Before that: the message that is with the operating system already, its outcome outstanding. */
  unsettled?(): Unsettled | undefined
}

/** A message that has been handed over and not been answered, in a process in which no event is handled any more. */
export interface Unsettled {
  readonly request: OutgoingRequest
  /** What has become of it by now; `unseen` where that will never be known. */
  outcomeNow(): Outcome | 'pending' | 'unseen'
}

/** A message to a backend, ready to go. Nothing in it is a function: it may be handed to another thread. */
export interface OutgoingRequest {
  /** `http:`, `https:`, or a Unix socket as `unix:///path/to.sock:/path/of/url` (see target.ts). */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Over UDP (`udp://host:port`): what goes out instead of the body, each on its own. */
  readonly datagrams?: readonly Uint8Array[]
  /** Spans in it, for the ledger. */
  readonly spans: number
  /** Milliseconds for all attempts together; 0 means no limit. */
  readonly timeout: number
  /** Compressed on the way. */
  readonly compression?: 'gzip' | 'none'
  /** For https, where Node's own certificates will not do. */
  readonly tls?: Certificates | undefined
  /** Whose answers it gets: OTLP's may say that some of the spans were not taken. */
  readonly answers?: 'otlp'
}
