/**
 * Rules by route, name and service: what the first that fits says is done.
 */
import { namePattern, pathOf, pathPattern } from './patterns.js'
import { rateLimiting, type Circumstances } from './rate-limiting.js'
import { ratio } from './ratio.js'
import { accepted, type Sampler } from './sampler.js'

/** One of `PRETRACE_SAMPLING_RULES`. A part that is missing fits everything. */
export interface SamplingRule {
  readonly service?: string
  readonly method?: string
  readonly path?: string
  readonly name?: string
  /** The share of traces that is kept, 0 … 1 … */
  readonly share?: number
  /** … or how many a second. */
  readonly perSecond?: number
}

interface Ruling {
  fits(name: string, path: string | undefined): boolean
  readonly sampler: Sampler
}

/** Asks the sampler of the first rule that fits, else `otherwise`. */
export function byRules(
  rules: readonly SamplingRule[],
  service: string,
  otherwise: Sampler,
  circumstances?: Circumstances,
): Sampler {
  const rulings = rules
    .filter((rule) => rule.service === undefined || namePattern(rule.service).test(service))
    .map((rule) => rulingOf(rule, circumstances))
  return {
    decide(id, parent, name, target) {
      const path = target === undefined ? undefined : pathOf(target)
      const ruling = rulings.find(({ fits }) => fits(name, path))
      return (ruling?.sampler ?? otherwise).decide(id, parent, name, target)
    },
  }
}

function rulingOf({ method, path, name, share, perSecond }: SamplingRule, circumstances?: Circumstances): Ruling {
  const ofPath = path === undefined ? undefined : pathPattern(path)
  const ofName = name === undefined ? undefined : namePattern(name)
  const isOfRequests = method !== undefined || path !== undefined
  return {
    sampler: perSecond === undefined ? ratio(share ?? 1) : rateLimiting(perSecond, circumstances, accepted()),
    fits(spanName, requested) {
      if (ofName !== undefined) return ofName.test(spanName)
      if (!isOfRequests) return true
      // The span of a request received is named after its method until a route is known.
      return (
        requested !== undefined &&
        (method === undefined || method === spanName) &&
        (ofPath === undefined || ofPath.test(requested))
      )
    },
  }
}
