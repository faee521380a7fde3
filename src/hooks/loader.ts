/**
 * The loader: watches libraries being loaded, picks the patches that fit and applies them, each whole or not at all.
 * One of the two places where our own errors are caught; the other is `describe`.
 */
import { isBuiltin } from 'node:module'
import type { Instrumentation, Patch } from '../instrumentation.js'
import { ledger } from '../ledger.js'
import { debug, messageOf, warnOnce } from '../log.js'
import { watchChannels, type Opened } from './channels.js'
import type { Core, PatchKit } from './kit.js'
import { LOADED_BEFORE, noteBundle, noteOtherTracer, otherTracers, packagesAmong } from './guards.js'
import { watchImports, type ImportWatch } from './imports.js'
import { ALL, hookRequire, type LibraryFile, type Loaded, type Watcher } from './require.js'

/** An instrumentation as listed: enough to know when to load it. */
export interface Listed {
  readonly name: string
  /** What others call it. */
  readonly aliases?: readonly string[]
  /** Packages and builtins that it patches. */
  readonly modules: readonly string[]
  /** Diagnostics channels whose first message loads it. */
  readonly channels?: readonly string[]
  /** A text of the library that no minifier changes: by it a bundle is known to contain it. */
  readonly sign?: string
  readonly load: () => Instrumentation
}

/** Whoever asks for it may start threads, which are to say nothing twice. */
const THREADS = 'worker_threads'

export class Loader {
  private readonly listed: readonly Listed[]
  private readonly byModule = new Map<string, Listed[]>()
  private readonly loaded = new Map<string, Instrumentation>()
  private readonly kits: PatchKit[] = []
  /** Versions by package folder. */
  private readonly versions = new Map<string, string | undefined>()
  /** Files patched or tried, by package folder: tells whether a package came whose seam never did. */
  private readonly seen = new Map<string, Set<string>>()
  private readonly core: () => Core
  private readonly program: string | undefined
  private readonly watches: (() => void)[] = []

  /**
   * @param core gives the tracer; called when the first library comes
   * @param program the file that is run, if any
   */
  constructor(listed: readonly Listed[], core: () => Core, program?: string) {
    this.listed = listed
    this.core = core
    this.program = program
    for (const entry of listed) {
      for (const module of entry.modules) {
        const entries = this.byModule.get(module)
        if (entries === undefined) this.byModule.set(module, [entry])
        else entries.push(entry)
      }
    }
  }

  /** Starts watching `require` and the channels. */
  start(): void {
    this.lookAround()
    const modules = [...this.byModule.keys(), ...otherTracers.keys(), THREADS]
    let imports: ImportWatch | undefined
    const filesOf = (module: string): ReturnType<Watcher['filesOf']> => this.filesOf(module)
    const onLoad = (loaded: Loaded): unknown => this.onLoad(loaded)
    this.watches.push(hookRequire({ modules, filesOf, onLoad, onEsModule: () => imports?.saw() }))
    imports = watchImports(() => this.loadUnseen())
    this.watches.push(imports.stop)
    for (const entry of this.listed) this.watches.push(watchChannels(entry.channels ?? [], () => this.open(entry)))
  }

  /** What is in this process already, and will not be traced as it should. */
  private lookAround(): void {
    for (const name of packagesAmong(Object.keys(require.cache), (name) => otherTracers.has(name)).keys())
      noteOtherTracer(name)
    for (const [name, folders] of packagesAmong(Object.keys(require.cache), (name) => this.byModule.has(name))) {
      for (const folder of folders) this.refuse(name, this.versionOf(folder), LOADED_BEFORE)
    }
    noteBundle(this.program, this.listed)
  }

  /** Loads builtins here that ES modules would load unseen. */
  private loadUnseen(): void {
    for (const name of [...this.byModule.keys(), THREADS]) if (isBuiltin(name)) require(name)
  }

