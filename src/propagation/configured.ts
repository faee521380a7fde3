/**
 * From configuration to the header formats it asks for. Only those are loaded.
 */
import type { Config, PropagatorName } from '../config/variables.js'
import { Composite, type Propagator } from './composite.js'
import { baggageLimits } from './propagator.js'

const LOADERS: Readonly<Record<Exclude<PropagatorName, 'none'>, (config: Config) => Propagator>> = {
  b3multi: () => (require('./b3.js') as typeof import('./b3.js')).b3multi,
  b3: () => (require('./b3.js') as typeof import('./b3.js')).b3single,
  jaeger: () => (require('./jaeger.js') as typeof import('./jaeger.js')).jaeger,
  tracecontext: () => (require('./tracecontext.js') as typeof import('./tracecontext.js')).tracecontext,
  baggage: () => (require('./baggage.js') as typeof import('./baggage.js')).baggage,
  xray: () => (require('./xray.js') as typeof import('./xray.js')).xray,
  ottrace: () => (require('./ottrace.js') as typeof import('./ottrace.js')).ottrace,
  gcp: () => (require('./gcp.js') as typeof import('./gcp.js')).gcp,
  sw8: (config) => (require('./sw8.js') as typeof import('./sw8.js')).sw8(() => senderOf(config)),
}

export function propagationOf(config: Config): Composite {
  Object.assign(baggageLimits, { items: config.baggageItems, bytes: config.baggageBytes })
  return new Composite(config.propagators.filter((name) => name !== 'none').map((name) => LOADERS[name](config)))
}

function senderOf(config: Config): { service: string; instance: string } {
  const { serviceNameOf, instanceId } = require('../identity.js') as typeof import('../identity.js')
  return { service: serviceNameOf(config), instance: instanceId(config) }
}
