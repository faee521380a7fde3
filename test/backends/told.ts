/**
 * What was told of a span, in whatever words, and whether the same arrived.
 */

/** A span in words that every backend has. */
export interface Told {
  readonly traceId: string
  readonly id: string
  readonly parentId: string | undefined
  readonly service: string
  readonly name: string
  readonly kind: string
  /** Epoch microseconds. */
  readonly start: number
  readonly duration: number
  readonly failed: boolean
  readonly tags: ReadonlyMap<string, string>
  /** What all spans of the process have in common. */
  readonly resource: ReadonlyMap<string, string>
  /** The text of each log. */
  readonly logs: readonly string[]
  /** Ids of the spans referred to beside the parent. */
  readonly links: readonly string[]
}

/** How a protocol tells things. */
export interface Dialect {
  /** Whether tags have OpenTelemetry's names or OpenTracing's. */
  readonly vocabulary: 'opentelemetry' | 'opentracing'
  /** Zipkin's names are in lower case. */
  readonly isLowerCase?: boolean
  /** Zipkin has no links. */
  readonly hasNoLinks?: boolean
}

/** OpenTelemetry's names of tags by OpenTracing's, as far as services here have them. */
const OPENTRACING: Readonly<Record<string, string>> = {
  'http.request.method': 'http.method',
  'http.response.status_code': 'http.status_code',
  'http.route': 'http.route',
  'user_agent.original': 'http.user_agent',
  'db.query.text': 'db.statement',
}

/** The same moment, rounded in two ways. */
const ROUNDING = 1

/** What of `told` has not arrived, or not as told; nothing if all has. */
export function differences(told: readonly Told[], arrived: readonly Told[], dialect: Dialect): string[] {
  const found = told.flatMap((span) => {
    const same = arrived.filter(({ id }) => id === span.id)
    const [only] = same
    const what = `${span.service}: ${span.name} (${span.id})`
    if (only === undefined) return [`${what} has not arrived`]
    if (same.length > 1) return [`${what} has arrived ${same.length} times`]
    return differencesOf(span, only, dialect).map((difference) => `${what}: ${difference}`)
  })
  const strangers = arrived.filter(({ id }) => !told.some((span) => span.id === id))
  return [...found, ...strangers.map(({ service, name, id }) => `${service}: ${name} (${id}) was never told of`)]
}

function differencesOf(told: Told, arrived: Told, dialect: Dialect): string[] {
  const found: string[] = []
  const compare = (what: string, is: unknown, should: unknown): void => {
    if (is !== should) found.push(`its ${what} is ${JSON.stringify(is)}, not ${JSON.stringify(should)}`)
  }
  const named = (text: string): string => (dialect.isLowerCase === true ? text.toLowerCase() : text)
  for (const key of ['traceId', 'parentId', 'kind', 'failed'] as const) compare(key, arrived[key], told[key])
  for (const key of ['service', 'name'] as const) compare(key, arrived[key], named(told[key]))
  for (const key of ['start', 'duration'] as const)
    if (Math.abs(arrived[key] - told[key]) > ROUNDING) compare(key, arrived[key], told[key])
  for (const [key, value] of told.tags) {
    const name = nameOf(key, dialect)
    if (name !== undefined) compare(`tag ${name}`, arrived.tags.get(name), value)
  }
  // Zipkin knows no process: what is common to all spans is on each of them.
  const environment = arrived.resource.get(ENVIRONMENT) ?? arrived.tags.get(ENVIRONMENT)
  compare('environment', environment, told.resource.get(ENVIRONMENT))
  compare('number of logs', arrived.logs.length, told.logs.length)
  for (const log of told.logs.filter((text) => text.includes(NOTE)))
    if (!arrived.logs.some((text) => text.includes(NOTE))) found.push(`its log "${log}" has not arrived`)
  if (dialect.hasNoLinks !== true) compare('links', arrived.links.join(), told.links.join())
  return found
}

/** A resource attribute and a text in a log that are looked for. */
export const ENVIRONMENT = 'deployment.environment.name'
export const NOTE = 'es ist zerbrochen: ✗ 💥'

function nameOf(key: string, { vocabulary }: Dialect): string | undefined {
  // Whether a span has failed is told in as many ways as there are backends.
  if (key === 'error.type') return undefined
  if (vocabulary === 'opentelemetry' || key.startsWith('probe.')) return key
  return OPENTRACING[key]
}
