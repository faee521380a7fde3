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
  const threshold = (1 - share) * RANGE
  return {
    decide: (traceId) => (parseInt(traceId.slice(DECIDING.from, DECIDING.to), 16) >= threshold ? verdict : DENIED),
  }
}

/** Jaeger's `probabilistic`: a ratio that tells on the first span of a trace what it was. */
export function probabilistic(share: number): Sampler {
  return ratio(share, accepted('probabilistic', share))
}
