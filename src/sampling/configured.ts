/**
 * From configuration to a sampler. Whatever is not usual is loaded when it is asked for.
 */
import type { ParentCase } from '../config/sampling-variables.js'
import type { Config } from '../config/variables.js'
import type { SpanSink } from '../tracer/tracer.js'
import { parentBased } from './parent-based.js'
import { accepted, alwaysOff, alwaysOn, constant, heedingDebug, type Sampler } from './sampler.js'

export function samplerOf(config: Config): Sampler {
  const root = withRules(rootOf(config), config)
  switch (config.sampler) {
    case 'always_on':
    case 'always_off':
    case 'traceidratio':
    case 'jaeger_remote':
      return heedingDebug(root)
    default:
      return withParents(root, config)
  }
}

/** What decides where no parent does. */
function rootOf(config: Config): Sampler {
  // The configuration has seen to it that the argument fits.
  const argument = config.samplerArg as number
  switch (config.sampler) {
    case 'always_on':
    case 'parentbased_always_on':
      return alwaysOn
    case 'always_off':
    case 'parentbased_always_off':
      return alwaysOff
    case 'traceidratio':
    case 'parentbased_traceidratio':
      return ratioOf(argument)
    case 'const':
      return argument === 0 ? alwaysOff : constant(accepted('const', true))
    case 'probabilistic':
      return (require('./ratio.js') as typeof import('./ratio.js')).probabilistic(argument)
    case 'ratelimiting':
      return (require('./rate-limiting.js') as typeof import('./rate-limiting.js')).rateLimiting(argument)
    case 'jaeger_remote':
    case 'parentbased_jaeger_remote':
    case 'remote':
      return remoteOf(config, argument)
  }
}

function ratioOf(share: number): Sampler {
  return (require('./ratio.js') as typeof import('./ratio.js')).ratio(share)
}

function remoteOf(config: Config, initialShare: number): Sampler {
  const { Remote } = require('./remote.js') as typeof import('./remote.js')
  const { inUrl } = require('../http/target.js') as typeof import('../http/target.js')
  const { samplingEndpoint, samplingHostPort, samplingHost, samplingPort, samplingPath } = config
  return new Remote({
    service: serviceOf(config),
    url: samplingEndpoint ?? `http://${samplingHostPort ?? `${inUrl(samplingHost)}:${samplingPort}`}${samplingPath}`,
    interval: config.samplingInterval,
    initialShare,
    operations: config.samplingOperations,
  })
}

function serviceOf(config: Config): string {
  return (require('../export/resource.js') as typeof import('../export/resource.js')).serviceNameOf(config)
}

function withRules(root: Sampler, config: Config): Sampler {
  const { samplingRules } = config
  if (samplingRules.length === 0) return root
  const { byRules } = require('./rules.js') as typeof import('./rules.js')
  return byRules(samplingRules, serviceOf(config), root)
}

function withParents(root: Sampler, config: Config): Sampler {
  const { remoteParentSampled, remoteParentNotSampled, localParentSampled, localParentNotSampled } = config
  const cases = [remoteParentSampled, remoteParentNotSampled, localParentSampled, localParentNotSampled]
  if (cases.every((one) => one === 'parent')) return parentBased(root)
  const { parentCases } = require('./parent-cases.js') as typeof import('./parent-cases.js')
  return parentCases(root, {
    remoteSampled: caseOf(remoteParentSampled, root),
    remoteNotSampled: caseOf(remoteParentNotSampled, root),
    localSampled: caseOf(localParentSampled, root),
    localNotSampled: caseOf(localParentNotSampled, root),
  })
}

function caseOf(which: ParentCase, root: Sampler): Sampler | undefined {
  switch (which) {
    case 'parent':
      return undefined
    case 'root':
      return root
    case 'always_on':
      return alwaysOn
    case 'always_off':
      return alwaysOff
    default:
      return ratioOf(which)
  }
}

/** Where recorded spans go on their way to `next`: there directly, unless unsampled traces may be kept. */
export function tailOf(config: Config, next: SpanSink): SpanSink {
  if (config.keepSlow === undefined && !config.keepErrors) return next
  const { Tail } = require('./tail.js') as typeof import('./tail.js')
  const { hasFailed } = require('../export/semantics.js') as typeof import('../export/semantics.js')
  return new Tail({ ...config, hasFailed }, next)
}
