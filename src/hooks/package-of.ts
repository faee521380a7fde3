/**
 * Which installed package a file belongs to, by its path alone. It is asked for every file that is loaded.
 */

/** A file of a package. */
export interface PackageFile {
  /** The package's name. */
  readonly name: string
  /** Where the package is installed. */
  readonly folder: string
  /** The file inside of it, with slashes. */
  readonly file: string
}

const NODE_MODULES = 'node_modules'

/**
 * @param path absolute; the innermost `node_modules` counts, which holds for pnpm's store, for Yarn's archives and for
 *   copies inside of other packages
 * @returns undefined for a file that belongs to no installed package
 */
export function packageOf(path: string): PackageFile | undefined {
  const start = path.lastIndexOf(NODE_MODULES) + NODE_MODULES.length
  if (start < NODE_MODULES.length || !isSeparator(path, start)) return undefined
  const end = endOf(path, path.charCodeAt(start + 1) === AT ? endOf(path, start + 1) : start)
  if (end === -1) return undefined
  return { name: slashed(path.slice(start + 1, end)), folder: path.slice(0, end), file: slashed(path.slice(end + 1)) }
}

const AT = 64
const SLASH = 47
const BACKSLASH = 92

/** Where the path's next part ends that begins behind the separator at `start`; -1 if it ends with the path. */
function endOf(path: string, start: number): number {
  if (start === -1) return -1
  const slash = path.indexOf('/', start + 1)
  const backslash = path.indexOf('\\', start + 1)
  return slash === -1 || (backslash !== -1 && backslash < slash) ? backslash : slash
}

function isSeparator(path: string, at: number): boolean {
  const code = path.charCodeAt(at)
  return code === SLASH || code === BACKSLASH
}

function slashed(path: string): string {
  return path.includes('\\') ? path.replaceAll('\\', '/') : path
}
