/**
 * Time. Each local trace takes the wall clock once and counts on by the monotonic clock, so that no child can start
 * before its parent whatever NTP does meanwhile.
 */
const { performance } = globalThis

/** How long the wall clock is taken to go on as it did, in ms. */
const BETWEEN_LOOKS = 1000
/** How far the process's own origin may be off the wall clock (suspend, NTP step) before it is moved, in ms. */
const TOLERATED_DRIFT = 10

let origin = performance.timeOrigin
let nextLook = 0

/**
 * Epoch milliseconds at which the monotonic clock read zero. Taken once for each local trace.
 *
 * @param now what {@link monotonicNow} says: a busy process looks at one clock, not at two
 */
export function wallAnchor(now = monotonicNow()): number {
  if (now >= nextLook) {
    nextLook = now + BETWEEN_LOOKS
    const drift = Date.now() - (origin + now)
    if (drift > TOLERATED_DRIFT || drift < -TOLERATED_DRIFT) origin += drift
  }
  return origin
}

/** Milliseconds since the process's start, with microseconds in the fraction. */
export function monotonicNow(): number {
  return performance.now()
}

/** The latest time that JavaScript knows (ECMA-262, time values). */
const LAST = 8.64e15

/** A time that the application gave, or undefined where it is none in epoch milliseconds. */
export function givenTime(time: unknown): number | undefined {
  return typeof time === 'number' && time >= 0 && time <= LAST ? time : undefined
}
