/**
 * Libraries that were loaded before the preload: whoever holds them holds them unpatched.
 */
import { packageOf } from './package-of.js'

/**
 * @param isWatched whether a package is one that would be patched
 * @param files loaded already, such as the keys of `require.cache`
 * @returns the packages' folders, by their names
 */
export function loadedBefore(isWatched: (name: string) => boolean, files: Iterable<string>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const path of files) {
    const file = packageOf(path)
    if (file === undefined || !isWatched(file.name)) continue
    const folders = found.get(file.name)
    if (folders === undefined) found.set(file.name, new Set([file.folder]))
    else folders.add(file.folder)
  }
  return found
}

/** What to say of one of them. */
export function loadedBeforeLine(name: string): string {
  return `${name} was loaded before pretrace and is not traced; load pretrace/register first, see pretrace doctor`
}
