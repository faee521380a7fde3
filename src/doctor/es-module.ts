/**
 * Whether the application begins with an ES module. An `import` of a builtin passes by every hook of `require`, unlike that
 * of a package, whose inner files are required: such an application gets its builtins patched before it begins.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'

/** @param script the program that Node was given, as in `process.argv[1]` */
export function isEsModule(script: string): boolean {
  const file = realPath(script)
  const extension = extname(file)
  // Without extension: given without it, or none there is.
  const goesByPackage = extension === '.js' || extension === ''
  return extension === '.mjs' || (goesByPackage && packageType(dirname(file)) === 'module')
}

/** Node goes by the target of a link. */
function realPath(script: string): string {
  try {
    return realpathSync(script)
  } catch {
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
