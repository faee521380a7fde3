/**
 * What the plugins of all bundlers have in common: to each file of a library that is patched a line is added that hands
 * what the file exports to the preload, as loading would have done.
 */
import { instrumentations } from '../../instrumentations/index.js'
import { mainsOf, packageVersion } from '../hooks/package-info.js'
import { packageOf, type PackageFile } from '../hooks/package-of.js'

/** Files by package; undefined stands for the main one. */
const patched = new Map<string, Set<string | undefined>>()
for (const listed of instrumentations) {
  for (const { module, versions, file } of listed.load().patches) {
    if (versions === undefined) continue
    const files = patched.get(module)
    // The main file tells that a package has been loaded whole.
    if (files === undefined) patched.set(module, new Set([undefined, file]))
    else files.add(file)
  }
}

/** Finds the files that {@link traceable} may change, and a few more. */
export const tracedFiles = new RegExp(
  `[\\\\/]node_modules[\\\\/](?:${[...patched.keys()].map((name) => name.replace('/', '[\\\\/]')).join('|')})[\\\\/].+\\.c?js$`,
)

/**
 * @param path of the file; a bundler's own files begin with a zero byte
 * @returns the source of the file with a line added; undefined where there is nothing to be traced
 */
export function traceable(path: string, source: string): string | undefined {
  if (path.startsWith('\0')) return undefined
  const [plain = ''] = path.split('?')
  const found = packageOf(plain)
  const files = found && patched.get(found.name)
  if (found === undefined || files === undefined) return undefined
  const isMain = mainsOf(found.folder, found.name).includes(found.file)
  return isMain || files.has(found.file) ? `${source}\n${handOver(found, isMain)}\n` : undefined
}

/** In the language of 2009, as libraries may have been compiled for; an assignment is what every bundler understands. */
function handOver({ name, folder, file }: PackageFile, isMain: boolean): string {
  const args = JSON.stringify([name, packageVersion(folder), file, isMain]).slice(1, -1)
  const call = `function (p, e) { return p && p.bundled ? p.bundled(e, ${args}) : e }`
  return `;module.exports = (${call})(globalThis[Symbol.for('pretrace.running')], module.exports);`
}
