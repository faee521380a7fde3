/**
 * From the environment to a configuration. Bad values are said and replaced, never thrown.
 */
import { setLogLevel, warnOnce } from '../log.js'
import { variables, type Alias, type Config, type Variable } from './variables.js'

export type Environment = Readonly<Record<string, string | undefined>>

const FAMILIES = /^(OTEL|JAEGER|PRETRACE)_/
/** Names that are everybody's. */
const COMMON = /^((https?|no)_proxy|(HTTPS?|NO)_PROXY)$/
const LONGEST_SHOWN = 60

/** What is set of our families, trimmed. Empty is as unset. */
type Present = ReadonlyMap<string, string>

/** The variables in which whoever starts a process may hand over a trace (see propagation/environment.ts). */
const CARRIER =
  /^(TRACEPARENT|TRACESTATE|BAGGAGE|B3|X_B3_[A-Z]+|UBER_TRACE_ID|UBERCTX_\w+|JAEGER_DEBUG_ID|JAEGER_BAGGAGE|X_AMZN_TRACE_ID|X_CLOUD_TRACE_CONTEXT|OT_TRACER_[A-Z]+|OT_BAGGAGE_\w+|SW8|SW8_CORRELATION)$/

/** What `env` has of another process's trace, as it is now; undefined where there is none. */
export function carriedBy(env: Environment): Environment | undefined {
  const names = Object.keys(env).filter((name) => CARRIER.test(name))
  return names.length === 0 ? undefined : Object.fromEntries(names.map((name) => [name, env[name]]))
}

/** Reads the environment and says on stderr what is wrong with it, a line a variable, not again in each worker. */
export function loadConfig(env: Environment): Config {
  const lines: string[] = []
  const config = parseConfig(env, lines)
  setLogLevel(config.logLevel)
  for (const line of lines) warnOnce(line, line)
  return config
}

/** As {@link loadConfig}, but the lines are returned in `lines`. */
export function parseConfig(env: Environment, lines: string[]): Config {
  const present = presentIn(env)
  const config: Record<string, unknown> = {}
  const known = new Set<string>()
  for (const [key, entry] of Object.entries(variables) as [string, Variable<unknown>][]) {
    config[key] = present.size === 0 ? entry.default : read(entry, present, env, known, lines)
  }
  if (present.size === 0) return config as Config
  const fixed = checked(config as Config, present, lines)
  const unknown = [...present.keys()].filter((name) => !known.has(name))
  if (unknown.length > 0) {
    const { judge } = require('./unknown.js') as typeof import('./unknown.js')
    lines.push(...judge(unknown, present, [...known], fixed))
  }
  return fixed
}

function presentIn(env: Environment): Present {
  const present = new Map<string, string>()
  for (const name of Object.keys(env)) {
    const value = FAMILIES.test(name) || COMMON.test(name) ? env[name]?.trim() : undefined
    if (value !== undefined && value !== '') present.set(name, value)
  }
  return present
}

/** One name of a variable as it was found. */
interface Reading<T> extends Alias<T> {
  readonly isSecret: boolean
  readonly text: string
  readonly value: T | undefined
  readonly problems: readonly string[]
}

/** The first name that has a usable value gives it. */
function read<T>(entry: Variable<T>, present: Present, env: Environment, known: Set<string>, lines: string[]): T {
  const readings: Reading<T>[] = []
  for (const alias of [entry, ...(entry.aliases ?? [])]) {
    known.add(alias.name)
    const text = present.get(alias.name)
    if (text === undefined || isServiceLink(alias.name, text)) continue
    const problems: string[] = []
    const value = (alias.type ?? entry.type).parse(text, (problem) => problems.push(problem), env)
    readings.push({ ...alias, isSecret: entry.secret === true, text, value, problems })
  }
  const winner = readings.find(({ value }) => value !== undefined)
  const used = winner === undefined ? entry.default : (winner.value as T)
  for (const reading of readings) {
    const line = lineOf(reading, winner, display(used))
    if (line !== undefined) lines.push(line)
  }
  return used
}

/** Kubernetes and Docker write `JAEGER_AGENT_PORT=tcp://…` for a service of that name. */
export function isServiceLink(name: string, text: string): boolean {
  return name.endsWith('_PORT') && /^(tcp|udp):\/\//.test(text)
}

