/**
 * Sees every file of the packages that are of interest at the end of its loading, and every builtin that is required.
 *
 * Files are seen in `Module.prototype.load`, which all CommonJS passes, whether it is asked for by `require` or by an
 * `import`. It costs a look at the path of each file, and nothing with a `require` of what is loaded already.
 */
import Module, { createRequire, isBuiltin, syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { replace } from './disguise.js'
import { packageOf } from './package-of.js'

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

type Load = (this: NodeJS.Module, filename: string) => unknown
type Require = (this: unknown, id: string) => unknown

/**
 * @param modules names of packages and builtins
 * @param onLoad called once for each of their files
 * @returns stops it
 */
export function hookRequire(modules: readonly string[], onLoad: OnLoad): () => void {
  const undos = [hookFiles(new Set(modules), onLoad), ...hookBuiltins(modules.filter(isBuiltin), onLoad)]
  return () => undos.forEach((undo) => undo())
}

// ---- packages ----

function hookFiles(packages: ReadonlySet<string>, onLoad: OnLoad): () => void {
  const mains = new Map<string, string | undefined>()
  const isMain = (folder: string, name: string, path: string): boolean => {
    if (!mains.has(folder)) mains.set(folder, mainOf(folder, name))
    return mains.get(folder) === path
  }
  let isOver = false
  const onFile = (module: NodeJS.Module, path: string): void => {
    const found = packageOf(path)
    if (found === undefined || isOver || !packages.has(found.name)) return
    const { name, folder, file } = found
    const exports: unknown = onLoad({
      module: name,
      folder,
      file,
      isMain: isMain(folder, name, path),
      exports: module.exports,
    })
    if (exports !== module.exports) module.exports = exports
  }
  const undo = replace(Module.prototype, 'load', (load: Load): Load => {
    return function (filename) {
      const result = load.apply(this, arguments as never)
      onFile(this, filename)
      return result
    }
  })
  return () => {
    isOver = true
    undo()
  }
}

/** The file that `require` of a package gives. */
function mainOf(folder: string, name: string): string | undefined {
  try {
    return createRequire(join(folder, 'package.json')).resolve(name)
  } catch {
    return undefined
  }
}

// ---- builtins ----

interface Builtin {
  readonly name: string
  isGiven: boolean
  exports: unknown
}

/** Whoever asks for a builtin by `import` is not seen here: see imports.ts. */
function hookBuiltins(names: readonly string[], onLoad: OnLoad): (() => void)[] {
  const builtins = new Map<string, Builtin>()
  for (const name of names) {
    const builtin = { name, isGiven: false, exports: undefined }
    builtins.set(name, builtin).set(`node:${name}`, builtin)
  }
  const give = (builtin: Builtin, load: () => unknown): unknown => {
    if (builtin.isGiven) return builtin.exports
    const wasLoaded = isLoaded(builtin.name)
    builtin.exports = load()
    // It may be asked for again while it is patched.
    builtin.isGiven = true
    builtin.exports = onLoad({
      module: builtin.name,
      folder: undefined,
      file: undefined,
      isMain: true,
      exports: builtin.exports,
    })
    // An ES module that has imported it holds copies. Not done otherwise: the application may have patched others.
    if (wasLoaded) syncBuiltinESMExports()
    return builtin.exports
  }
  const giving = (original: Require): Require => {
    return function (this: unknown, id) {
      const builtin = builtins.get(id)
      if (builtin === undefined) return Reflect.apply(original, this, arguments)
      return give(builtin, () => Reflect.apply(original, this, arguments))
    }
  }
  const undos = [replace(Module.prototype, 'require', giving)]
  if ('getBuiltinModule' in process) undos.push(replace(process, 'getBuiltinModule', giving))
  for (const name of names) if (isLoaded(name)) require(name)
  undos.push(() => builtins.clear())
  return undos
}

/** Whether a builtin has been loaded by anybody. */
function isLoaded(name: string): boolean {
  const { moduleLoadList = [] } = process as { readonly moduleLoadList?: readonly string[] }
  return moduleLoadList.includes(`NativeModule ${name}`)
}
