/**
 * What the process itself was doing beside its spans: how late its event loop came, and when garbage was collected.
 */
import { PerformanceObserver, constants, type PerformanceEntry } from 'node:perf_hooks'
import { monotonicNow, wallAnchor } from '../tracer/clock.js'
import type { ChromeEvent, Lanes } from './chrome-events.js'
import { microseconds } from './opentracing.js'

/** How often to look whether the loop comes on time, in ms. */
const PERIOD = 20
/** A delay from which on the loop counts as blocked, in ms. */
const BLOCKED = 10
/** Looks a value of the counter. */
const LOOKS = 5
/** Events that may wait for the next batch of spans. */
const MOST_EVENTS = 10_000

const COLLECTIONS = new Map<number, string>([
  [constants.NODE_PERFORMANCE_GC_MINOR, 'minor collection'],
  [constants.NODE_PERFORMANCE_GC_MAJOR, 'major collection'],
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL, 'incremental marking'],
  [constants.NODE_PERFORMANCE_GC_WEAKCB, 'weak callbacks'],
])

interface Collection extends PerformanceEntry {
  readonly detail: { readonly kind: number }
}

export class RuntimeTrack {
  private readonly lanes: Lanes
  private events: ChromeEvent[] = []
  private readonly observer = new PerformanceObserver((list) => this.collected(list.getEntries()))
  private timer: NodeJS.Timeout | undefined
  private expected = 0
  private latest = 0
  private looks = 0
  private shown: number | undefined

  constructor(lanes: Lanes) {
    this.lanes = lanes
  }

  start(): void {
    this.observer.observe({ entryTypes: ['gc'] })
    this.expected = monotonicNow() + PERIOD
    this.timer = setInterval(() => this.look(), PERIOD).unref()
  }

  stop(): void {
    this.observer.disconnect()
    clearInterval(this.timer)
  }

  /** The events since the last call. */
  take(): ChromeEvent[] {
    this.collected(this.observer.takeRecords())
    const { events } = this
    this.events = []
    return events
  }

  private look(): void {
    const now = monotonicNow()
    const delay = Math.max(0, now - this.expected)
    if (delay >= BLOCKED) this.slice('blocked', this.lanes.loop, this.expected, delay)
    this.expected = now + PERIOD
    this.latest = Math.max(this.latest, delay)
    if (delay < BLOCKED && ++this.looks < LOOKS) return
    this.count(now, Math.round(this.latest))
    this.latest = 0
    this.looks = 0
  }

  /** Only changes are of interest. */
  private count(now: number, delay: number): void {
    if (delay === this.shown) return
    this.shown = delay
    const { pid, loop: tid } = this.lanes
    const ts = microseconds(wallAnchor() + now)
    this.put({ ph: 'C', name: 'event loop delay', cat: 'runtime', pid, tid, ts, args: { ms: delay } })
  }

  private collected(entries: readonly PerformanceEntry[]): void {
    for (const entry of entries) {
      const { startTime, duration, detail } = entry as Collection
      this.slice(COLLECTIONS.get(detail.kind) ?? 'collection', this.lanes.collections, startTime, duration)
    }
  }

  private slice(name: string, tid: number, start: number, duration: number): void {
    const ts = microseconds(wallAnchor() + start)
    this.put({ ph: 'X', name, cat: 'runtime', pid: this.lanes.pid, tid, ts, dur: microseconds(duration) })
  }

  private put(event: ChromeEvent): void {
    if (this.events.length < MOST_EVENTS) this.events.push(event)
  }
}
