/**
 * Durations, gathered and told in a few numbers.
 */
import type { Latency } from '../../model/api.js'

/** The upper bound of the first slot of a histogram, ms. */
const FIRST_BOUND = 0.1
const MOST_SLOTS = 40

/** Calls of one kind. */
export class Durations {
  errors = 0
  readonly list: number[] = []

  add(duration: number, failed: boolean): void {
    this.list.push(duration)
    if (failed) this.errors++
  }

  get count(): number {
    return this.list.length
  }

  latency(): Latency {
    const sorted = Float64Array.from(this.list).sort()
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) }
  }

  /** Counts by duration; the bounds double. */
  histogram(): number[] {
    const counts: number[] = []
    for (const duration of this.list) {
      const slot = duration < FIRST_BOUND ? 0 : Math.floor(Math.log2(duration / FIRST_BOUND)) + 1
      const index = Math.min(slot, MOST_SLOTS)
      while (counts.length <= index) counts.push(0)
      counts[index] = (counts[index] as number) + 1
    }
    return counts
  }
}

/** A stretch of time, epoch ms. */
export interface Range {
  readonly from: number
  readonly to: number
}

/** How often a second. */
export function rateOf(count: number, { from, to }: Range): number {
  return to > from ? (count * 1000) / (to - from) : 0
}
