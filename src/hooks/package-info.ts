/**
 * What is known of an installed package: read from disk, since `exports` may forbid to require it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type * as Semver from 'semver'

/** The version in the package.json of `folder`, or undefined. */
export function packageVersion(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}

/** The plain ones, which need no grammar. */
const VERSION = /^(\d+)\.(\d+)\.(\d+)$/
const RANGE = /^>=(\d+)(?:\.(\d+))?(?:\.(\d+))? <(\d+)(?:\.(\d+))?$/
/** The version that a pre-release precedes. */
const START = /^(\d+)\.(\d+)\.(\d+)/
const END = / <(\d+)(?:\.(\d+))?$/

/**
 * Whether `version` lies in `range`; pre-releases count as the version that they precede.
 *
 * Nearly all versions and all of our ranges are plain. For them `semver`, whose loading takes as long as that of all
 * instrumentations, can be spared.
 */
export function inRange(version: string, range: string): boolean {
  const is = numbersIn(VERSION, version)
  const bounds = range.split(' || ').map((part) => numbersIn(RANGE, part))
  if (is === undefined || bounds.includes(undefined)) return satisfies(version, range)
  return bounds.some((part) => part !== undefined && isBetween(is, part))
}

function isBetween(version: number[], bounds: number[]): boolean {
  return compare(version, bounds.slice(0, 3)) >= 0 && compare(version, bounds.slice(3)) < 0
}

function numbersIn(form: RegExp, text: string): number[] | undefined {
  return form
    .exec(text)
    ?.slice(1)
    .map((digits: string | undefined) => Number(digits ?? 0))
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
  const is = numbersIn(START, version)
  const end = endOf(range)
  const ends = ranges.map(endOf)
  if (is === undefined || end === undefined) return false
  return ends.every((other) => other !== undefined && compare(is, other) >= 0 && compare(other, end) <= 0)
}

/** The first version beyond a range. */
function endOf(range: string): number[] | undefined {
  const ends = range.split(' || ').map((part) => numbersIn(END, part))
  return ends.sort((a = [], b = []) => compare(a, b)).at(-1)
}

function compare(
  [major = 0, minor = 0, patch = 0]: number[],
  [toMajor = 0, toMinor = 0, toPatch = 0]: number[],
): number {
  return major - toMajor || minor - toMinor || patch - toPatch
}
