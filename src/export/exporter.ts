/**
 * What stands between a finished span and a backend.
 */
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
}

/** A message to a backend, ready to go. */
export interface OutgoingRequest {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** Over UDP (`udp://host:port`): what goes out instead of the body, each on its own. */
  readonly datagrams?: readonly Uint8Array[]
  /** Spans in it, for the ledger. */
  readonly spans: number
  /** Milliseconds; 0 means no limit. */
  readonly timeout: number
}

/** Where a message goes, in a few words and without secrets. */
export function placeOf(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return protocol === 'file:' ? decodeURIComponent(pathname) : `${protocol}//${host}`
}
