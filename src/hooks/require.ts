/**
 * Sees every file of the packages that are of interest at the end of its loading, and every builtin that is required.
 *
 * Node says that a file has been loaded by setting `loaded` on its module. That is where it is seen, whoever asked for it,
 * by `require` or by `import`: unlike a wrapper around a function this adds no frame to the stack of what is loading, costs
 * a look at the path of each file, and nothing with a `require` of what is there already.
 */
import Module, { isBuiltin } from 'node:module'
import { hookBuiltins } from './builtins.js'
import { mainOf, packageOf, type PackageFile } from './package-of.js'

/** A file that has just been loaded for the first time. */
export interface Loaded {
  /** The package's or builtin's name. */
  readonly module: string
  /** Where the package is installed; undefined for builtins. */
  readonly folder: string | undefined
  /** The file inside the package with slashes; undefined for builtins. */
  readonly file: string | undefined
  readonly isMain: boolean
  readonly exports: unknown
}

/** @returns what is to be exported */
export type OnLoad = (loaded: Loaded) => unknown

/**
 * @param modules names of packages and builtins
 * @param onLoad called once for each of their files
 * @param onEsModule called when an ES module is required: before it is loaded, where its name tells
 * @returns stops it
 */
export function hookRequire(modules: readonly string[], onLoad: OnLoad, onEsModule: () => void): () => void {
  const undos = [hookFiles(new Set(modules), onLoad, onEsModule), ...hookBuiltins(modules.filter(isBuiltin), onLoad)]
  return () => undos.forEach((undo) => undo())
}

// ---- packages ----

/** Who watches files; one in a process, as a rule. */
interface FileWatch {
  readonly packages: ReadonlySet<string>
  readonly onFile: (module: NodeJS.Module, file: PackageFile) => void
  readonly onEsModule: () => void
}

const watches = new Set<FileWatch>()

function hookFiles(packages: ReadonlySet<string>, onLoad: OnLoad, onEsModule: () => void): () => void {
  const mains = new Map<string, string | undefined>()
  const isMain = (folder: string, name: string, path: string): boolean => {
    if (!mains.has(folder)) mains.set(folder, mainOf(folder, name))
    return mains.get(folder) === path
  }
  const onFile = (module: NodeJS.Module, { name, folder, file }: PackageFile): void => {
    const { id: path, exports } = module
    const given: unknown = onLoad({ module: name, folder, file, isMain: isMain(folder, name, path), exports })
    if (given !== exports) module.exports = given
  }
  const watch = { packages, onFile, onEsModule }
  if (watches.size === 0) Object.defineProperty(Module.prototype, 'loaded', LOADED)
  watches.add(watch)
  return () => {
    watches.delete(watch)
    if (watches.size === 0) delete (Module.prototype as Partial<NodeJS.Module>).loaded
  }
}

/** A new module sets it to false, and gets a property of its own by that, as ever. */
const LOADED: PropertyDescriptor = {
  configurable: true,
  get: () => undefined,
  set(this: NodeJS.Module, value: unknown) {
    const { id } = this
    if (typeof id !== 'string') return setOwn(this, 'loaded', value)
    const file = value === false ? packageOf(id) : undefined
    // Packages hide small ones in their CommonJS, which import no builtin: to get ready for each would cost every service.
    if (file === undefined && id.endsWith('.mjs')) for (const { onEsModule } of watches) onEsModule()
    if (file !== undefined && isWatched(file)) whenLoaded(this, file)
    else setOwn(this, 'loaded', value)
  },
}

function isWatched({ name }: PackageFile): boolean {
  for (const { packages } of watches) if (packages.has(name)) return true
  return false
}

/**
 * Tells when Node sets `loaded` to true. Where a module loader has given it the source it defines `loaded` anew, past the
 * setter, and then reads `exports`: that is as early as it can be known. Both are plain properties then, as without us.
 */
function whenLoaded(module: NodeJS.Module, file: PackageFile): void {
  let exports: unknown = module.exports
  const getExports = (): unknown => {
    if (module.loaded) tell()
    return exports
  }
  const tell = (): void => {
    // A library may have defined it, which we leave alone.
    if (Object.getOwnPropertyDescriptor(module, 'exports')?.get === getExports) setOwn(module, 'exports', exports)
    for (const { packages, onFile } of watches) if (packages.has(file.name)) onFile(module, file)
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
