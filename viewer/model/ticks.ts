/**
 * Where a scale has its marks.
 */

const STEPS = [1, 2, 5, 10]

/** Round values within [from, to], at most `most` of them. */
export function ticks(from: number, to: number, most: number): number[] {
  const raw = (to - from) / Math.max(1, most)
  if (!(raw > 0) || !Number.isFinite(raw)) return [from]
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = (STEPS.find((factor) => factor * power >= raw) ?? 10) * power
  const marks: number[] = []
  for (let index = Math.ceil(from / step - 1e-9) + 0; index * step <= to + step * 1e-9; index++)
    marks.push(index * step)
  return marks
}
