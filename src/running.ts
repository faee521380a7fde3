/**
 * Where the preload leaves the running tracer for the public API to find: several copies of this package may be
 * installed, only one of them was preloaded.
 */
import type { Running } from './core.js'

const KEY = Symbol.for('pretrace.running')

export function publish(core: () => Running): void {
  Object.defineProperty(globalThis, KEY, { value: core, configurable: true })
}

/** The tracer of the preload, or undefined if there was none. */
export function found(): Running | undefined {
  const core = (globalThis as Record<symbol, unknown>)[KEY] as (() => Running) | undefined
  return core?.()
}
