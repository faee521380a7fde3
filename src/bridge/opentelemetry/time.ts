/**
 * OpenTelemetry's times, in every form that its API takes them.
 */
import type { TimeInput } from './api.js'

/** Whether `value` looks like a time rather than like attributes. */
export function isTime(value: unknown): value is TimeInput {
  return typeof value === 'number' || value instanceof Date || isPair(value)
}

/**
 * @param anchor epoch milliseconds at which `performance.now()` was zero
 * @returns epoch milliseconds; undefined where `time` is no time
 */
export function epochMilliseconds(time: unknown, anchor: number): number | undefined {
  if (time instanceof Date) return time.getTime()
  if (isPair(time)) return time[0] * 1000 + time[1] / 1e6
  if (typeof time !== 'number') return undefined
  // No process has been up for half of the time since 1970: a number as small as that was counted from its start.
  return time < anchor / 2 ? anchor + time : time
}

function isPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'number' && typeof value[1] === 'number'
}
