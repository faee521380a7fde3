/**
 * A share of all traces.
 */
import { DENIED, accepted, type Sampler, type Verdict } from './sampler.js'

/** Hex digits of the trace id that decide: 52 of its right-most 56 random bits, as many as a double holds exactly. */
const DECIDING = { from: 18, to: 31 }
const RANGE = 2 ** 52

/**
 * Keeps a share of all traces. Services with the same ratio keep the same traces, and a service with a larger one keeps
 * those of the smaller too: the random low bits of the id are compared with a threshold from above (as in W3C
 * trace-context level 2 and OpenTelemetry's consistent probability sampling).
 *
 * @param share 0 … 1
 */
export function ratio(share: number, verdict: Verdict = accepted()): Sampler {
  const least = Math.ceil((1 - share) * RANGE)
    .toString(16)
    .padStart(DECIDING.to - DECIDING.from, '0')
  return {
    decide: (traceId) => (isAtLeast(traceId, least) ? verdict : DENIED),
  }
}

/** Digit by digit: the first one or two tell, and nothing is cut out of the id. */
function isAtLeast(traceId: string, least: string): boolean {
  if (least.length > DECIDING.to - DECIDING.from) return false
  for (let i = 0; i < least.length; i++) {
    const difference = traceId.charCodeAt(DECIDING.from + i) - least.charCodeAt(i)
    if (difference !== 0) return difference > 0
  }
  return true
}

/** Jaeger's `probabilistic`: a ratio that tells on the first span of a trace what it was. */
export function probabilistic(share: number): Sampler {
  return ratio(share, accepted('probabilistic', share))
}
