/**
 * Time. Each local trace takes the wall clock once and counts on by the monotonic clock, so that no child can start
 * before its parent whatever NTP does meanwhile.
 */
const { performance } = globalThis

/** How far the process's own origin may be off the wall clock (suspend, NTP step) before it is moved, in ms. */
const TOLERATED_DRIFT = 10

let origin = performance.timeOrigin

/** Epoch milliseconds at which the monotonic clock read zero. Taken once for each local trace. */
export function wallAnchor(): number {
  const drift = Date.now() - (origin + performance.now())
  if (drift > TOLERATED_DRIFT || drift < -TOLERATED_DRIFT) origin += drift
  return origin
}

/** Milliseconds since the process's start, with microseconds in the fraction. */
export function monotonicNow(): number {
  return performance.now()
}
