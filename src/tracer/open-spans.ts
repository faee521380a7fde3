/**
 * Recorded spans that have begun and not yet finished, for the end of the process: a request that brings its process down
 * is worth more than those before it. Each has a slot, which it knows by number: to enter and to leave are a store each,
 * where a set would cost half of what a span does.
 */
import type { SpanRecord } from './record.js'

/** Spans that nobody ever finishes must not stay for good: where there are as many, old ones make room. */
const MOST = 1024
/** How many slots are looked at for a free one. */
const PROBES = 8

export class OpenSpans {
  private readonly slots = Array.from({ length: MOST }, (): SpanRecord | undefined => undefined)
  /** The slot that was left last, most likely still free. */
  private next = 0

  add(record: SpanRecord): void {
    const slot = this.slots[this.next] === undefined ? this.next : this.findSlot()
    this.slots[slot] = record
    record.slot = slot
  }

  /** One that is not there is left alone. */
  delete(record: SpanRecord): void {
    const { slot } = record
    if (this.slots[slot] !== record) return
    this.slots[slot] = undefined
    this.next = slot
  }

  /** Takes all of them out, the newest first: children come before their parents. */
  takeAll(): SpanRecord[] {
    const all = this.slots.filter((record) => record !== undefined)
    this.slots.fill(undefined)
    return all.sort((a, b) => b.start - a.start || Number(a.parentIsRemote) - Number(b.parentIsRemote))
  }

  /** A free one nearby, or the next one, whose span has been there for long. */
  private findSlot(): number {
    const first = (this.next + 1) % MOST
    for (let slot = first; slot < first + PROBES; slot++) {
      if (this.slots[slot % MOST] === undefined) return (this.next = slot % MOST)
    }
    return (this.next = first)
  }
}
