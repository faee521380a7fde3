/**
 * All traces that fit. The oldest go first; those that failed or were slow are kept longer, up to a half of the room.
 */
import type { Evidence } from '../../model/insights/evidence.js'
import type { Arrivals } from './kept.js'
import { OperationTimes } from './operation-times.js'
import { KeptTrace, type TraceLimits } from './trace.js'

/** Spans of one trace. */
const SPANS_A_TRACE = 20_000
/** Remarkable traces go before ordinary ones when they take more than this share. */
const REMARKABLE_SHARE = 0.5
/** One trace may take this share. */
const TRACE_SHARE = 0.25

export class Store {
  readonly mostBytes: number
  bytes = 0
  spans = 0
  evictedTraces = 0
  droppedSpans = 0
  private readonly limits: TraceLimits
  /** Both in the order in which something last came of them. */
  private readonly ordinary = new Map<string, KeptTrace>()
  private readonly remarkable = new Map<string, KeptTrace>()
  private remarkableBytes = 0
  /** Those of which something has come since they were last looked at. */
  private changed = new Set<KeptTrace>()
  /** Those that have been looked at since somebody last asked for news. */
  private news = new Set<KeptTrace>()
  private readonly times = new OperationTimes()
  private sorted: readonly KeptTrace[] | undefined

  /** @param mostBytes approximately */
  constructor(mostBytes: number, spansATrace = SPANS_A_TRACE) {
    this.mostBytes = mostBytes
    this.limits = { spans: spansATrace, bytes: mostBytes * TRACE_SHARE }
  }

  get size(): number {
    return this.ordinary.size + this.remarkable.size
  }

  /** Traces that have changed since they were last looked at. */
  get unsettled(): number {
    return this.changed.size
  }

  get(id: string): KeptTrace | undefined {
    return this.ordinary.get(id) ?? this.remarkable.get(id)
  }

  /** @param now epoch ms */
  add({ spans, refused }: Arrivals, now = Date.now()): void {
    this.droppedSpans += refused
    let trace: KeptTrace | undefined
    for (const { traceId, span } of spans) {
      if (trace?.id !== traceId) {
        trace = this.touched(traceId)
        trace.lastArrival = now
      }
      const before = trace.bytes
      if (trace.add(span, this.limits)) this.count(trace, trace.bytes - before, 1)
      else this.droppedSpans++
      if (span.failed) this.remark(trace)
    }
    this.evict()
  }

  /** The newest first. */
  newest(): readonly KeptTrace[] {
    if (this.sorted !== undefined && this.changed.size === 0) return this.sorted
    this.settle()
    const all = [...this.ordinary.values(), ...this.remarkable.values()]
    return (this.sorted = all.sort((a, b) => b.summary.start - a.summary.start))
  }

  /** What has changed since the last call is looked at: how many spans has it really, is it slow? */
  settle(): void {
    if (this.changed.size === 0) return
    const { changed } = this
    this.changed = new Set()
    this.sorted = undefined
    for (const trace of changed) {
      this.look(trace)
      this.news.add(trace)
    }
  }

  /** The traces of which something has come since the last call. */
  takeNews(): readonly KeptTrace[] {
    this.settle()
    const { news } = this
    this.news = new Set()
    return [...news]
  }

  /** Keeps what insights are made of. */
  remember(trace: KeptTrace, evidence: Evidence): void {
    const before = trace.bytes
    trace.remember(evidence)
    if (this.get(trace.id) === trace) this.count(trace, trace.bytes - before, 0)
  }

  /** Where it is, or, of a new one, where it will be. A trace of which something comes becomes the youngest. */
  private touched(id: string): KeptTrace {
    const trace = this.get(id)
    if (trace === undefined) {
      const made = new KeptTrace(id)
      this.ordinary.set(id, made)
      this.count(made, made.bytes, 0)
      this.changed.add(made)
      return made
    }
    const room = trace.isRemarkable ? this.remarkable : this.ordinary
    room.delete(id)
    room.set(id, trace)
    this.changed.add(trace)
    return trace
  }

  private look(trace: KeptTrace): void {
    const { spans, bytes } = trace
    const count = spans.length
    const { service, name, duration, incomplete } = trace.summary
    this.count(trace, trace.bytes - bytes, trace.spans.length - count)
    const { counted } = trace
    if (counted !== undefined) this.times.remove(counted.operation, counted.duration)
    const operation = `${service}\n${name}`
    trace.counted = incomplete ? undefined : { operation, duration }
    if (!incomplete) this.times.add(operation, duration)
    trace.markSlow(!incomplete && this.times.isSlow(operation, duration))
    if (trace.isSlow) this.remark(trace)
  }

  private remark(trace: KeptTrace): void {
    if (trace.isRemarkable) return
    trace.isRemarkable = true
    this.ordinary.delete(trace.id)
    this.remarkable.set(trace.id, trace)
    this.remarkableBytes += trace.bytes
  }

  private count(trace: KeptTrace, bytes: number, spans: number): void {
    this.bytes += bytes
    this.spans += spans
    if (trace.isRemarkable) this.remarkableBytes += bytes
  }

  private evict(): void {
    while (this.bytes > this.mostBytes) {
      const isFull = this.ordinary.size === 0 || this.remarkableBytes > this.mostBytes * REMARKABLE_SHARE
      const oldest = firstOf(isFull && this.remarkable.size > 0 ? this.remarkable : this.ordinary)
      if (oldest === undefined) return
      this.drop(oldest)
    }
  }

  private drop(trace: KeptTrace): void {
    const { id, isRemarkable } = trace
    ;(isRemarkable ? this.remarkable : this.ordinary).delete(id)
    this.changed.delete(trace)
    this.news.delete(trace)
    this.sorted = undefined
    this.count(trace, -trace.bytes, -trace.spans.length)
    this.evictedTraces++
  }
}

function firstOf(room: ReadonlyMap<string, KeptTrace>): KeptTrace | undefined {
  for (const trace of room.values()) return trace
  return undefined
}
