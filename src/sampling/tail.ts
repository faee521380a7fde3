/**
 * Keeps local traces that turned out slow or failed although their head was not sampled.
 *
 * Spans that are not sampled are recorded all the same and wait here until the entry point of their local trace is over.
 * What is known then decides for all of them. The decision that travels stays what it was: other services were told
 * already.
 */
import { ledger } from '../ledger.js'
import { warnOnce } from '../log.js'
import { isSampled } from '../tracer/context.js'
import type { LocalTrace } from '../tracer/local-trace.js'
import type { SpanRecord } from '../tracer/record.js'
import type { SpanSink } from '../tracer/tracer.js'

export interface TailOptions {
  /** A trace whose entry point took as many milliseconds is kept. */
  readonly keepSlow: number | undefined
  /** A trace in which a span failed is kept. */
  readonly keepErrors: boolean
  /** Traces that may wait. */
  readonly keepTraces: number
  /** Spans of one trace that may wait. */
  readonly keepTraceSpans: number
  /** Spans that may wait in all. */
  readonly keepSpans: number
  readonly hasFailed: (record: SpanRecord) => boolean
}

/** Why a trace was kept: the tag `sampling.kept` of its entry point. */
type Cause = 'slow' | 'error'

export class Tail implements SpanSink {
  private readonly options: TailOptions
  private readonly next: SpanSink
  /** The oldest first. */
  private readonly waiting = new Map<LocalTrace, SpanRecord[]>()
  private count = 0

  /** @param next where spans go that are sampled or kept */
  constructor(options: TailOptions, next: SpanSink) {
    this.options = options
    this.next = next
  }

  add(record: SpanRecord): void {
    const { local, sampling } = record.context
    if (isSampled(sampling) || local === undefined) {
      // An entry point that was sampled on second thoughts (`sampling.priority`) does not speak for what went before.
      if (local !== undefined && local.isKept === undefined && isEntry(record, local)) this.close(local, false)
      this.next.add(record)
      return
    }
    local.isKept ??= this.judge(record, local)
    if (local.isKept === undefined) this.hold(record, local)
    else if (local.isKept) this.next.add(record)
    else ledger.tail.unremarkable++
  }

  /** What becomes of a trace, once that is certain. */
  private judge(record: SpanRecord, local: LocalTrace): boolean | undefined {
    const { keepErrors, keepSlow, hasFailed } = this.options
    const isOver = isEntry(record, local)
    if (keepErrors && hasFailed(record)) return this.keep(record, local, 'error')
    if (!isOver) return undefined
    if (keepSlow !== undefined && record.end - record.start >= keepSlow) return this.keep(record, local, 'slow')
    this.close(local, false)
    return false
  }

  private keep(record: SpanRecord, local: LocalTrace, cause: Cause): true {
    const entry = isEntry(record, local) ? record : local.root?.record
    entry?.tags.push('sampling.kept', cause)
    this.close(local, true)
    return true
  }

  private close(local: LocalTrace, isKept: boolean): void {
    local.isKept = isKept
    const records = this.waiting.get(local)
    if (records === undefined) return
    this.waiting.delete(local)
    this.count -= records.length
    if (!isKept) ledger.tail.unremarkable += records.length
    else for (const record of records) this.next.add(record)
  }

  private hold(record: SpanRecord, local: LocalTrace): void {
    const { keepTraces, keepTraceSpans, keepSpans } = this.options
    let records = this.waiting.get(local)
    if (records === undefined) {
      if (this.waiting.size >= keepTraces) this.dropOldest()
      records = []
      this.waiting.set(local, records)
    }
    if (records.length >= keepTraceSpans) {
      full(1)
      return
    }
    records.push(record)
    this.count++
    if (this.count > keepSpans) this.dropOldest()
  }

  /** Makes room. The trace that has waited longest may wait for ever. */
  private dropOldest(): void {
    for (const [local, records] of this.waiting) {
      this.waiting.delete(local)
      this.count -= records.length
      full(records.length)
      return
    }
  }
}

function full(spans: number): void {
  ledger.tail.full += spans
  warnOnce('sampling:keep', 'more spans wait for their trace to turn out slow or failed than may; some are dropped')
}

/** Whether it is the span with which its local trace began. */
function isEntry({ context }: SpanRecord, { root }: LocalTrace): boolean {
  return root?.context().id === context.id
}
