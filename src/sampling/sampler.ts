/**
 * Head sampling: the decision taken when a span starts.
 */
import { Sampling, type SpanContext } from '../tracer/context.js'

export interface Sampler {
  /**
   * @param traceId 32 hex digits
   * @param parent the context that is continued, if any
   */
  decide(traceId: string, parent: SpanContext | undefined): Sampling
}

export const alwaysOn: Sampler = { decide: () => Sampling.Accepted }
export const alwaysOff: Sampler = { decide: () => Sampling.Denied }

/** Hex digits of the trace id that decide: 52 of its right-most 56 random bits, as many as a double holds exactly. */
const DECIDING = { from: 18, to: 31 }
const RANGE = 2 ** 52

/**
 * Keeps a share of all traces. Services with the same ratio keep the same traces, and a service with a larger one keeps
 * those of the smaller too: the random low bits of the id are compared with a threshold from above (as in W3C
 * trace-context level 2 and OpenTelemetry's consistent probability sampling).
 *
 * @param ratio 0 … 1
 */
export function ratio(ratio: number): Sampler {
  const threshold = (1 - ratio) * RANGE
  return {
    decide: (traceId) =>
      parseInt(traceId.slice(DECIDING.from, DECIDING.to), 16) >= threshold ? Sampling.Accepted : Sampling.Denied,
  }
}

/** Follows the parent's decision where there is one, else asks `root`. */
export function parentBased(root: Sampler): Sampler {
  return {
    decide(traceId, parent) {
      if (parent !== undefined && parent.sampling !== Sampling.Undecided) return parent.sampling
      return root.decide(traceId, parent)
    },
  }
}

/** Lets a debug flag through a sampler that does not look at parents. */
export function heedingDebug(sampler: Sampler): Sampler {
  return {
    decide(traceId, parent) {
      return parent?.sampling === Sampling.Debug ? Sampling.Debug : sampler.decide(traceId, parent)
    },
  }
}
