/**
 * The program that a command runs: what is meant by its words, and the environment that has it traced.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'

/** What every process below is preloaded with. */
export const PRELOAD = join(__dirname, '..', '..', '..', 'register.js')

export interface Program {
  readonly command: string
  readonly args: readonly string[]
}

/**
 * A command as it is, or a file of JavaScript or TypeScript, or a folder, for Node to run.
 *
 * @param words at least one
 */
export function programOf(words: readonly string[]): Program {
  const [first = '', ...args] = words
  return isForNode(first) ? { command: process.execPath, args: words } : { command: first, args }
}

function isForNode(word: string): boolean {
  const entry = statSync(word, { throwIfNoEntry: false })
  if (entry?.isDirectory() === true) return true
  return /\.[cm]?[jt]sx?$/.test(word)
}

/**
 * `NODE_OPTIONS` with further files to require first. Node reads quotes and backslashes there, so that paths may hold
 * spaces.
 *
 * @param before what the variable holds already
 */
export function withPreloads(before: string | undefined, ...files: readonly string[]): string {
  const quoted = files.map((file) => `--require ${quote(file)}`)
  return [...quoted, ...(before === undefined || before === '' ? [] : [before])].join(' ')
}

function quote(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `"${path.replace(/["\\]/g, '\\$&')}"`
}
