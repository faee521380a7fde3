/**
 * What the process itself was doing beside its spans: how late its event loop came, and when garbage was collected.
 */
import { PerformanceObserver, constants, type PerformanceEntry } from 'node:perf_hooks'
import { monotonicNow } from '../tracer/clock.js'

/** How often to look whether the loop comes on time, in ms. */
const PERIOD = 20
/** A delay from which on the loop counts as blocked, in ms. */
const BLOCKED = 10

const COLLECTIONS = new Map<number, string>([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor collection'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major collection'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental marking'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak callbacks'],
])

interface Collection extends PerformanceEntry {
  readonly detail: { readonly kind: number }
}

/** Who is told of it. Times are those of `monotonicNow`. */
export interface RuntimeListener {
  /** The loop should have come `delay` ms before `start + delay`, and that counts as late. */
  blocked(start: number, delay: number): void
  collected(kind: string, start: number, duration: number): void
  /** Each time it was looked, late or not. */
  looked?(now: number, delay: number, isLate: boolean): void
}

export class RuntimeWatch {
  private readonly listener: RuntimeListener
  private readonly observer = new PerformanceObserver((list) => this.collected(list.getEntries()))
  private expected = 0

  constructor(listener: RuntimeListener) {
    this.listener = listener
  }

  /** Begins to watch, for as long as the process lives, which it does not prolong. */
  start(): void {
    this.observer.observe({ entryTypes: ['gc'] })
    this.expected = monotonicNow() + PERIOD
    setInterval(() => this.look(), PERIOD).unref()
  }

  /** Tells of what is known already but would be told later. */
  catchUp(): void {
    this.collected(this.observer.takeRecords())
  }

  private look(): void {
    const now = monotonicNow()
    const delay = Math.max(0, now - this.expected)
    if (delay >= BLOCKED) this.listener.blocked(this.expected, delay)
    this.expected = now + PERIOD
    this.listener.looked?.(now, delay, delay >= BLOCKED)
  }

  private collected(entries: readonly PerformanceEntry[]): void {
    for (const entry of entries) {
      const { startTime, duration, detail } = entry as Collection
      this.listener.collected(COLLECTIONS.get(detail.kind) ?? 'collection', startTime, duration)
    }
  }
}
