import { beforeEach, describe, it } from 'node:test'
import { tracing } from '../support/tracing.js'

// OpenTracing's own suite was written for mocha.
Object.assign(globalThis, { describe, it, beforeEach })
const { default: apiCompatibilityChecks } =
  require('opentracing/lib/test/api_compatibility.js') as typeof import('opentracing/lib/test/api_compatibility.js')

apiCompatibilityChecks(() => tracing().tracer as never, { skipBaggageChecks: false, skipInjectExtractChecks: false })
