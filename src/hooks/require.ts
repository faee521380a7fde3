/**
 * Sees every `require` of the libraries that are of interest, inner files included.
 */
import { dirname, sep } from 'node:path'
import type * as RequireInTheMiddle from 'require-in-the-middle'

/** A file that has just been loaded for the first time. */
export interface Loaded {
  /** The package's or builtin's name. */
  readonly module: string
  /** Where the package is installed; undefined for builtins. */
  readonly folder: string | undefined
  /** The file inside the package with slashes; undefined for its main module, whatever file that is. */
  readonly file: string | undefined
  readonly isMain: boolean
  /** Some of its files may be yet to come: one of them has required it back. */
  readonly isLoading: boolean
  readonly exports: unknown
}

/**
 * @param modules names of packages and builtins
 * @param onLoad called once for each of their files; what it returns is what `require` gives
 * @returns stops it
 */
export function hookRequire(modules: readonly string[], onLoad: (loaded: Loaded) => unknown): () => void {
  const { Hook } = loadHook()
  const hook = new Hook([...modules], { internals: true }, (exports, name, folder) => {
    const path = sep === '/' ? name : name.replaceAll(sep, '/')
    const module = modules.find((known) => path === known || path.startsWith(`${known}/`))
    if (module === undefined) return exports
    const isMain = path === module
    const file = isMain ? undefined : path.slice(module.length + 1)
    return onLoad({ module, folder, file, isMain, isLoading: isMain && isLoading(exports), exports }) as typeof exports
  })
  return () => hook.unhook()
}

/** Whether the file with these exports has not come to its end. */
function isLoading(exports: unknown): boolean {
  return Object.values(require.cache).some((file) => file?.loaded === false && file.exports === exports)
}

/**
 * require-in-the-middle logs through `debug`, which takes longer to load than all the rest of a start. Unless somebody
 * asks for that log, it gets a stand-in, and the application that requires `debug` later gets the real one.
 */
function loadHook(): typeof RequireInTheMiddle {
  const load = (): typeof RequireInTheMiddle => require('require-in-the-middle') as typeof RequireInTheMiddle
  if (process.env['DEBUG'] !== undefined) return load()
  const path = require.resolve('debug', { paths: [dirname(require.resolve('require-in-the-middle'))] })
  const { cache } = require
  const real = cache[path]
  const silence = (): void => undefined
  cache[path] = { ...module, id: path, filename: path, loaded: true, children: [], exports: () => silence }
  try {
    return load()
  } finally {
    if (real === undefined) delete cache[path]
    else cache[path] = real
  }
}
