/**
 * How far a process's clock is off, told by its calls: what a service does for a caller happens while the caller waits.
 * Every such pair of spans allows a range of corrections; one clock must suit them all.
 */

/** A span and its parent in another process; epoch milliseconds, each by its own clock. */
export interface Call {
  readonly parent: { readonly start: number; readonly end: number }
  readonly child: { readonly start: number; readonly end: number }
  /** Whether the parent waits for the child: a message's sender does not. */
  readonly waits: boolean
}

/**
 * Milliseconds to add to the child process's clock, so that most calls happen within their callers; 0 wherever that
 * already suits as many.
 */
export function correctionFor(calls: readonly Call[]): number {
  const ranges = calls.map(rangeOf)
  const most = Math.max(0, ...bounds(ranges).map((at) => suited(ranges, at)))
  if (suited(ranges, 0) === most) return 0
  const best = bounds(ranges)
    .filter((at) => suited(ranges, at) === most)
    .sort((a, b) => a - b)
  // Of the bounds that suit the most, neighbours enclose the range that does.
  const [low = 0] = best
  const high = best.find((at) => at > low && suited(ranges, (low + at) / 2) === most) ?? low
  const least = Math.abs(low) < Math.abs(high) ? low : high
  // A clock that is off by little is corrected by no more than it must be; of one that is far off, nothing better is known.
  return Math.abs(least) > high - low ? (low + high) / 2 : least
}

/** A child that takes longer than its parent outlives it by any clock: it only cannot start before it. */
function rangeOf({ parent, child, waits }: Call): readonly [number, number] {
  const fits = waits && child.end - child.start <= parent.end - parent.start
  return [parent.start - child.start, fits ? parent.end - child.end : Infinity]
}

function bounds(ranges: readonly (readonly [number, number])[]): number[] {
  return [...new Set(ranges.flat())].filter((at) => Number.isFinite(at)).slice(0, MOST_BOUNDS)
}

/** A process that is called ten thousand times in one trace tells its clock by a few of the calls. */
const MOST_BOUNDS = 200

function suited(ranges: readonly (readonly [number, number])[], at: number): number {
  return ranges.reduce((count, [low, high]) => count + (at >= low - SLACK && at <= high + SLACK ? 1 : 0), 0)
}

/** Epoch milliseconds have no finer fractions. */
const SLACK = 0.001
