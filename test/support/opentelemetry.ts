/**
 * The real `@opentelemetry/api` in this process, with a tracer behind it whose finished spans are kept in a list.
 */
import type { TextMapPropagator, Tracer, TracerProvider } from '@opentelemetry/api'
import { offerToApi } from '../../src/bridge/opentelemetry/offer.js'
import { apiParts } from '../../src/bridge/opentelemetry/parts.js'
import type { Running } from '../../src/core.js'
import { tracing, type Traced } from './tracing.js'

export interface ApiTraced extends Traced {
  readonly api: Tracer
  readonly provider: TracerProvider
  readonly propagator: TextMapPropagator
}

function running({ tracer, propagation }: Traced): Running {
  return { tracer, propagation, options: {} as never, flush: () => Promise.resolve() }
}

/** As the preload does it, once a process: the API's `context` and its helpers work from here on. */
export function offered(): Traced {
  const traced = tracing()
  offerToApi(() => running(traced))
  return traced
}

/** Parts of their own, for a configuration of their own. */
export function apiTracing(env?: Readonly<Record<string, string>>): ApiTraced {
  const traced = tracing(env)
  const { trace, propagation } = apiParts(running(traced))
  const provider = trace as TracerProvider
  return { ...traced, provider, api: provider.getTracer('lib', '1.2.3'), propagator: propagation as TextMapPropagator }
}
