/**
 * What the global object of OpenTelemetry's API gets from us. Loaded when the application uses that API for the first time.
 */
import type { Running } from '../../core.js'
import type { ApiParts } from './api.js'
import { ContextManager } from './context-manager.js'
import { Propagator } from './propagator.js'
import { TracerProvider } from './tracer.js'

export function apiParts(running: Running): ApiParts {
  return {
    trace: new TracerProvider(running),
    context: new ContextManager(),
    propagation: new Propagator(running.propagation),
  }
}
