/**
 * Recorded spans that have begun and not yet finished, for the end of the process: a request that brings its process down
 * is worth more than those before it. They are linked by fields of their own; a set would cost half of what a span does.
 */
import type { SpanRecord } from './record.js'

/** Spans that nobody ever finishes must not stay for good: the oldest is let go when there are as many. */
const MOST = 1000

export class OpenSpans {
  private oldest: SpanRecord | undefined
  private newest: SpanRecord | undefined
  private count = 0

  add(record: SpanRecord): void {
    if (this.count === MOST) this.delete(this.oldest as SpanRecord)
    const { newest } = this
    record.older = newest
    if (newest === undefined) this.oldest = record
    else newest.newer = record
    this.newest = record
    this.count++
  }

  /** One that is not there is left alone. */
  delete(record: SpanRecord): void {
    const { older, newer } = record
    if (older === undefined && this.oldest !== record) return
    if (older === undefined) this.oldest = newer
    else older.newer = newer
    if (newer === undefined) this.newest = older
    else newer.older = older
    record.older = undefined
    record.newer = undefined
    this.count--
  }

  /** Takes the newest out: children come before their parents. */
  pop(): SpanRecord | undefined {
    const { newest } = this
    if (newest !== undefined) this.delete(newest)
    return newest
  }
}