  /** Takes back every patch and stops watching. */
  stop(): void {
    for (const unwatch of this.watches.splice(0)) unwatch()
    for (const kit of this.kits.splice(0).reverse()) kit.undo()
  }

  /** A file of a library has run that a bundle has in it; @returns what it is to export. */
  onBundled(exports: unknown, module: string, version: string | undefined, file: string, isMain: boolean): unknown {
    const folder = `bundle/${module}@${version}`
    this.versions.set(folder, version)
    return this.onLoad({ module, folder, file, isMain, exports })
  }

  /** Files of a package that {@link onLoad} has something to do with, beside its main one. */
  private filesOf(module: string): readonly string[] | typeof ALL {
    if (otherTracers.has(module)) return ALL
    const patches = (this.byModule.get(module) ?? []).flatMap((listed) => this.instrumentationOf(listed)?.patches ?? [])
    return patches.flatMap((patch) => (patch.module === module && patch.file !== undefined ? [patch.file] : []))
  }

  private onLoad(loaded: Loaded): unknown {
    let { exports } = loaded
    if (otherTracers.has(loaded.module)) noteOtherTracer(loaded.module)
    if (loaded.module === THREADS) shareWith(exports as typeof import('node:worker_threads'))
    for (const listed of this.byModule.get(loaded.module) ?? []) {
      const instrumentation = this.instrumentationOf(listed)
      const patches = instrumentation?.patches.filter((patch) => isOf(patch, loaded)) ?? []
      if (instrumentation === undefined || (patches.length === 0 && !loaded.isMain)) continue
      const version = loaded.folder === undefined ? undefined : this.versionOf(loaded.folder)
      for (const patch of patches) {
        if (this.isSupported(patch, version, instrumentation))
          exports = this.apply(instrumentation, patch, { ...loaded, exports }, version)
      }
      if (loaded.isMain) this.checkSeams(instrumentation, loaded, version)
    }
    return exports
  }

  /** What has come out since is patched as the last versions that are known: it may still be like them. */
  private isSupported(patch: Patch, version: string | undefined, { patches }: Instrumentation): boolean {
    if (patch.versions === undefined) return true
    const { inRange, isNewer } = require('./package-info.js') as typeof import('./package-info.js')
    if (version === undefined) return false
    return inRange(version, patch.versions) || isNewer(version, patch.versions, rangesOf(patches, patch.module))
  }

  private versionOf(folder: string): string | undefined {
    if (!this.versions.has(folder)) {
      const { packageVersion } = require('./package-info.js') as typeof import('./package-info.js')
      this.versions.set(folder, packageVersion(folder))
    }
    return this.versions.get(folder)
  }

  private apply(instrumentation: Instrumentation, patch: Patch, loaded: Loaded, version: string | undefined): unknown {
    const entry = { instrumentation: instrumentation.name, module: loaded.module, version, file: patch.file }
    let kit: PatchKit | undefined
    this.remember(loaded, patch)
    try {
      kit = this.newKit(instrumentation)
      const replacement = patch.patch(loaded.exports as never, kit)
      ledger.libraries.push({ ...entry, outcome: 'patched' })
      debug(`patched ${label(loaded.module, version)}`)
      return replacement ?? loaded.exports
    } catch (error) {
      kit?.undo()
      const why = messageOf(error)
      ledger.libraries.push({ ...entry, outcome: 'refused', why })
      warnOnce(`patch:${loaded.module}:${version}`, `${label(loaded.module, version)} is not traced: ${why}`)
      return loaded.exports
    }
  }

