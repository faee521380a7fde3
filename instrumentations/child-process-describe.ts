/**
 * What `child_process` spans tell (OpenTelemetry's conventions for programs): never arguments, which may hold secrets.
 */
import { basename } from 'node:path'
import type { Description, Tags } from '../src/instrumentation.js'

/** What a synchronous function returns, or throws, as far as it is relied upon. */
export interface Outcome {
  readonly pid?: number
  readonly status?: number | null
  readonly signal?: string | null
  readonly error?: unknown
  readonly code?: unknown
}

/** The program that a shell option, or the lack of one, stands for. */
export function executableOf(file: unknown, shell: unknown): string {
  if (shell === undefined || shell === false || shell === null || shell === '')
    return typeof file === 'string' ? basename(file) : 'unknown'
  if (typeof shell === 'string') return basename(shell)
  return process.platform === 'win32' ? 'cmd.exe' : 'sh'
}

/** Part of what a synchronous function came to, too. */
interface Told {
  readonly tags: Tags
}

export function describeProcess(executable: string, pid: number | undefined): Told {
  return { tags: ['process.executable.name', executable, 'process.pid', pid] }
}

/** A process that has run. It succeeded if it says so. */
export function describeEnd(code: number | null | undefined, signal: string | null | undefined): Told {
  const hasFailed = code !== 0
  return {
    tags: [
      'process.exit.code',
      code ?? undefined,
      'error',
      hasFailed || undefined,
      'error.type',
      hasFailed ? (signal ?? String(code)) : undefined,
    ],
  }
}

/** A process that could not be started. */
export function describeFailure(error: unknown): Told {
  const { code, name } = (error ?? {}) as { readonly code?: string | number; readonly name?: string }
  return { tags: ['error', true, 'error.type', String(code ?? name ?? '_OTHER')] }
}

/** What a synchronous function came to. Those that return the output alone have thrown where there was a failure. */
export function describeOutcome(executable: string, outcome: Outcome | string | null, hasThrown: boolean): Description {
  const { pid, status, signal, error, code } = typeof outcome === 'object' && outcome !== null ? outcome : {}
  const started = describeProcess(executable, pid || undefined).tags
  const isFailure = error !== undefined || (hasThrown && (status === undefined || code !== undefined))
  const end = isFailure
    ? describeFailure(error ?? outcome)
    : describeEnd(hasThrown || status !== undefined ? status : 0, signal)
  return { tags: [...started, ...end.tags] }
}
