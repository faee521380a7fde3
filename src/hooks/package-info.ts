/**
 * What is known of an installed package: read from disk, since `exports` may forbid to require it.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import satisfies from 'semver/functions/satisfies.js'

/** The version in the package.json of `folder`, or undefined. */
export function packageVersion(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}

/** Whether `version` lies in `range`; pre-releases count as the version that they precede. */
export function inRange(version: string, range: string): boolean {
  return satisfies(version, range, { includePrerelease: true })
}
