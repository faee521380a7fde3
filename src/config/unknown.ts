/**
 * Names of our families that the table does not have: other people's, those of what this version cannot do, or a slip
 * of the pen.
 */
import { isServiceLink } from './load.js'
import { nearest } from './nearest.js'
import type { Config } from './variables.js'

/** Real variables of the specifications that have no bearing on traces in Node. */
const ELSEWHERE = [
  /^OTEL_(METRICS?|LOGS|LOGRECORD|BLRP|EXEMPLARS?|PYTHON|JAVA|JAVAAGENT|DOTNET|PHP|GO|RUBY|ENTITIES)(_|$)/,
  /^OTEL_EXPORTER_OTLP_(METRICS|LOGS|PROFILES)_/,
  /^OTEL_EXPORTER_PROMETHEUS_/,
  /^OTEL_(SEMCONV_STABILITY_OPT_IN|NODE_EXPERIMENTAL_SDK_METRICS)$/,
  /^JAEGER_(LISTEN_HOST|AGENT_SOCKET_TYPE|RPC_METRICS)$/,
  // Headers in the environment (propagation/environment.ts).
  /^JAEGER_(DEBUG_ID|BAGGAGE)$/,
]

/** What Kubernetes and Docker links write for a service called `jaeger-…` or `otel-…`. */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP)(_\w+)?|ENV_\w+)$/

/** Real variables that this version does not serve, and what happens instead. */
const UNSERVED: readonly (readonly [names: RegExp, instead: (config: Config) => string])[] = [
  [/^OTEL_EXPORTER_OTLP_(TRACES_)?INSECURE$/, () => 'the endpoint’s http:// or https:// decides'],
  [/^JAEGER_REPORTER_ATTEMPT_RECONNECT\w+$/, () => 'the agent is looked up again after each failure'],
  [/^JAEGER_TRACEID_128BIT$/, () => 'new trace ids always have 128 bits'],
  [/^OTEL_(EXPERIMENTAL_)?CONFIG_FILE$/, () => 'the environment alone is read'],
  [/^PRETRACE_REDIS_ARGUMENTS$/, () => 'PRETRACE_EXPOSE_REDIS_ARGUMENTS says what it does'],
  [/^OTEL_BSP_EXPORT_TIMEOUT$/, ({ exportTimeout }) => `a message may take ${exportTimeout} ms`],
  [/^OTEL_(EVENT|LINK|SPAN)_ATTRIBUTE_(PER_(EVENT|LINK)_)?COUNT_LIMIT$/, ({ tagCount }) => `using ${tagCount}`],
]

/** Values that ask for what happens anyway. */
const HARMLESS = [/^OTEL_EXPORTER_OTLP_(TRACES_)?INSECURE=/]

/** A line for each of `names` that somebody should hear of. */
export function judge(
  names: readonly string[],
  values: ReadonlyMap<string, string>,
  known: readonly string[],
  config: Config,
): string[] {
  return names
    .filter((name) => !belongsElsewhere(name, values.get(name) ?? ''))
    .map((name) => unserved(name, config) ?? line(name, known))
}

function belongsElsewhere(name: string, value: string): boolean {
  if (SERVICE_LINK.test(name) || isServiceLink(name, value) || (name.endsWith('_NAME') && value.startsWith('/')))
    return true
  return [...ELSEWHERE, ...HARMLESS].some((pattern) => pattern.test(name) || pattern.test(`${name}=${value}`))
}

function unserved(name: string, config: Config): string | undefined {
  const instead = UNSERVED.find(([names]) => names.test(name))?.[1]
  return instead === undefined ? undefined : `${name} is not supported by this version; ${instead(config)}`
}

function line(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  const hint = near === undefined ? '' : `; did you mean ${near}?`
  return `${name} is not a variable that pretrace knows and is not used${hint}`
}
