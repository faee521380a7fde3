/**
 * The stretch of a trace that is looked at, in ms from its begin.
 */
import { set } from '../state/address.js'

export interface Range {
  readonly from: number
  readonly to: number
}

/** Nobody needs to see less of a trace than this part, nor less than this many ms. */
const LEAST_PART = 1e-5
const LEAST = 0.002

/** As the address says it: `12.5-80`. All of the trace where it says nothing that makes sense. */
export function rangeIn(text: string, duration: number): Range {
  const [from = NaN, to = NaN] = text.split('-').map(Number)
  const whole = { from: 0, to: duration }
  return from >= 0 && to > from && from < duration ? { from, to: Math.min(to, duration) } : whole
}

export function setRange({ from, to }: Range, duration: number): void {
  const least = Math.min(duration, Math.max(LEAST, duration * LEAST_PART))
  const length = Math.min(duration, Math.max(least, to - from))
  const start = Math.max(0, Math.min(from, duration - length))
  const isWhole = length >= duration * 0.9999
  set({ zoom: isWhole ? undefined : `${written(start)}-${written(start + length)}` })
}

/** To the microsecond. */
function written(ms: number): string {
  return String(Math.round(ms * 1000) / 1000)
}

/** In by a factor below 1, out by one above; `at` stays where it is. */
export function zoomed({ from, to }: Range, factor: number, at = (from + to) / 2): Range {
  return { from: at - (at - from) * factor, to: at + (to - at) * factor }
}

export function moved({ from, to }: Range, by: number): Range {
  return { from: from + by, to: to + by }
}

/** Where a time is within the range, in percent; at its edge if it is outside. */
export function percent({ from, to }: Range, time: number): number {
  const share = to > from ? (time - from) / (to - from) : 0
  return Math.max(0, Math.min(100, share * 100))
}
