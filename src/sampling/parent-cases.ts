/**
 * Goes by what was decided about the span above, case by case.
 */
import { Sampling, isSampled, type SpanContext } from '../tracer/context.js'
import type { TraceId } from '../tracer/trace-id.js'
import { DEBUG, VERDICTS, type Sampler, type Verdict } from './sampler.js'

/** Samplers for the cases that a decided parent can be. A case without one follows the parent. */
export interface ParentCases {
  readonly remoteSampled?: Sampler | undefined
  readonly remoteNotSampled?: Sampler | undefined
  readonly localSampled?: Sampler | undefined
  readonly localNotSampled?: Sampler | undefined
}

/** Asks `root` where nothing was decided. A parent of debug is followed in all cases. */
export function parentCases(root: Sampler, cases: ParentCases): Sampler {
  const { remoteSampled, remoteNotSampled, localSampled, localNotSampled } = cases
  const below = localSampled === undefined && localNotSampled === undefined ? undefined : decideBelow
  return {
    decide(id, parent, name, target) {
      if (parent === undefined || parent.sampling === Sampling.Undecided) return root.decide(id, parent, name, target)
      const sampler = isSampled(parent.sampling) ? remoteSampled : remoteNotSampled
      return by(sampler, id, parent, name, target)
    },
    ...(below !== undefined && { decideBelow: below }),
  }

  function decideBelow(id: TraceId, parent: SpanContext, name: string): Verdict {
    return by(isSampled(parent.sampling) ? localSampled : localNotSampled, id, parent, name, undefined)
  }
}

function by(
  sampler: Sampler | undefined,
  id: TraceId,
  parent: SpanContext,
  name: string,
  target: string | undefined,
): Verdict {
  if (parent.sampling === Sampling.Debug) return DEBUG
  if (sampler === undefined) return VERDICTS[parent.sampling] as Verdict
  return sampler.decide(id, parent, name, target)
}
