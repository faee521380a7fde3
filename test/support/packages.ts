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
  readonly folder: string
  readonly require: NodeJS.Require
  /** Writes a file of the application, by its path from the folder, and returns its whole path. */
  write(path: string, source: string): string
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
    const write = (path: string, source: string): string => {
      const file = join(folder, path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, source)
      return file
    }
    return {
      folder,
      require: createRequire(join(folder, 'app.js')),
      write,
      install(name, version, files) {
        const all = { 'package.json': JSON.stringify({ name, version }), ...files }
        for (const [file, source] of Object.entries(all)) write(join('node_modules', name, file), source)
      },
    }
  }
}
