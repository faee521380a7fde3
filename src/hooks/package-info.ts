/**
 * What is known of an installed package: read from its package.json, since `exports` may forbid to require it.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, posix, relative, sep } from 'node:path'
import type * as Semver from 'semver'

/** What is asked of a package.json; somebody may have written anything into it. */
interface Manifest {
  readonly version?: unknown
  readonly main?: unknown
  readonly exports?: unknown
}

/** Nothing where there is none, or none that can be read. */
function manifestOf(folder: string): Manifest {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) ?? {}) as Manifest
  } catch {
    return {}
  }
}

/** The version in the package.json of `folder`, or undefined. */
export function packageVersion(folder: string): string | undefined {
  const { version } = manifestOf(folder)
  return typeof version === 'string' ? version : undefined
}

// ---- the main file ----

/**
 * The file that `require` of a package gives, by its package.json (Node's "Packages", "main" and "exports"). To have Node
 * look for it takes a millisecond, mostly in paths where it is not; Node is asked where there are conditions of others.
 *
 * @param folder where it is installed
 * @returns inside of the package, with slashes: several where only a look at the disk would tell which of them is there
 */
export function mainsOf(folder: string, name: string): readonly string[] {
  const { main, exports } = manifestOf(folder)
  if (exports === undefined || exports === null) return filesFor(typeof main === 'string' ? main : 'index.js')
  const target = targetIn(exports)
  if (target === undefined) return resolved(folder, name)
  return [posix.normalize(target)]
}

/** `main` may leave out what Node then tries. */
function filesFor(main: string): readonly string[] {
  const file = posix.normalize(main).replace(/\/$/, '')
  return [
    file,
    `${file}.js`,
    `${file}.json`,
    `${file}.node`,
    posix.join(file, 'index.js'),
    posix.join(file, 'index.json'),
  ]
}

/** Conditions that `require` of Node meets, and those that it never does. */
const MET = new Set(['node', 'node-addons', 'require', 'default'])
const UNMET = new Set(['import', 'types', 'browser', 'deno', 'bun', 'worker'])

/** What `exports` has for the package itself; undefined where that depends on what only Node knows. */
function targetIn(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports
  if (typeof exports !== 'object' || exports === null) return undefined
  if ('.' in exports) return targetIn(exports['.'])
  for (const [condition, target] of Object.entries(exports)) {
    if (MET.has(condition)) return targetIn(target)
    if (!UNMET.has(condition)) return undefined
  }
  return undefined
}

function resolved(folder: string, name: string): readonly string[] {
  try {
    const path = createRequire(join(folder, 'package.json')).resolve(name)
    return [relative(folder, path).split(sep).join('/')]
  } catch {
    return []
  }
}

// ---- versions ----

/** From the one to below the other, each with as many numbers as it was given. */
interface Bounds {
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/**
 * Whether `version` lies in `range`; pre-releases count as the version that they precede.
 *
 * Nearly all versions and all of our ranges are plain. For them `semver`, whose loading takes as long as that of all
 * instrumentations, can be spared. So can regular expressions, which V8 takes longer to compile than they are used here.
 */
export function inRange(version: string, range: string): boolean {
  const is = numbersIn(version)
  const parts = range.split(' || ').map(boundsOf)
  if (is?.length !== 3 || parts.includes(undefined)) return satisfies(version, range)
  return parts.some((part) => part !== undefined && compare(is, part.from) >= 0 && compare(is, part.to) < 0)
}

/** Of the plain ones, `>=1.2.3 <2`. */
function boundsOf(part: string): Bounds | undefined {
  const [first = '', last = ''] = part.split(' <', 2)
  const from = first.startsWith('>=') ? numbersIn(first.slice(2)) : undefined
  const to = numbersIn(last)
  return from === undefined || to === undefined || part !== `${first} <${last}` ? undefined : { from, to }
}

/** Whole numbers with a dot between them; undefined where there is anything else, as in `1.2.x`, `01` and `1.2.3-beta`. */
function numbersIn(text: string): number[] | undefined {
  const numbers = text.split('.').map(Number)
  return numbers.length <= 3 && numbers.every(Number.isInteger) && numbers.join('.') === text ? numbers : undefined
}

function satisfies(version: string, range: string): boolean {
  const satisfies = require('semver/functions/satisfies.js') as typeof Semver.satisfies
  return satisfies(version, range, { includePrerelease: true })
}

/**
 * Whether `version` has come out since the instrumentation was made: it lies beyond all `ranges`, of which `range` goes as
 * far as any. Only plain ranges have an end that tells.
 */
export function isNewer(version: string, range: string, ranges: readonly string[]): boolean {
  const is = numbersIn(releaseOf(version))
  const end = endOf(range)
  const ends = ranges.map(endOf)
  if (is === undefined || end === undefined) return false
  return ends.every((other) => other !== undefined && compare(is, other) >= 0 && compare(other, end) <= 0)
}

/** Without what says that it is a pre-release, or which build. */
function releaseOf(version: string): string {
  return version.split('-', 1)[0]?.split('+', 1)[0] ?? ''
}

/** The first version beyond a range. */
function endOf(range: string): readonly number[] | undefined {
  const ends = range.split(' || ').map((part) => boundsOf(part)?.to)
  return ends.sort((a = [], b = []) => compare(a, b)).at(-1)
}

function compare(
  [major = 0, minor = 0, patch = 0]: readonly number[],
  [toMajor = 0, toMinor = 0, toPatch = 0]: readonly number[],
): number {
  return major - toMajor || minor - toMinor || patch - toPatch
}
