/**
 * Event-loop delays and garbage collections as Chrome trace events.
 */
import { wallAnchor } from '../tracer/clock.js'
import type { ChromeEvent, Lanes } from './chrome-events.js'
import { microseconds } from './opentracing.js'
import { RuntimeWatch, type RuntimeListener } from './runtime.js'

/** Looks a value of the counter. */
const LOOKS = 5
/** Events that may wait for the next batch of spans. */
const MOST_EVENTS = 10_000

export class RuntimeTrack implements RuntimeListener {
  private readonly lanes: Lanes
  private readonly watch = new RuntimeWatch(this)
  private events: ChromeEvent[] = []
  private latest = 0
  private looks = 0
  private shown: number | undefined

  constructor(lanes: Lanes) {
    this.lanes = lanes
  }

  start(): void {
    this.watch.start()
  }

  /** The events since the last call. */
  take(): ChromeEvent[] {
    this.watch.catchUp()
    const { events } = this
    this.events = []
    return events
  }

  blocked(start: number, delay: number): void {
    this.slice('blocked', this.lanes.loop, start, delay)
  }

  collected(kind: string, start: number, duration: number): void {
    this.slice(kind, this.lanes.collections, start, duration)
  }

  looked(now: number, delay: number, isLate: boolean): void {
    this.latest = Math.max(this.latest, delay)
    if (!isLate && ++this.looks < LOOKS) return
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

  private slice(name: string, tid: number, start: number, duration: number): void {
    const ts = microseconds(wallAnchor() + start)
    this.put({ ph: 'X', name, cat: 'runtime', pid: this.lanes.pid, tid, ts, dur: microseconds(duration) })
  }

  private put(event: ChromeEvent): void {
    if (this.events.length < MOST_EVENTS) this.events.push(event)
  }
}