function lineOf<T>(reading: Reading<T>, winner: Reading<T> | undefined, used: string): string | undefined {
  const { name, problems, value } = reading
  if (problems.length > 0) return `${name}${shown(reading)} ${problems.join(', ')}; using ${used}`
  if (winner === undefined || reading === winner || reading.isGeneral === true) return undefined
  if (JSON.stringify(value) === JSON.stringify(winner.value)) return undefined
  return `${name} is not used: ${winner.name} is set too and comes first; using ${used}`
}

/** The value as it was given, unless it may hold a secret. */
function shown<T>({ text, isSecret }: Reading<T>): string {
  if (isSecret || /:\/\/.*@/.test(text)) return ''
  return `="${text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text}"`
}

/** A value as messages show it. */
export function display(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  if (Array.isArray(value)) {
    if (typeof value[0] === 'object') return `the other ${value.length}`
    return value.length === 0 ? 'none' : value.join(',')
  }
  // Of pairs the keys alone: any value may be a secret.
  if (typeof value === 'object') return Object.keys(value).join(',') || 'none'
  return `${value as string | number | boolean}`
}

/** Values that are each good but do not go together. */
function checked(config: Config, present: Present, lines: string[]): Config {
  const { batchSize, queueSize, propagators, detectors, exporters } = config
  const fixed: { -readonly [Key in keyof Config]: Config[Key] } = { ...config }
  fixed.resource = { ...config.jaegerTags, ...config.resource }
  if (batchSize > queueSize) {
    const name = variables.batchSize.name
    if (present.has(name)) lines.push(`${name}="${batchSize}" is more than the queue holds; using ${queueSize}`)
    fixed.batchSize = queueSize
  }
  if ([...present.keys()].some((name) => name.includes('SAMPL'))) {
    const { checkedSampling } = require('./sampling.js') as typeof import('./sampling.js')
    Object.assign(fixed, checkedSampling(config, present, lines))
  }
  if (propagators.includes('none')) fixed.propagators = alone('OTEL_PROPAGATORS', propagators, lines)
  if (detectors.includes('none')) fixed.detectors = alone('OTEL_NODE_RESOURCE_DETECTORS', detectors, lines)
  if (exporters.includes('none')) fixed.exporters = alone('OTEL_TRACES_EXPORTER', exporters, lines)
  else fixed.exporters = jaegerIfNamed(config, present, lines)
  if (config.viewer !== undefined) fixed.exporters = withViewer(fixed.exporters, present)
  return fixed
}

/** The viewer takes the place of the collector that nobody has asked for. */
function withViewer(exporters: Config['exporters'], present: Present): Config['exporters'] {
  const asking = [variables.exporters, variables.tracesEndpoint, variables.endpoint].flatMap(namesOf)
  const isAsked = !exporters.includes('otlp') || asking.some((name) => present.has(name))
  return isAsked ? [...exporters.filter((name) => name !== 'none'), 'viewer'] : ['viewer']
}

/** Where nothing says how to export, the address of a Jaeger agent or collector does, unless there is one of OTLP too. */
function jaegerIfNamed(config: Config, present: Present, lines: string[]): Config['exporters'] {
  const { exporters } = config
  if (present.has(variables.exporters.name)) return exporters
  const keys = (['jaegerEndpoint', 'jaegerAgentHost', 'jaegerAgentPort'] as const).filter(
    (key) => config[key] !== undefined,
  )
  if (keys.length === 0) return exporters
  const named = keys.flatMap((key) => namesOf(variables[key])).find((name) => present.has(name))
  const otlp = [variables.tracesEndpoint.name, variables.endpoint.name].find((name) => present.has(name))
  if (otlp === undefined) return exporters.map((name) => (name === 'otlp' ? 'jaeger' : name))
  lines.push(`${named} is not used: ${otlp} is set too and comes first; using ${exporters.join(',')}`)
  return exporters
}

function namesOf({ name, aliases = [] }: Variable<unknown>): string[] {
  return [name, ...aliases.map((alias) => alias.name)]
}

/** `none` among others contradicts them. The others were written for a reason. */
function alone<Word extends string>(name: string, words: readonly Word[], lines: string[]): readonly Word[] {
  const others = words.filter((word) => word !== 'none')
  if (others.length > 0) lines.push(`${name}="${words.join(',')}" says none and more; using ${others.join(',')}`)
  return others
}
