/**
 * The one voice of pretrace on stderr: a line at a time, each prefixed, each said once.
 */
import { writeSync } from 'node:fs'

const STDERR = 2
const levels = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const

/** The values of `OTEL_LOG_LEVEL`, from silent to everything. */
export type LogLevel = (typeof levels)[number]
export const logLevels: readonly LogLevel[] = levels

let threshold = levels.indexOf('info')
const said = new Set<string>()
let listener: ((line: string) => void) | undefined

/** Sets the least important level that still reaches stderr. */
export function setLogLevel(level: LogLevel): void {
  threshold = levels.indexOf(level)
}

/** Has `fn` hear every line of level `warn`, also those that the level keeps from stderr. */
export function onWarning(fn: (line: string) => void): void {
  listener = fn
}

/** Writes one line at level `warn`. Never throws: a closed stderr is nobody's problem but its owner's. */
export function warn(line: string): void {
  write('warn', line)
}

/** As {@link warn}, but a given `key` is heard once in the life of the process, whichever of its threads is first. */
export function warnOnce(key: string, line: string): void {
  if (said.has(key)) return
  said.add(key)
  const { claim } = require('./said.js') as typeof import('./said.js')
  if (claim(key)) write('warn', line)
}

/** Writes one line at level `info`: good news. */
export function info(line: string): void {
  write('info', line)
}

/** Writes one line at level `debug`. */
export function debug(line: string): void {
  write('debug', line)
}

/** What went wrong, in a few words, whatever was thrown. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error)
  } catch {
    return 'an error that cannot be read'
  }
}

/** Why a connection failed. On a host name with several addresses, Node reports all attempts in one. */
export function connectionError(error: Error & { code?: string; errors?: readonly Error[] }): string {
  const first = error.message === '' ? error.errors?.[0] : error
  return first?.message ?? error.code ?? messageOf(error)
}

function write(level: LogLevel, line: string): void {
  if (level === 'warn') listener?.(line)
  if (levels.indexOf(level) > threshold) return
  try {
    // Synchronous and without process.stderr: that stream may belong to the application, or not exist yet.
    writeSync(STDERR, `pretrace: ${line.replace(/[\r\n]+/g, ' ')}\n`)
  } catch {
    // EAGAIN, EPIPE, EBADF: there is nobody to tell.
  }
}
