/**
 * The command `pretrace` in a process of its own, and applications in folders from which our libraries can be required.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { cleanEnvironment, root, runNode, type Ran, type RunOptions } from './run.js'

export const bin = join(root, 'bin', 'pretrace.js')

/** Runs `pretrace` to its end. */
export function pretrace(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  return runNode([bin, ...args], options)
}

/** A command that goes on. */
export interface Started {
  readonly child: ChildProcess
  /** What it has said so far. */
  readonly said: { stdout: string; stderr: string }
  /** Resolves when either stream holds a text that fits, with the match. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  readonly end: Promise<Ran>
}

/** Starts `pretrace` and lets it run. It is killed after the tests, should it live on. */
export function startPretrace(args: readonly string[], { cwd, env }: RunOptions = {}): Started {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: cwd ?? root,
    env: { ...cleanEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  after(() => child.kill('SIGKILL'))
  const said = { stdout: '', stderr: '' }
  const looks = new Set<() => void>()
  const hear = (stream: 'stdout' | 'stderr') => (text: string) => {
    said[stream] += text
    for (const look of looks) look()
  }
  child.stdout.setEncoding('utf8').on('data', hear('stdout'))
  child.stderr.setEncoding('utf8').on('data', hear('stderr'))
  const end = new Promise<Ran>((resolve) =>
    child.on('close', (code, signal) => {
      resolve({ code, signal, ...said })
      for (const look of looks) look()
    }),
  )
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const match = pattern.exec(said.stdout) ?? pattern.exec(said.stderr)
        if (match !== null) resolve(match)
        else if (child.exitCode === null && child.signalCode === null) return
        else reject(new Error(`it has ended and never said ${pattern}: ${said.stdout}${said.stderr}`))
        looks.delete(look)
      }
      looks.add(look)
      look()
    })
  return { child, said, says, end }
}

/** Makes applications of files. Call it where tests are declared: it cleans up behind them. */
export function applications(): (files: Readonly<Record<string, string>>) => string {
  const folders: string[] = []
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))
  return (files) => {
    // Below the repository's node_modules, so that libraries are found. The space is to be minded by whoever quotes.
    const folder = realpathSync(mkdtempSync(join(root, 'dist', 'an app-')))
    folders.push(folder)
    for (const [name, source] of Object.entries({ 'package.json': '{"name":"shop"}', ...files })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true })
      writeFileSync(join(folder, name), source)
    }
    return folder
  }
}
