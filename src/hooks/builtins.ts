/**
 * Sees every builtin of interest that is required, through require-in-the-middle, which knows the ways to ask for one.
 *
 * What it would do for each `require` of a file, resolving its name a second time, nobody needs here: files are seen by
 * require.ts. So it stands behind a look at the name, and only builtins get there.
 */
import Module, { syncBuiltinESMExports } from 'node:module'
import { types } from 'node:util'
import type * as RequireInTheMiddle from 'require-in-the-middle'
import { replace } from './disguise.js'
import type { OnLoad } from './require.js'

type Require = (this: unknown, id: string) => unknown

/**
 * Whoever asks for a builtin by `import` is not seen here: see imports.ts.
 *
 * @returns stop it
 */
export function hookBuiltins(names: readonly string[], onLoad: OnLoad): (() => void)[] {
  const byId = new Map(names.flatMap((name) => [[name, name] as const, [`node:${name}`, name] as const]))
  let wasLoaded = false
  const given = new Set<string>()
  const { hook, watched } = hookAside(names, (loaded) => {
    given.add(loaded.module)
    const exports = onLoad(loaded)
    // An ES module that has imported it holds copies. Not done otherwise: the application may have patched others.
    if (wasLoaded) syncBuiltinESMExports()
    return exports
  })
  // Of ES modules that are required, late: but what is patched in a builtin is seen by those who have imported it too.
  const seeLoaded = (): void => {
    for (const name of names) if (!given.has(name) && isLoaded(name)) require(name)
  }
  const giving =
    (watching: Require) =>
    (original: Require): Require =>
      function required(this: unknown, id) {
        const name = byId.get(id)
        if (name !== undefined) {
          if (!given.has(name)) wasLoaded = isLoaded(name)
          return Reflect.apply(watching, this, arguments)
        }
        if ((id === 'punycode' || id === 'node:punycode') && !isLoaded('punycode')) {
          const { loadPunycode } = require('./punycode.js') as typeof import('./punycode.js')
          return loadPunycode(() => Reflect.apply(original, this, arguments), required)
        }
        const exports: unknown = Reflect.apply(original, this, arguments)
        if (types.isModuleNamespaceObject(exports)) seeLoaded()
        return exports
      }
  const undos = [replace(Module.prototype, 'require', giving(watched.require))]
  if (watched.getBuiltinModule !== undefined)
    undos.push(replace(process, 'getBuiltinModule', giving(watched.getBuiltinModule)))
  seeLoaded()
  return [...undos, () => hook.unhook()]
}

/** The hook's own functions, taken off the places where it has put them. */
function hookAside(
  names: readonly string[],
  onLoad: OnLoad,
): { hook: { unhook(): void }; watched: { require: Require; getBuiltinModule: Require | undefined } } {
  const { Hook } = loadHook()
  const places = {
    module: Module.prototype as { require: Require },
    process: process as { getBuiltinModule?: Require },
  }
  const originals = { require: places.module.require, getBuiltinModule: places.process.getBuiltinModule }
  const hook = new Hook([...names], (exports, module) => {
    return onLoad({ module, folder: undefined, file: undefined, isMain: true, exports }) as typeof exports
  })
  const watched = { require: places.module.require, getBuiltinModule: places.process.getBuiltinModule }
  places.module.require = originals.require
  if (originals.getBuiltinModule !== undefined) places.process.getBuiltinModule = originals.getBuiltinModule
  return { hook, watched }
}

/** Whether a builtin has been loaded by anybody. */
export function isLoaded(name: string): boolean {
  const { moduleLoadList = [] } = process as { readonly moduleLoadList?: readonly string[] }
  return moduleLoadList.includes(`NativeModule ${name}`)
}

/**
 * require-in-the-middle logs through `debug`, which takes longer to load than all the rest of a start, and looks at the paths
 * of files, which it is not asked about. Unless somebody wants that log, both get a stand-in; the application that requires
 * one of them later gets the real one.
 */
function loadHook(): typeof RequireInTheMiddle {
  const load = (): typeof RequireInTheMiddle => require('require-in-the-middle') as typeof RequireInTheMiddle
  if (process.env['DEBUG'] !== undefined) return load()
  const nothing = (): void => undefined
  return withStandIns({ debug: () => nothing, 'module-details-from-path': nothing }, load)
}

/** Loads with stand-ins for packages, by their names as they are asked for: to look for the real ones takes longer. */
function withStandIns<Result>(standIns: Readonly<Record<string, unknown>>, load: () => Result): Result {
  const loader = Module as unknown as { _load: (this: unknown, id: string, ...rest: unknown[]) => unknown }
  const { _load: original } = loader
  loader._load = function loadStandingIn(id) {
    return Object.hasOwn(standIns, id) ? standIns[id] : Reflect.apply(original, this, arguments)
  }
  try {
    return load()
  } finally {
    loader._load = original
  }
}
