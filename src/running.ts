/**
 * Where the preload leaves the running tracer for the public API to find: several copies of this package may be
 * installed, only one of them was preloaded.
 */
import type { Running } from './core.js'
import type * as Scope from './scope/scope.js'

const KEY = Symbol.for('pretrace.running')

/** What the preload leaves behind. */
export interface Preloaded {
  /** Makes the tracer if nobody has needed it so far. */
  readonly core: () => Running
  /** The scope functions of the copy that was preloaded: another copy's would know another storage. */
  readonly scope: typeof Scope
  /** Called by libraries in bundles that were made with our plugins, file by file: see bundler.ts. */
  readonly bundled: Bundled
}

/** @returns what the file is to export */
export type Bundled = (
  exports: unknown,
  name: string,
  version: string | undefined,
  file: string,
  isMain: boolean,
) => unknown

export function publish(preloaded: Preloaded): void {
  Object.defineProperty(globalThis, KEY, { value: preloaded, configurable: true })
}

/** What the preload left, or undefined if there was none. */
export function preloaded(): Preloaded | undefined {
  return (globalThis as Record<symbol, unknown>)[KEY] as Preloaded | undefined
}
