/**
 * Follows what was decided about the span above.
 */
import { Sampling } from '../tracer/context.js'
import { VERDICTS, type Sampler, type Verdict } from './sampler.js'

/** Follows the parent's decision where there is one, else asks `root`. */
export function parentBased(root: Sampler): Sampler {
  return {
    decide(id, parent, name, target) {
      if (parent === undefined || parent.sampling === Sampling.Undecided) return root.decide(id, parent, name, target)
      return VERDICTS[parent.sampling] as Verdict
    },
  }
}
