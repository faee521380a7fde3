/**
 * The short form of `npm run test:versions`: the versions that are installed here, on this Node.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { foldersWith, libraries } from '../support/run.js'
import { KINDS, runCell } from './cell.js'
import { startAll } from './servers.js'

const FOLDERS: readonly (readonly [library: string, ...folders: string[]])[] = [
  ['http'],
  ['http2'],
  ['express', 'current', 'express-4'],
  ['undici', 'current', 'redis-4'],
  ['pg', 'current'],
  ['redis', 'current', 'redis-5', 'redis-4', 'redis-3', 'redis-2'],
  ['ioredis', 'current', 'redis-4', 'redis-3'],
]

function versionIn(folder: string, library: string): string {
  const paths = createRequire(join(folder, 'app.js')).resolve.paths(library) ?? []
  for (const path of paths) {
    try {
      return (JSON.parse(readFileSync(join(path, library, 'package.json'), 'utf8')) as { version: string }).version
    } catch {
      // Not there.
    }
  }
  throw new Error(`${library} is not installed in ${folder}`)
}

describe('the contract of', () => {
  let servers: Awaited<ReturnType<typeof startAll>>
  before(async () => {
    servers = await startAll()
  })
  after(() => servers.stop())

  for (const [library, ...names] of FOLDERS) {
    const folders = names.length === 0 ? [libraries('current')] : foldersWith(library, ...names)
    for (const folder of folders) {
      it(`${library}${names.length === 0 ? '' : ` in ${basename(folder)}`} is kept, as CommonJS and as ES module`, async () => {
        const version = names.length === 0 ? undefined : versionIn(folder, library)
        for (const kind of KINDS) {
          const cell = { library, version, folder, kind, node: process.execPath, env: servers.env }
          assert.deepEqual(await runCell(cell), {}, kind)
        }
      })
    }
  }
})
