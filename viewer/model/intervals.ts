/**
 * Stretches of time, in whatever unit; those of a list may overlap.
 */

export interface Interval {
  readonly start: number
  readonly end: number
}

/** The same time without overlaps, in order. */
export function union(intervals: readonly Interval[]): Interval[] {
  const merged: { start: number; end: number }[] = []
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
    else merged.push({ start, end })
  }
  return merged
}

/** What `intervals` leave free of `whole`. */
export function gaps(whole: Interval, intervals: readonly Interval[]): Interval[] {
  const free: Interval[] = []
  let from = whole.start
  for (const { start, end } of union(intervals)) {
    if (start >= whole.end) break
    if (start > from) free.push({ start: from, end: start })
    from = Math.max(from, end)
  }
  if (from < whole.end) free.push({ start: from, end: whole.end })
  return free
}

/** What two stretches have in common; undefined where they only touch. */
export function common(a: Interval, b: Interval): Interval | undefined {
  const start = Math.max(a.start, b.start)
  const end = Math.min(a.end, b.end)
  return start < end ? { start, end } : undefined
}

export function lengthOf(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, { start, end }) => sum + end - start, 0)
}
