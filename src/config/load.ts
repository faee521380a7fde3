/**
 * From the environment to a configuration. Bad values are said and replaced, never thrown.
 */
import { warn, setLogLevel } from '../log.js'
import { variables, type Config, type Variable } from './variables.js'

export type Environment = Readonly<Record<string, string | undefined>>

const FAMILIES = /^(OTEL|JAEGER|PRETRACE)_/

/** Reads the environment and says on stderr what is wrong with it, a line a variable. */
export function loadConfig(env: Environment): Config {
  const lines: string[] = []
  const config = parseConfig(env, lines)
  setLogLevel(config.logLevel)
  for (const line of lines) warn(line)
  return config
}

/** As {@link loadConfig}, but the lines are returned in `lines`. */
export function parseConfig(env: Environment, lines: string[]): Config {
  const present = Object.keys(env).filter((name) => FAMILIES.test(name) && env[name]?.trim() !== '')
  const config: Record<string, unknown> = {}
  const known = new Set<string>()
  for (const [key, entry] of Object.entries(variables) as [string, Variable<unknown>][]) {
    known.add(entry.name)
    entry.aliases?.forEach((alias) => known.add(alias.name))
    config[key] = present.length === 0 ? entry.default : read(entry, env, lines)
  }
  const unknown = present.filter((name) => !known.has(name))
  if (unknown.length > 0) {
    const { judge } = require('./unknown.js') as typeof import('./unknown.js')
    lines.push(...judge(unknown, env, [...known]))
  }
  return checked(config as Config, lines)
}

function read<T>(entry: Variable<T>, env: Environment, lines: string[]): T {
  let value: T | undefined
  let source: string | undefined
  for (const { name, type } of [{ name: entry.name, type: entry.type }, ...(entry.aliases ?? [])]) {
    const text = env[name]?.trim()
    if (text === undefined || text === '') continue
    if (source !== undefined) {
      if (text !== env[source]?.trim()) lines.push(`${name} is not used: ${source} is set too and comes first`)
      continue
    }
    const problems: string[] = []
    const parsed = (type ?? entry.type).parse(text, (problem) => problems.push(problem))
    if (parsed !== undefined) {
      value = parsed
      source = name
    }
    if (problems.length > 0) lines.push(complaint(entry, name, text, problems, parsed ?? entry.default))
  }
  return source === undefined ? entry.default : (value as T)
}

function complaint<T>(entry: Variable<T>, name: string, text: string, problems: string[], used: T): string {
  const shown = entry.secret === true ? '' : `="${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`
  return `${name}${shown} ${problems.join(', ')}; using ${display(used, entry.secret)}`
}

function display(value: unknown, secret = false): string {
  if (value === undefined) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',')
  const shown = JSON.stringify(value)
  if (typeof value !== 'object') return shown.replaceAll('"', '')
  return secret || shown === '{}' ? 'none' : shown
}

/** Values that are each good but do not go together. */
function checked(config: Config, lines: string[]): Config {
  const { batchSize, queueSize, propagators, exporters } = config
  const fixed: { -readonly [Key in keyof Config]: Config[Key] } = { ...config }
  if (batchSize > queueSize) {
    lines.push(`OTEL_BSP_MAX_EXPORT_BATCH_SIZE=${batchSize} is more than the queue holds; using ${queueSize}`)
    fixed.batchSize = queueSize
  }
  if (propagators.includes('none')) fixed.propagators = alone('OTEL_PROPAGATORS', propagators, lines)
  if (exporters.includes('none')) fixed.exporters = alone('OTEL_TRACES_EXPORTER', exporters, lines)
  return fixed
}

/** `none` among others contradicts them. The others were written for a reason. */
function alone<Word extends string>(name: string, words: readonly Word[], lines: string[]): readonly Word[] {
  const others = words.filter((word) => word !== 'none')
  if (others.length > 0) lines.push(`${name}="${words.join(',')}" says none and more; using ${others.join(',')}`)
  return others
}
