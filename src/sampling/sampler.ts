/**
 * Head sampling: the decision taken when a span starts.
 */
import { Sampling, type SpanContext } from '../tracer/context.js'
import type { TagValue } from '../tracer/record.js'
import type { TraceId } from '../tracer/trace-id.js'

/** A decision, and what the first span of a trace tells about it. Shared by all spans that get the same one. */
export interface Verdict {
  readonly sampling: Sampling
  readonly tags?: Readonly<Record<string, TagValue>>
}

export interface Sampler {
  /**
   * Decides where a trace enters this process.
   *
   * @param id the trace's
   * @param parent the context that is continued, if any
   * @param name the span's name at its start: of a request received, its method
   * @param target path and query of a request received
   */
  decide(id: TraceId, parent: SpanContext | undefined, name: string, target: string | undefined): Verdict
  /** Decides about a span below one of this process. Without it the decision about that one stands. */
  readonly decideBelow?: (id: TraceId, parent: SpanContext, name: string) => Verdict
}

/** The verdicts that have nothing to tell, by decision. */
export const VERDICTS: readonly Verdict[] = [
  { sampling: Sampling.Undecided },
  { sampling: Sampling.Denied },
  { sampling: Sampling.Accepted },
  { sampling: Sampling.Debug },
]
export const DENIED = VERDICTS[Sampling.Denied] as Verdict
const ACCEPTED = VERDICTS[Sampling.Accepted] as Verdict
export const DEBUG = VERDICTS[Sampling.Debug] as Verdict

/** The verdict in favour, with Jaeger's tags where a backend of Jaeger's is to learn from them. */
export function accepted(type?: string, param?: TagValue): Verdict {
  if (type === undefined || param === undefined) return ACCEPTED
  return { sampling: Sampling.Accepted, tags: { 'sampler.type': type, 'sampler.param': param } }
}

/** Decides always alike. */
export function constant(verdict: Verdict): Sampler {
  return { decide: () => verdict }
}

export const alwaysOn = constant(ACCEPTED)
export const alwaysOff = constant(DENIED)

/** Lets a debug flag through a sampler that does not look at parents. */
export function heedingDebug(sampler: Sampler): Sampler {
  return {
    decide(id, parent, name, target) {
      return parent?.sampling === Sampling.Debug ? DEBUG : sampler.decide(id, parent, name, target)
    },
  }
}
