/**
 * What the matrix wants of a backend.
 */
import type { Dialect, Told } from './told.js'

/** It cannot be had on this machine; the message says why. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

/** A way in. */
export interface Protocol extends Dialect {
  readonly name: string
  /** What makes services export that way. */
  readonly env: Readonly<Record<string, string>>
}

/** A backend that runs. */
export interface Running {
  readonly protocols: readonly Protocol[]
  /** The spans of a trace that have arrived so far. */
  trace(traceId: string): Promise<readonly Told[]>
  /** What its own overview says, held against what was told. Undefined where it has none. */
  overview?(told: readonly Told[], protocol: Protocol): Promise<readonly string[]>
  /** Whether a service samples as it says; what is wrong if not. Undefined where it says nothing of that. */
  sampling?(): Promise<readonly string[]>
  /** What it printed. */
  output(): string
  stop(): Promise<void>
}

export interface Backend {
  readonly name: string
  /**
   * Makes sure that it is on this machine.
   *
   * @param cache a folder for what has been downloaded and built
   * @returns the file to be run
   * @throws Unavailable
   */
  obtain(cache: string): Promise<string>
  start(file: string, folder: string): Promise<Running>
}
