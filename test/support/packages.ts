/**
 * Packages made up for a test, in a folder that goes when the test does.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'

/** An application's folder. Its `require` looks where a file of the application would. */
export interface AppFolder {
  readonly require: NodeJS.Require
  /** @param files their sources by name; `index.js` is the main module */
  install(name: string, version: string | undefined, files: Readonly<Record<string, string>>): void
}

/** Call it where tests are declared: it cleans up behind them. */
export function appFolders(): () => AppFolder {
  const folders: string[] = []
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))
  return () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'pretrace-app-')))
    folders.push(folder)
    return {
      require: createRequire(join(folder, 'app.js')),
      install(name, version, files) {
        const home = join(folder, 'node_modules', name)
        const all = { 'package.json': JSON.stringify({ name, version }), ...files }
        for (const [file, source] of Object.entries(all)) {
          mkdirSync(dirname(join(home, file)), { recursive: true })
          writeFileSync(join(home, file), source)
        }
      },
    }
  }
}
