/**
 * From configuration to a sampler.
 */
import type { Config } from '../config/variables.js'
import { alwaysOff, alwaysOn, heedingDebug, parentBased, ratio, type Sampler } from './sampler.js'

export function samplerOf({ sampler, samplerArg }: Config): Sampler {
  switch (sampler) {
    case 'always_on':
      return heedingDebug(alwaysOn)
    case 'always_off':
      return heedingDebug(alwaysOff)
    case 'traceidratio':
      return heedingDebug(ratio(samplerArg))
    case 'parentbased_always_on':
      return parentBased(alwaysOn)
    case 'parentbased_always_off':
      return parentBased(alwaysOff)
    case 'parentbased_traceidratio':
    case 'probabilistic':
      return parentBased(ratio(samplerArg))
    case 'const':
      return parentBased(samplerArg === 0 ? alwaysOff : alwaysOn)
  }
}
