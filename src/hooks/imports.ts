/**
 * Sees the first ES module of the process coming, in time for its builtins to be patched: an `import` of those passes by
 * every hook of `require`. Packages need nothing of the kind: see require.ts.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { guard } from './channels.js'

/** Of `import()`, and of a program that is an ES module; not of what these import in turn. Since Node 22.4. */
const ANNOUNCED = 'tracing:module.import:start'

/** @see watchImports */
export interface ImportWatch {
  /** To be called when an ES module is required. */
  saw(): void
  stop(): void
}

/** @param onFirst called once, or never, before the first ES module is linked if that can be */
export function watchImports(onFirst: () => void): ImportWatch {
  const undos: (() => void)[] = []
  const stop = (): void => undos.splice(0).forEach((undo) => undo())
  const saw = (): void => {
    if (undos.length === 0) return
    stop()
    onFirst()
  }
  undos.push(listenOnce(ANNOUNCED, saw))
  const looks = isBefore22Point4() ? (require('./unannounced.js') as typeof import('./unannounced.js')) : undefined
  if (looks !== undefined) undos.push(...looks.watchUnannounced(saw))
  // Imported itself, be it by --import: whoever does so may import more in the same breath.
  const isImported = !module.isPreloading && require.main === undefined
  if (isImported || looks?.isEvalImporting() === true) saw()
  return { saw, stop }
}

/** @returns stops it */
function listenOnce(channel: string, listener: () => void): () => void {
  let isOver = false
  // Not amid a message: others listen too.
  const stop = (): void => queueMicrotask(() => unsubscribe(channel, onMessage))
  const onMessage = guard(channel, () => {
    if (isOver) return
    isOver = true
    stop()
    listener()
  })
  subscribe(channel, onMessage)
  return stop
}

function isBefore22Point4(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major < 22 || (major === 22 && minor < 4)
}
