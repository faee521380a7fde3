/**
 * Versions of libraries and of Node in a folder that git does not know.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import major from 'semver/functions/major.js'
import { root } from '../support/run.js'
import type { Row } from './plan.js'

const cache = join(root, '.cache', 'versions')

/**
 * @param release of Node, for what is compiled
 * @returns a folder from which `require` and `import` find that version of the library
 * @throws where it cannot be had on this machine
 */
export function installed({ library, version }: Row, release: string): string {
  if (library === 'pg-native') return withBindings(`${library}-${version}-node-${release}`, version, release)
  if (library === 'prisma') return withPrisma(`${library}-${version}`, version)
  return version === undefined
    ? folderWith(library, [])
    : folderWith(`${library}-${version}`, [`${library}@${version}`])
}

/** Bindings to libpq are compiled, with the headers that come with each Node. */
function withBindings(name: string, version: string | undefined, release: string): string {
  const home = join(nodeOf(release), '..', '..')
  const nodedir = realpathSync(join(home, 'node_modules', `node-${process.platform}-${process.arch}`))
  return folderWith(name, ['pg', `pg-native@${version}`], [], { npm_config_nodedir: nodedir })
}

const SCHEMA = `
generator client {
  provider = "prisma-client-js"
  output   = "../generated"
}
datasource db {
  provider = "postgresql"
}
model Thing {
  id    Int    @id @default(autoincrement())
  label String
}
`

function withPrisma(name: string, version: string | undefined): string {
  // They are not always published in step.
  const packages = [
    `prisma@${version}`,
    ...['@prisma/client', '@prisma/adapter-pg'].map((part) => `${part}@${major(version ?? '')}`),
  ]
  const folder = folderWith(name, packages)
  if (existsSync(join(folder, 'generated'))) return folder
  mkdirSync(join(folder, 'prisma'), { recursive: true })
  writeFileSync(join(folder, 'prisma', 'schema.prisma'), SCHEMA)
  // A client is generated without the engine for migrations, which would be downloaded all the same.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath }
  const cli = join(folder, 'node_modules', 'prisma', 'build', 'index.js')
  execFileSync(process.execPath, [cli, 'generate'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] })
  return folder
}

/**
 * @param release such as `24`, or `18.19`
 * @returns the executable: the npm package `node` brings those of all platforms
 */
export function nodeOf(release: string): string {
  const home = folderWith(`node-${release}`, [`node@${release}`], [])
  return join(home, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
}

/** Made whole or not at all. */
function folderWith(
  name: string,
  packages: readonly string[],
  flags: readonly string[] = ['--ignore-scripts'],
  env: Readonly<Record<string, string>> = {},
): string {
  const folder = join(cache, name)
  const mark = join(folder, '.complete')
  if (existsSync(mark)) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  if (packages.length > 0) {
    const args = ['install', '--no-audit', '--no-fund', '--loglevel=error', ...flags, ...packages]
    execFileSync('npm', args, { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  writeFileSync(mark, '')
  return folder
}
