/**
 * What is to be tested: out of the ranges that the instrumentations declare, and of what was published.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import compare from 'semver/functions/compare.js'
import major from 'semver/functions/major.js'
import prerelease from 'semver/functions/prerelease.js'
import satisfies from 'semver/functions/satisfies.js'
import minVersion from 'semver/ranges/min-version.js'
import { instrumentations } from '../../instrumentations/index.js'
import { root } from '../support/run.js'

export interface Row {
  readonly library: string
  /** Undefined for what is part of Node. */
  readonly version: string | undefined
  /** Why this version is tested. */
  readonly role: string
}

/** Each has a contract of its name, and a package of that name but for what is part of Node. */
export const LIBRARIES = [
  'http',
  'http2',
  'express',
  'undici',
  'pg',
  'redis',
  'ioredis',
  'pg-native',
  'prisma',
] as const
/** Libraries over one that is instrumented, too large to be installed for `npm test`: tested at their newest. */
const OVER: Readonly<Record<string, string>> = { 'pg-native': 'over `pg`', prisma: 'over `pg`, by its adapter' }
/** Versions that tell more than their neighbours. */
const FURTHER: Readonly<Record<string, readonly (readonly [version: string, role: string])[]>> = {
  express: [
    ['4.5.1', 'last without methods of layers'],
    ['4.6.0', 'first with them'],
  ],
  pg: [['8.0.3', 'first to connect on Node 14 and later']],
  redis: [
    ['2.2.5', 'last to be given its stream'],
    ['2.5.3', 'last to be patched as 2.0 is'],
  ],
}
const BUILTIN: ReadonlySet<string> = new Set(['http', 'http2'])

const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } }
const oldest = minVersion(engines.node)

/** The oldest Node that pretrace runs on, and the newest of each later release line. */
export const NODES: readonly string[] = [`${oldest?.major}.${oldest?.minor}`, '20', '22', '24', '26']

/** The versions of a library that its instrumentation declares; undefined for what has none of its own. */
export function declaredRange(library: string): string | undefined {
  if (BUILTIN.has(library) || library in OVER) return undefined
  const listed = instrumentations.find(({ modules }) => modules.includes(library))
  if (listed === undefined) throw new Error(`nothing instruments ${library}`)
  const { rangeOf } = require(join(root, 'scripts', 'ranges.js')) as {
    rangeOf(instrumentation: object, module: string): string
  }
  return rangeOf(listed.load(), library)
}

export function rowsOf(library: string): readonly Row[] {
  const range = declaredRange(library)
  const over = OVER[library]
  if (over !== undefined) return [{ library, version: publishedVersions(library).at(-1), role: over }]
  if (range === undefined) return [{ library, version: undefined, role: 'part of Node' }]
  const versions = publishedVersions(library)
  const supported = versions.filter((version) => satisfies(version, range))
  const newest = versions.at(-1)
  const majorAt = (at: number): number | undefined => (supported[at] === undefined ? undefined : major(supported[at]))
  const roles = new Map<string, string[]>()
  const add = (version: string | undefined, role: string): void => {
    if (version !== undefined) roles.set(version, [...(roles.get(version) ?? []), role])
  }
  add(supported[0], 'floor')
  supported.forEach((version, i) => {
    if (majorAt(i) !== majorAt(i - 1) && i > 0) add(version, `first ${major(version)}`)
    if (majorAt(i) !== majorAt(i + 1)) add(version, `last ${major(version)}`)
  })
  for (const [version, role] of FURTHER[library] ?? []) add(version, role)
  add(newest, newest === supported.at(-1) ? 'newest' : 'newest, above the range')
  return [...roles]
    .sort(([a], [b]) => compare(a, b))
    .map(([version, role]) => ({ library, version, role: role.join(', ') }))
}

/** In ascending order, without pre-releases. */
function publishedVersions(name: string): readonly string[] {
  const told = execFileSync('npm', ['view', name, 'versions', '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const versions = JSON.parse(told) as string | string[]
  return [versions]
    .flat()
    .filter((version) => prerelease(version) === null)
    .sort(compare)
}
