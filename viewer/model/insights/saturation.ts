/**
 * Finds those who waited for a place among a few: all places were taken while they waited, others came and went, and they
 * began when one was given back.
 */

export interface Held<Of> {
  readonly of: Of
  readonly start: number
  readonly end: number
  /** Time before the start in which its owner did nothing else. */
  readonly idle: number
}

/** A place is taken so soon after it has been given back, ms. */
const SOON = 2
/** Somebody else's turn must have come meanwhile, so much before the end of the wait: the process was not just busy, ms. */
const EARLIER = 1
/** Clocks and queues leave small gaps in which a place seems to be free. */
const FULL_SHARE = 0.9
/** The latest of them are looked at. */
const MOST = 5000

/**
 * @param least waits shorter than this do not count, ms
 * @returns how many places there seem to be, and the waits
 */
export function saturatedWaits<Of>(
  held: readonly Held<Of>[],
  least: number,
): { readonly size: number; readonly waits: readonly Held<Of>[] } {
  const sorted = [...held].sort((a, b) => a.start - b.start).slice(-MOST)
  const steps = stepsOf(sorted)
  const size = steps.reduce((most, { running }) => Math.max(most, running), 0)
  const waits = sorted.filter((one) => {
    if (one.idle < least) return false
    const from = one.start - one.idle
    return (
      fullTime(steps, size, from, one.start) >= one.idle * FULL_SHARE &&
      sorted.some(
        ({ end, start }) => end > one.start - SOON && end <= one.start + SOON / 2 && start < from + one.idle,
      ) &&
      sorted.some((other) => other !== one && other.start > from && other.start < one.start - EARLIER)
    )
  })
  return { size, waits }
}

interface Step {
  readonly at: number
  readonly running: number
}

/** How many run, from when on. */
function stepsOf(held: readonly Held<unknown>[]): Step[] {
  const changes = held.flatMap(({ start, end }) => [
    { at: start, by: 1 },
    { at: end, by: -1 },
  ])
  // Who goes at the same time makes room first.
  changes.sort((a, b) => a.at - b.at || a.by - b.by)
  let running = 0
  return changes.map(({ at, by }) => ({ at, running: (running += by) }))
}

/** How long, between two times, all places were taken. */
function fullTime(steps: readonly Step[], size: number, from: number, to: number): number {
  let full = 0
  for (let i = firstBefore(steps, from); i < steps.length; i++) {
    const { at, running } = steps[i] as Step
    if (at >= to) break
    const next = steps[i + 1]?.at ?? to
    if (running >= size) full += Math.max(0, Math.min(next, to) - Math.max(at, from))
  }
  return full
}

function firstBefore(steps: readonly Step[], time: number): number {
  let [low, high] = [0, steps.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((steps[middle] as Step).at <= time) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}
