/**
 * From configuration to the header formats it asks for.
 */
import type { Config, PropagatorName } from '../config/variables.js'
import { b3multi, b3single } from './b3.js'
import { baggage } from './baggage.js'
import { Composite, type Propagator } from './composite.js'
import { jaeger } from './jaeger.js'
import { tracecontext } from './tracecontext.js'

const BY_NAME: Readonly<Record<Exclude<PropagatorName, 'none'>, Propagator>> = {
  b3multi,
  b3: b3single,
  jaeger,
  tracecontext,
  baggage,
}

export function propagationOf({ propagators }: Config): Composite {
  return new Composite(propagators.filter((name) => name !== 'none').map((name) => BY_NAME[name]))
}
