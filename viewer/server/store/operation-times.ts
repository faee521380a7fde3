/**
 * How long each operation has taken so far, to tell which traces are among its slowest.
 */

/** Fewer traces say nothing of what is usual. */
const ENOUGH = 20
const SHARE = 0.95
/** A trace must also take so many times the median: where all take about as long, none is slow. */
const FACTOR = 2
/** Slots that a doubling is divided into. */
const FINENESS = 8
const SLOTS = 40 * FINENESS
/** The lower end of the first slot, ms. */
const SHORTEST = 0.001
const MOST_OPERATIONS = 1000

/** Counts by duration, slot by slot. */
interface Times {
  readonly counts: Uint32Array
  total: number
}

export class OperationTimes {
  private readonly operations = new Map<string, Times>()

  add(operation: string, duration: number): void {
    const times = this.timesOf(operation)
    const slot = slotOf(duration)
    times.counts[slot] = (times.counts[slot] ?? 0) + 1
    times.total++
  }

  /** Takes back what was added: more of the trace has come. */
  remove(operation: string, duration: number): void {
    const times = this.operations.get(operation)
    const slot = slotOf(duration)
    const count = times?.counts[slot] ?? 0
    if (times === undefined || count === 0) return
    times.counts[slot] = count - 1
    times.total--
  }

  isSlow(operation: string, duration: number): boolean {
    const times = this.operations.get(operation)
    if (times === undefined || times.total < ENOUGH) return false
    const slot = slotOf(duration)
    return slot >= quantile(times, SHARE) && slot >= quantile(times, 0.5) + FACTOR_SLOTS
  }

  private timesOf(operation: string): Times {
    let times = this.operations.get(operation)
    if (times !== undefined) return times
    // The longest not made anew goes.
    if (this.operations.size >= MOST_OPERATIONS) {
      for (const oldest of this.operations.keys()) {
        this.operations.delete(oldest)
        break
      }
    }
    times = { counts: new Uint32Array(SLOTS), total: 0 }
    this.operations.set(operation, times)
    return times
  }
}

const FACTOR_SLOTS = Math.log2(FACTOR) * FINENESS

function slotOf(duration: number): number {
  const slot = Math.floor(Math.log2(Math.max(duration, SHORTEST) / SHORTEST) * FINENESS)
  return Math.min(slot, SLOTS - 1)
}

/** The slot below which such a share lies. */
function quantile({ counts, total }: Times, share: number): number {
  let below = 0
  for (let slot = 0; slot < SLOTS; slot++) {
    below += counts[slot] ?? 0
    if (below >= total * share) return slot
  }
  return SLOTS
}
