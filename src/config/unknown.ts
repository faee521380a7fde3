/**
 * Names of our families that the table does not have: other people's, or a slip of the pen.
 */
import type { Environment } from './load.js'

/** Real variables of the specifications that have no bearing on traces in Node. */
const ELSEWHERE = [
  /^OTEL_(METRICS?|LOGS?|BLRP|EXEMPLARS?|PYTHON|JAVA|JAVAAGENT|DOTNET|PHP|GO|RUBY|ENTITIES|SEMCONV_STABILITY_OPT_IN)(_|$)/,
  /^OTEL_EXPORTER_OTLP_(METRICS|LOGS|PROFILES)_/,
  /^OTEL_EXPORTER_PROMETHEUS_/,
  /^OTEL_LOG_(?!LEVEL)/,
  /^JAEGER_(LISTEN_HOST|AGENT_SOCKET_TYPE|RPC_METRICS)$/,
]

/** What Kubernetes and Docker links write for a service called `jaeger-…` or `otel-…`. */
const SERVICE_LINK = /_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP)(_\w+)?)$/
const LINK_VALUE = /^(tcp|udp):\/\//

/** How many slips make another name. */
const MOST_SLIPS = 3

/** A line for each of `names` that somebody should hear of. */
export function judge(names: readonly string[], env: Environment, known: readonly string[]): string[] {
  return names.filter((name) => !belongsElsewhere(name, env[name] ?? '')).map((name) => line(name, known))
}

function belongsElsewhere(name: string, value: string): boolean {
  return SERVICE_LINK.test(name) || LINK_VALUE.test(value) || ELSEWHERE.some((pattern) => pattern.test(name))
}

function line(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return `${name} is not a variable that pretrace knows${near === undefined ? '' : `; did you mean ${near}?`}`
}

/** The known name with the fewest differences, if they are few. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined
  let fewest = MOST_SLIPS + 1
  for (const candidate of known) {
    const slips = distance(name, candidate)
    if (slips < fewest) [best, fewest] = [candidate, slips]
  }
  return best
}

/** Levenshtein's distance, one row at a time. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MOST_SLIPS) return MOST_SLIPS + 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
