/**
 * Other tracers in the process. Two that patch the same libraries make twice the spans, and each is in the other's way.
 *
 * Named are the packages that patch. A tracer that patches nothing, such as an OpenTelemetry SDK whose spans the
 * application makes itself, does no harm; see bridge/.
 */
import { packageOf } from './package-of.js'

/** What a package's tracer is called, by the package's name. */
export const otherTracers: ReadonlyMap<string, string> = new Map([
  ['dd-trace', 'Datadog'],
  ['newrelic', 'New Relic'],
  ['elastic-apm-node', 'Elastic APM'],
  ['@opentelemetry/instrumentation', 'OpenTelemetry'],
  ['@instana/core', 'Instana'],
  ['@google-cloud/trace-agent', 'Google Cloud Trace'],
  ['aws-xray-sdk-core', 'AWS X-Ray'],
  ['appdynamics', 'AppDynamics'],
  ['skywalking-backend-js', 'SkyWalking'],
  ['signalfx-tracing', 'SignalFx'],
  ['zipkin-instrumentation-express', 'Zipkin'],
])

/** The packages of other tracers among loaded files, such as the keys of `require.cache`. */
export function otherTracersAmong(files: Iterable<string>): string[] {
  const found = new Set<string>()
  for (const file of files) {
    const name = packageOf(file)?.name
    if (name !== undefined && otherTracers.has(name)) found.add(name)
  }
  return [...found]
}

/** What to say of one of them. */
export function otherTracerLine(name: string): string {
  const tracer = otherTracers.get(name)
  return `${tracer} (${name}) patches this process too: what both trace has two spans; keep one of them, see pretrace doctor`
}
