/**
 * Where a trace is in the plot: time to the right, duration upwards by its logarithm.
 */
import type { TraceSummary } from '../../model/api.js'
import { ticks } from '../../model/ticks.js'
import type { Size } from '../parts/canvas.js'

export interface Plane {
  readonly from: number
  readonly to: number
  /** Powers of ten, in ms. */
  readonly low: number
  readonly high: number
  readonly size: Size
}

/** Room for the marks of the axes, in pixels. */
export const LEFT = 52
export const BOTTOM = 20
const TOP = 8
const RIGHT = 12
const LEAST_DURATION = 0.01
const LEAST_SPAN = 1000

/** Its bounds are round, so that they move by steps and not with every trace. */
export function planeOf(traces: readonly TraceSummary[], size: Size): Plane {
  let [from, to, low, high] = [Infinity, -Infinity, Infinity, LEAST_DURATION]
  for (const { start, duration } of traces) {
    from = Math.min(from, start)
    to = Math.max(to, start)
    low = Math.min(low, Math.max(LEAST_DURATION, duration))
    high = Math.max(high, duration)
  }
  const room = Math.max(LEAST_SPAN, to - from)
  const [first = 0, second = room] = ticks(0, room, 12)
  const step = second - first || room
  return {
    from: Math.floor(from / step) * step,
    to: (Math.floor(to / step) + 1) * step,
    low: Math.floor(Math.log10(low)),
    high: Math.max(Math.ceil(Math.log10(high)), Math.floor(Math.log10(low)) + 1),
    size,
  }
}

export function xOf({ from, to, size }: Plane, time: number): number {
  return LEFT + ((time - from) / (to - from)) * (size.width - LEFT - RIGHT)
}

export function yOf({ low, high, size }: Plane, duration: number): number {
  const share = (Math.log10(Math.max(LEAST_DURATION, duration)) - low) / (high - low)
  return size.height - BOTTOM - share * (size.height - BOTTOM - TOP)
}

/** The time at a place; see {@link xOf}. */
export function timeAt({ from, to, size }: Plane, x: number): number {
  return from + ((x - LEFT) / (size.width - LEFT - RIGHT)) * (to - from)
}

/** The duration at a place; see {@link yOf}. */
export function durationAt({ low, high, size }: Plane, y: number): number {
  return 10 ** (low + ((size.height - BOTTOM - y) / (size.height - BOTTOM - TOP)) * (high - low))
}
