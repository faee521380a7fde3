/**
 * The environment explained, variable by variable: what was found, and what came of it. For the doctor.
 */
import { display, parseConfig, type Environment } from './load.js'
import { variables, type Config, type Variable } from './variables.js'

export interface Explained {
  /** The name that was set, or the variable's own where none was. */
  readonly name: string
  /** As it was set; undefined where it was not, or may hold a secret. */
  readonly text?: string
  readonly isSecret: boolean
  /**
   * `unused`: another name of the same variable comes first. `foreign`: in our families of names, and not for us.
   * `unknown`: nobody's, as far as we know.
   */
  readonly state: 'default' | 'used' | 'bad' | 'unused' | 'unknown' | 'foreign'
  /** The value that counts, of pairs the keys alone. */
  readonly effective?: string
  readonly meaning?: string
  /** The line that was said about it. */
  readonly problem?: string
}

const FAMILIES = /^(OTEL|JAEGER|PRETRACE)_/

/** Every variable that is set, and those that are not with their defaults. */
export function explain(env: Environment): Explained[] {
  const lines: string[] = []
  const config = parseConfig(env, lines)
  const entries = Object.entries(variables) as [keyof Config, Variable<unknown>][]
  const explained = entries.flatMap(([key, entry]) => explainEntry(entry, config[key], env, lines))
  const known = new Set(explained.map(({ name }) => name))
  const others = Object.keys(env).filter((name) => FAMILIES.test(name) && !known.has(name) && isSet(env, name))
  return [...explained, ...others.map((name) => stranger(name, lines))]
}

function explainEntry(
  entry: Variable<unknown>,
  value: unknown,
  env: Environment,
  lines: readonly string[],
): Explained[] {
  const shared = { isSecret: entry.secret === true, effective: shown(entry, value), meaning: entry.meaning }
  const names = [entry, ...(entry.aliases ?? [])].map(({ name }) => name).filter((name) => isSet(env, name))
  if (names.length === 0) return [{ ...shared, name: entry.name, state: 'default' }]
  return names.map((name, index) => {
    const text = env[name] as string
    const isSecret = shared.isSecret || /:\/\/.*@/.test(text)
    const problem = lineAbout(name, lines)
    const state = problem === undefined ? (index === 0 ? 'used' : 'unused') : stateBy(problem)
    return { ...shared, name, isSecret, state, ...(!isSecret && { text }), ...(problem !== undefined && { problem }) }
  })
}

function stateBy(problem: string): Explained['state'] {
  return / is not used: /.test(problem) ? 'unused' : 'bad'
}

/** Its value may be a secret under a misspelt name. */
function stranger(name: string, lines: readonly string[]): Explained {
  const problem = lineAbout(name, lines)
  return problem === undefined
    ? { name, isSecret: true, state: 'foreign' }
    : { name, isSecret: true, state: problem.includes('is not supported') ? 'bad' : 'unknown', problem }
}

function lineAbout(name: string, lines: readonly string[]): string | undefined {
  return lines.find((line) => line.startsWith(name) && !/[A-Za-z0-9_]/.test(line.charAt(name.length)))
}

function shown({ secret }: Variable<unknown>, value: unknown): string {
  const text = display(value)
  return secret === true || /:\/\/.*@/.test(text) ? (text === 'none' ? 'none' : '(hidden)') : text
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '').trim() !== ''
}
