/**
 * Before Node 22.4 nothing tells of an ES module coming. What will import is then told by its looks: better once too often,
 * which costs loading a few builtins, than never.
 */
import { readFileSync } from 'node:fs'
import Module from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { isLoaded } from './builtins.js'
import { replace } from './disguise.js'

const DYNAMIC = /\bimport\s*\(\s*[^\s)]/
const STATIC = /(?:^|;)[ \t]*import\s*(?:["'{*]|[\w$]+\s*(?:,|from\b))/m

/** Whether a source may import: `import()` in CommonJS, or a program that its syntax alone makes an ES module. */
function seemsToImport(source: string): boolean {
  return source.includes('import') && (DYNAMIC.test(source) || STATIC.test(source))
}

/** The name of what Node compiles around a worker's text. */
const WORKER_TEXT = '[worker eval]-wrapper'

/** Whether the program that follows `-e`, or a worker's text, may import. */
export function isEvalImporting(): boolean {
  const { _eval: source } = process as { readonly _eval?: unknown }
  return typeof source === 'string' && seemsToImport(source)
}

type RunMain = (main?: string) => unknown
type Compile = (this: NodeJS.Module, content: string, filename: string, format?: string) => unknown

/**
 * Calls `saw` if the program that Node is about to run is an ES module (in a worker nothing else tells which it is), and
 * when a file is about to run that may import, or was required though it is an ES module.
 *
 * @returns stop it
 */
export function watchUnannounced(saw: () => void): (() => void)[] {
  const undoMain = replace(Module, 'runMain', (runMain: RunMain): RunMain => {
    return function (this: unknown, main = process.argv[1]) {
      if (main !== undefined && isEsModule(main)) saw()
      return Reflect.apply(runMain, this, arguments) as unknown
    }
  })
  const undoCompile = replace(Module.prototype, '_compile', (compile: Compile): Compile => {
    return function (content, filename, format) {
      if (format === 'module' || seemsToImport(content)) saw()
      // What Node has compiled around the text of a worker, which it gives to nobody else.
      if (filename === WORKER_TEXT && isEvalImporting()) saw()
      return compile.apply(this, arguments as never)
    }
  })
  if (process.argv[1] === undefined && isWorker()) queueMicrotask(() => isTextAnEsModule() && saw())
  return [undoMain, undoCompile]
}

/** In a worker Node has loaded it before all else; to load it in the main thread takes longer than the rest of a start. */
function isWorker(): boolean {
  return (
    isLoaded('worker_threads') && !(require('node:worker_threads') as typeof import('node:worker_threads')).isMainThread
  )
}

/** Whether the text that a worker runs is an ES module: then it is still to come when the preload has run. */
function isTextAnEsModule(): boolean {
  return !('_eval' in process) || isEvalImporting()
}

/** @param script the program that Node was given, as in `process.argv[1]` */
export function isEsModule(script: string): boolean {
  const file = fileOf(script)
  const extension = extname(file)
  if (/^\.[mc]/.test(extension)) return extension.startsWith('.m')
  return packageType(dirname(file)) === 'module'
}

/**
 * Node takes folders, names without extension, and goes by the target of a link. What it finds it remembers for itself, so
 * it is asked as it asks itself for its program, `--preserve-symlinks` or not.
 */
function fileOf(script: string): string {
  try {
    return (Module as unknown as WithFindPath)._findPath(resolve(script), null, true) || script
  } catch {
    // A broken package.json, of which Node will tell.
    return script
  }
}

/** What the nearest package.json says of its modules. */
function packageType(folder: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: unknown } | null)?.type
  } catch {
    const above = dirname(folder)
    return above === folder ? undefined : packageType(above)
  }
}

// ---- the little of Node's loader relied upon ----

interface WithFindPath {
  _findPath(path: string, folders: null, isMain: boolean): string | false
}
