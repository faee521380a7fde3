/**
 * A child process in whose place we stand: signals that we get are its, and its end is ours.
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import type { Program } from './program.js'

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const FORWARDED: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGCONT']
/** What a terminal sends to all processes in the foreground, the child's among them. */
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT', 'SIGHUP'])

export interface StartOptions {
  readonly env: NodeJS.ProcessEnv
  readonly stdio: StdioOptions
  /** In a process group of its own. */
  readonly detached?: boolean
}

/** @throws (rejects) where the program cannot be started */
export function start({ command, args }: Program, options: StartOptions): Promise<ChildProcess> {
  return new Promise((resolve, reject) => {
    const shell = process.platform === 'win32' && !/\.(exe|com)$/i.test(command)
    const child = spawn(command, args, { ...options, shell })
    child.once('spawn', () => resolve(child))
    child.once('error', (error: NodeJS.ErrnoException) => reject(new Error(notStarted(command, error))))
  })
}

function notStarted(command: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return `there is no file and no command ${command}`
  return code === 'EACCES' ? `${command} is no program that may be started` : `${command} cannot be started: ${message}`
}

/** Resolves when the child has ended. Call it before anything else is awaited. */
export function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
}

/**
 * Passes on what signals we get.
 *
 * @returns stops it
 */
export function forwardSignals(child: ChildProcess): () => void {
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => {
      // At a terminal the child has it already, and a second one means to many programs: end at once, whatever is lost.
      if (!(process.stdin.isTTY && FROM_TERMINAL.has(signal))) child.kill(signal)
    }
    process.on(signal, listener)
    return () => process.off(signal, listener)
  })
  return () => listeners.forEach((stop) => stop())
}

/** Ends as another process has ended: with its code, or by its signal. */
export function endAs({ code, signal }: Ended): number {
  if (signal !== null) process.kill(process.pid, signal)
  return code ?? 1
}