  /** A package has loaded whole. Was any of its files one that we know? */
  private checkSeams(instrumentation: Instrumentation, loaded: Loaded, version: string | undefined): void {
    const { module } = loaded
    const patches = instrumentation.patches.filter((patch) => patch.module === module)
    if (patches.every((patch) => patch.optional)) return
    const fitting = patches.filter((patch) => this.isSupported(patch, version, instrumentation))
    const ranges = rangesOf(patches, module)
    const why =
      fitting.length === 0
        ? `supported are ${ranges.join(' and ')}`
        : missingFile(fitting, this.seen.get(loaded.folder ?? ''))
    if (why === undefined) this.tellNewer(loaded, version, ranges)
    else this.refuse(module, version, why, instrumentation.name)
  }

  /** @param instrumentation by default the module's only one */
  private refuse(module: string, version: string | undefined, why: string, instrumentation?: string): void {
    const name = instrumentation ?? this.byModule.get(module)?.[0]?.name ?? module
    ledger.libraries.push({ instrumentation: name, module, version, file: undefined, outcome: 'refused', why })
    warnOnce(`seam:${module}:${version}`, `${label(module, version)} is not traced: ${why}`)
  }

  /** Unless it was said already that one of its files is not as expected. */
  private tellNewer(loaded: Loaded, version: string | undefined, ranges: readonly string[]): void {
    const { inRange } = require('./package-info.js') as typeof import('./package-info.js')
    if (version === undefined || ranges.some((range) => inRange(version, range))) return
    const known = `what was known when this pretrace was made (${ranges.join(' and ')})`
    warnOnce(
      `patch:${loaded.module}:${version}`,
      `${label(loaded.module, version)} is newer than ${known}: it is traced as far as it is alike`,
    )
  }

  private remember(loaded: Loaded, patch: Patch): void {
    if (loaded.folder === undefined || patch.file === undefined) return
    const files = this.seen.get(loaded.folder)
    if (files === undefined) this.seen.set(loaded.folder, new Set([patch.file]))
    else files.add(patch.file)
  }

  /** Undefined if it cannot be loaded. */
  private instrumentationOf(listed: Listed): Instrumentation | undefined {
    const known = this.loaded.get(listed.name)
    if (known !== undefined) return known
    try {
      const instrumentation = listed.load()
      this.loaded.set(listed.name, instrumentation)
      return instrumentation
    } catch (error) {
      warnOnce(`load:${listed.name}`, `${listed.name} is not traced: ${messageOf(error)}`)
      return undefined
    }
  }

  private open(listed: Listed): Opened | undefined {
    const instrumentation = this.instrumentationOf(listed)
    if (instrumentation === undefined) return undefined
    return { channels: instrumentation.channels ?? {}, kit: this.newKit(instrumentation) }
  }

  /** A kit whose patches {@link stop} takes back. */
  private newKit(instrumentation: Instrumentation): PatchKit {
    const { PatchKit } = require('./kit.js') as typeof import('./kit.js')
    const kit = new PatchKit(this.core(), instrumentation.name)
    this.kits.push(kit)
    return kit
  }
}

/** Threads that the main one starts get what it has by then; theirs get it from them. */
function shareWith({ isMainThread }: typeof import('node:worker_threads')): void {
  if (isMainThread) (require('../said.js') as typeof import('../said.js')).share()
}

/** Whether `patch` is one of this file, whatever its version. */
function isOf(patch: Patch, { module, file, isMain }: LibraryFile): boolean {
  return patch.module === module && (patch.file === undefined ? isMain : patch.file === file)
}

/** The versions of a module that its patches declare. */
function rangesOf(patches: readonly Patch[], module: string): string[] {
  const own = patches.flatMap((patch) =>
    patch.module === module && patch.versions !== undefined ? [patch.versions] : [],
  )
  return [...new Set(own)]
}

function missingFile(patches: readonly Patch[], seen: ReadonlySet<string> | undefined): string | undefined {
  const missing = patches.find(({ file, optional }) => file !== undefined && !optional && seen?.has(file) !== true)
  return missing === undefined ? undefined : `it has no ${missing.file} that could be patched`
}

function label(module: string, version: string | undefined): string {
  return version === undefined ? module : `${module}@${version}`
}
