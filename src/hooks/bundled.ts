/**
 * Libraries inside of a bundled program: no file of theirs is ever loaded, so there is nothing to patch.
 */
import { readFileSync } from 'node:fs'

/** What our bundler plugins put in. */
const PATCHED_IN_BUNDLE = 'pretrace.running'

/**
 * @param libraries with texts that no minifier changes
 * @returns the names of those that the program contains without being traced there
 */
export function bundledIn(
  program: string,
  libraries: readonly { readonly name: string; readonly sign?: string }[],
): string[] {
  const text = read(program)
  if (text.includes(PATCHED_IN_BUNDLE)) return []
  return libraries.filter(({ sign }) => sign !== undefined && text.includes(sign)).map(({ name }) => name)
}

/** What to say of them. */
export function bundledLine(program: string, names: readonly string[]): string {
  const are = names.length === 1 ? 'is' : 'are'
  return `${names.join(', ')} ${are} not traced, unlike http and fetch: ${program} is a bundle; build it with pretrace/bundler, see pretrace doctor`
}

/** Empty for what cannot be read: Node will say so. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
