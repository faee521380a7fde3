/**
 * Versions of libraries and of Node in a folder that git does not know.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/run.js'
import type { Row } from './plan.js'

const cache = join(root, '.cache', 'versions')

/** @returns a folder from which `require` and `import` find that version of the library */
export function installed({ library, version }: Row): string {
  return version === undefined
    ? folderWith(library, [], '--ignore-scripts')
    : folderWith(`${library}-${version}`, [`${library}@${version}`], '--ignore-scripts')
}

/**
 * @param release such as `24`, or `18.19`
 * @returns the executable: the npm package `node` brings those of all platforms
 */
export function nodeOf(release: string): string {
  const home = folderWith(`node-${release}`, [`node@${release}`])
  return join(home, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/** Made whole or not at all. */
function folderWith(name: string, packages: readonly string[], ...flags: string[]): string {
  const folder = join(cache, name)
  const mark = join(folder, '.complete')
  if (existsSync(mark)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  if (packages.length > 0) {
    const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...flags, ...packages]
    execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  writeFileSync(mark, '')
  return folder
}
