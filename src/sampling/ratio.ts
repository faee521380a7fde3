/**
 * A share of all traces.
 */
import type { TraceId } from '../tracer/trace-id.js'
import { DENIED, accepted, type Sampler, type Verdict } from './sampler.js'

/** What decides are 52 of the id's right-most 56 random bits, the upper ones: as many as a number holds exactly. */
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
  return {
    decide: (id) => (decidingBits(id) >= least ? verdict : DENIED),
  }
}

/** 24 bits of the third number, and 28 of the last. */
function decidingBits({ c, d }: TraceId): number {
  return (c & 0xffffff) * 2 ** 28 + (d >>> 4)
}

/** Jaeger's `probabilistic`: a ratio that tells on the first span of a trace what it was. */
export function probabilistic(share: number): Sampler {
  return ratio(share, accepted('probabilistic', share))
}
