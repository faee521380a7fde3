/**
 * Sees every file that is of interest at the end of its loading, and every builtin that is required.
 *
 * Node says that a file has been loaded by setting `loaded` on its module. That is where it is seen, whoever asked for it,
 * by `require` or by `import`: unlike a wrapper around a function this adds no frame to the stack of what is loading, costs
 * a look at the path of each file, and nothing with a `require` of what is there already. To be told at the end takes more:
 * of the hundreds of files that a package may have only those few are watched that anybody wants to see.
 */
import Module, { isBuiltin } from 'node:module'
import { basename, sep } from 'node:path'
import { hookBuiltins } from './builtins.js'
import { packageOf, type PackageFile } from './package-of.js'

/** A file of a package, or a builtin. */
export interface LibraryFile {
  /** The package's or builtin's name. */
  readonly module: string
  /** Where the package is installed; undefined for builtins. */
  readonly folder: string | undefined
  /** The file inside the package with slashes; undefined for builtins. */
  readonly file: string | undefined
  readonly isMain: boolean
}

/** One that has just been loaded for the first time. */
export interface Loaded extends LibraryFile {
  readonly exports: unknown
}

/** @returns what is to be exported */
export type OnLoad = (loaded: Loaded) => unknown

/** What somebody wants to see being loaded. */
export interface Watcher {
  /** Names of packages and builtins. */
  readonly modules: readonly string[]
  /** Those files of a package that are wanted, its main one aside: that always is. Asked when the first of them is loaded. */
  readonly filesOf: (module: string) => readonly string[] | typeof ALL
  /** Called once for each of those, and for each of the builtins. */
  readonly onLoad: OnLoad
  /** Called when an ES module is required: before it is loaded, where its name tells. */
  readonly onEsModule: () => void
}

/** All files of a package. */
export const ALL = Symbol('all')

/** @returns stops it */
export function hookRequire(watcher: Watcher): () => void {
  const undos = [hookFiles(watcher), ...hookBuiltins(watcher.modules.filter(isBuiltin), watcher.onLoad)]
  return () => undos.forEach((undo) => undo())
}

// ---- packages ----

/** Sees a module that has been loaded. */
type OnFile = (module: NodeJS.Module) => void

/** Looks at a file that is about to be loaded, and at the folder that it is in; undefined where it is not wanted. */
type Watch = (path: string, folder: string) => OnFile | undefined

/** With whom to tell of ES modules; one in a process, as a rule. */
const watches = new Map<Watch, () => void>()

function hookFiles(watcher: Watcher): () => void {
  const { onLoad, onEsModule } = watcher
  const wantedIn = wantedByFolder(watcher)
  const watch: Watch = (path, folder) => {
    const libraryFile = wantedIn(folder)?.(path)
    if (libraryFile === undefined) return undefined
    return (module) => {
      // It may have been given up while the file was loading.
      if (!watches.has(watch)) return
      const { exports } = module
      const given: unknown = onLoad({ ...libraryFile, exports })
      if (given !== exports) module.exports = given
    }
  }
  if (watches.size === 0) Object.defineProperty(Module.prototype, 'loaded', LOADED)
  watches.set(watch, onEsModule)
  return () => {
    watches.delete(watch)
    if (watches.size === 0) delete (Module.prototype as Partial<NodeJS.Module>).loaded
  }
}

/** Tells a file that is wanted of others in the same folder, by its path. */
type Pick = (path: string) => LibraryFile | undefined

/** What is wanted in a folder; undefined where nothing is. Of most files nothing but their folder's path is looked at. */
function wantedByFolder({ modules, filesOf }: Watcher): (folder: string) => Pick | undefined {
  const packages = new Set(modules)
  const mains = new Map<string, readonly string[]>()
  let isAsking = false
  const mainsIn = (folder: string, name: string): readonly string[] => {
    let known = mains.get(folder)
    if (known === undefined) {
      const { mainsOf } = require('./package-info.js') as typeof import('./package-info.js')
      isAsking = true
      try {
        known = mainsOf(folder, name)
      } finally {
        isAsking = false
      }
      mains.set(folder, known)
    }
    return known
  }
  const pickIn = ({ name, folder, file: inside }: PackageFile): Pick | undefined => {
    const main = mainsIn(folder, name)
    const files = filesOf(name)
    const isWanted = files === ALL ? () => true : (file: string) => main.includes(file) || files.includes(file)
    if (files !== ALL && ![...main, ...files].some((file) => file.slice(0, file.lastIndexOf('/') + 1) === inside))
      return undefined
    return (path) => {
      const file = inside + basename(path)
      return isWanted(file) ? { module: name, folder, file, isMain: main.includes(file) } : undefined
    }
  }
  const picks = new Map<string, Pick | undefined>()
  return (folder) => {
    // To have Node look for a main file makes a module too, in the package's folder.
    if (isAsking) return undefined
    let pick = picks.get(folder)
    if (pick !== undefined || picks.has(folder)) return pick
    const place = packageOf(folder + sep)
    if (place !== undefined && packages.has(place.name)) pick = pickIn(place)
    picks.set(folder, pick)
    return pick
  }
}

/** A new module sets it to false, and gets a property of its own by that, as ever. */
const LOADED: PropertyDescriptor = {
  configurable: true,
  get: () => undefined,
  set(this: NodeJS.Module, value: unknown) {
    const { id, path } = this
    if (value !== false || typeof id !== 'string') return setOwn(this, 'loaded', value)
    // Packages hide small ones in their CommonJS, which import no builtin: to get ready for each would cost every service.
    if (id.endsWith('.mjs') && packageOf(id) === undefined) for (const onEsModule of watches.values()) onEsModule()
    const onLoaded = wantedBy(id, path)
    if (onLoaded.length > 0) whenLoaded(this, onLoaded)
    else Object.defineProperty(this, 'loaded', NOT_LOADED)
  },
}

const NOT_LOADED: PropertyDescriptor = { value: false, configurable: true, enumerable: true, writable: true }
const NONE: readonly never[] = []

function wantedBy(path: string, folder: string): readonly OnFile[] {
  let all: OnFile[] | undefined
  for (const watch of watches.keys()) {
    const onLoaded = watch(path, folder)
    if (onLoaded !== undefined) (all ??= []).push(onLoaded)
  }
  return all ?? NONE
}

/**
 * Tells when Node sets `loaded` to true. Where a module loader has given it the source it defines `loaded` anew, past the
 * setter, and then reads `exports`: that is as early as it can be known. Both are plain properties then, as without us.
 */
function whenLoaded(module: NodeJS.Module, onLoaded: readonly OnFile[]): void {
  let exports: unknown = module.exports
  const getExports = (): unknown => {
    if (module.loaded) tell()
    return exports
  }
  const tell = (): void => {
    // A library may have defined it, which we leave alone.
    if (Object.getOwnPropertyDescriptor(module, 'exports')?.get === getExports) setOwn(module, 'exports', exports)
    for (const see of onLoaded) see(module)
    exports = module.exports
  }
  Object.defineProperty(module, 'exports', {
    configurable: true,
    enumerable: true,
    get: getExports,
    set(value: unknown) {
      exports = value
    },
  })
  Object.defineProperty(module, 'loaded', {
    configurable: true,
    enumerable: true,
    get: () => false,
    set(value: unknown) {
      setOwn(module, 'loaded', value)
      if (value === true) tell()
    },
  })
}

function setOwn(module: NodeJS.Module, name: 'exports' | 'loaded', value: unknown): void {
  Object.defineProperty(module, name, { value, configurable: true, enumerable: true, writable: true })
}
