/**
 * The loader: watches libraries being loaded, picks the patches that fit and applies them, each whole or not at all.
 * One of the two places where our own errors are caught; the other is `describe`.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Instrumentation, Patch } from '../instrumentation.js'
import { ledger } from '../ledger.js'
import { debug, warnOnce } from '../log.js'
import type { Core, PatchKit } from './kit.js'
import { hookRequire, type Loaded } from './require.js'

/** An instrumentation as listed: enough to know when to load it. */
export interface Listed {
  readonly name: string
  /** Packages and builtins that it patches. */
  readonly modules: readonly string[]
  /** Diagnostics channels whose first message loads it. */
  readonly channels?: readonly string[]
  readonly load: () => Instrumentation
}

export class Loader {
  private readonly byModule = new Map<string, Listed[]>()
  private readonly loaded = new Map<string, Instrumentation>()
  private readonly kits: PatchKit[] = []
  /** Files patched or tried, by package folder: tells whether a package came whose seam never did. */
  private readonly seen = new Map<string, Set<string>>()
  private readonly core: () => Core
  private unhook: (() => void) | undefined

  /** @param core gives the tracer; called when the first library comes */
  constructor(listed: readonly Listed[], core: () => Core) {
    this.core = core
    for (const entry of listed) {
      for (const module of entry.modules) {
        const entries = this.byModule.get(module)
        if (entries === undefined) this.byModule.set(module, [entry])
        else entries.push(entry)
      }
      for (const channel of entry.channels ?? []) this.awaitFirstMessage(entry, channel)
    }
  }

  /** Starts watching `require`. */
  start(): void {
    this.unhook = hookRequire([...this.byModule.keys()], (loaded) => this.onLoad(loaded))
  }

  /** Takes back every patch and stops watching. */
  stop(): void {
    this.unhook?.()
    for (const kit of this.kits.splice(0).reverse()) kit.undo()
  }

  private onLoad(loaded: Loaded): unknown {
    let { exports } = loaded
    for (const listed of this.byModule.get(loaded.module) ?? []) {
      const instrumentation = this.instrumentationOf(listed)
      const version = loaded.folder === undefined ? undefined : this.versionOf(loaded.folder)
      const fitting = instrumentation.patches.filter((patch) => this.fits(patch, loaded, version))
      for (const patch of fitting) exports = this.apply(instrumentation, patch, { ...loaded, exports }, version)
      if (loaded.isMain) this.checkSeams(instrumentation, loaded, version)
    }
    return exports
  }

  private fits(patch: Patch, loaded: Loaded, version: string | undefined): boolean {
    if (patch.module !== loaded.module) return false
    if (patch.file === undefined ? !loaded.isMain : patch.file !== loaded.file) return false
    return patch.versions === undefined || this.isSupported(patch, version)
  }

  private isSupported(patch: Patch, version: string | undefined): boolean {
    const { inRange } = require('./package-info.js') as typeof import('./package-info.js')
    return version !== undefined && inRange(version, patch.versions as string)
  }

  private versionOf(folder: string): string | undefined {
    const { packageVersion } = require('./package-info.js') as typeof import('./package-info.js')
    return packageVersion(folder)
  }

  private apply(instrumentation: Instrumentation, patch: Patch, loaded: Loaded, version: string | undefined): unknown {
    const { PatchKit } = require('./kit.js') as typeof import('./kit.js')
    const kit = new PatchKit(this.core(), instrumentation.name)
    const entry = { instrumentation: instrumentation.name, module: loaded.module, version, file: patch.file }
    this.remember(loaded, patch)
    try {
      const replacement = patch.patch(loaded.exports as never, kit)
      this.kits.push(kit)
      ledger.libraries.push({ ...entry, outcome: 'patched' })
      debug(`patched ${label(loaded, version)}`)
      return replacement ?? loaded.exports
    } catch (error) {
      kit.undo()
      const why = error instanceof Error ? error.message : String(error)
      ledger.libraries.push({ ...entry, outcome: 'refused', why })
      warnOnce(`patch:${loaded.module}:${version}`, `${label(loaded, version)} is not traced: ${why}`)
      return loaded.exports
    }
  }

  /** A package has loaded whole. Was any of its files one that we know? */
  private checkSeams(instrumentation: Instrumentation, loaded: Loaded, version: string | undefined): void {
    const patches = instrumentation.patches.filter((patch) => patch.module === loaded.module && !patch.optional)
    const inRange = patches.filter((patch) => patch.versions === undefined || this.isSupported(patch, version))
    const why =
      inRange.length === 0
        ? `supported are ${[...new Set(patches.map((patch) => patch.versions))].join(' and ')}`
        : missingFile(inRange, this.seen.get(loaded.folder ?? ''))
    if (why === undefined || patches.length === 0) return
    const { module } = loaded
    ledger.libraries.push({
      instrumentation: instrumentation.name,
      module,
      version,
      file: undefined,
      outcome: 'refused',
      why,
    })
    warnOnce(`seam:${module}:${version}`, `${label(loaded, version)} is not traced: ${why}`)
  }

  private remember(loaded: Loaded, patch: Patch): void {
    if (loaded.folder === undefined || patch.file === undefined) return
    const files = this.seen.get(loaded.folder)
    if (files === undefined) this.seen.set(loaded.folder, new Set([patch.file]))
    else files.add(patch.file)
  }

  private instrumentationOf(listed: Listed): Instrumentation {
    const known = this.loaded.get(listed.name)
    if (known !== undefined) return known
    const instrumentation = listed.load()
    this.loaded.set(listed.name, instrumentation)
    return instrumentation
  }

  /** Loads the instrumentation when its library first speaks; all its channels are then listened to. */
  private awaitFirstMessage(listed: Listed, channel: string): void {
    const onFirst = (message: unknown): void => {
      unsubscribe(channel, onFirst)
      this.listen(this.instrumentationOf(listed), channel, message)
    }
    subscribe(channel, onFirst)
  }

  private listen(instrumentation: Instrumentation, firstChannel: string, firstMessage: unknown): void {
    const { PatchKit } = require('./kit.js') as typeof import('./kit.js')
    const kit = new PatchKit(this.core(), instrumentation.name)
    this.kits.push(kit)
    for (const [channel, listener] of Object.entries(instrumentation.channels ?? {})) {
      const guarded = (message: unknown): void => {
        try {
          listener(message as never, kit)
        } catch (error) {
          // Thrown on, it would end the process by way of uncaughtException.
          warnOnce(`channel:${channel}`, `listening to ${channel} failed: ${String(error)}`)
        }
      }
      subscribe(channel, guarded)
      kit.onUndo(() => unsubscribe(channel, guarded))
      if (channel === firstChannel) guarded(firstMessage)
    }
  }
}

function missingFile(patches: readonly Patch[], seen: ReadonlySet<string> | undefined): string | undefined {
  const missing = patches.find((patch) => patch.file !== undefined && seen?.has(patch.file) !== true)
  return missing === undefined ? undefined : `it has no ${missing.file} that could be patched`
}

function label({ module }: Loaded, version: string | undefined): string {
  return version === undefined ? module : `${module}@${version}`
}
