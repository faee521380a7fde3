/**
 * Libraries that are there and not traced.
 */
import type { LibraryReport } from '../../doctor/report.js'
import { tracedOf } from './examination.js'
import { note, problem, type Finding, type Rule } from './finding.js'

export const untracedLibraries: Rule = (examination) => {
  const libraries = tracedOf(examination)?.libraries ?? []
  return [...libraries.flatMap(judged), ...disabled(libraries), ...bundled(libraries), ...foreign(libraries)]
}

function judged(library: LibraryReport): Finding[] {
  const { outcome, why = '' } = library
  const name = nameOf(library)
  switch (outcome) {
    case 'refused':
      return why.startsWith('supported are')
        ? [
            problem(
              'library-out-of-range',
              `${name} is not traced: ${why}.`,
              'Install a version within that range, or ask for this one to be supported.',
            ),
          ]
        : [
            problem(
              'library-not-patched',
              `${name} is not traced: ${why}.`,
              'This is a defect of pretrace, or an unusual copy of the library: please report it with this line.',
            ),
          ]
    case 'unseen':
      return [
        problem(
          'library-unseen',
          `${name} is loaded in a way that pretrace does not see, and not traced.`,
          'A loader or launcher of its own brings it in: preload pretrace before that.',
        ),
      ]
    default:
      return []
  }
}

function disabled(libraries: readonly LibraryReport[]): Finding[] {
  const off = libraries.filter(({ outcome }) => outcome === 'disabled')
  return [...new Set(off.map(({ instrumentation }) => instrumentation))].map((name) => {
    const own = off.filter(({ instrumentation }) => instrumentation === name).map(nameOf)
    return problem(
      'library-disabled',
      `Not traced, since the instrumentation ${name} is switched off: ${own.join(', ')}.`,
      'OTEL_NODE_DISABLED_INSTRUMENTATIONS or OTEL_NODE_ENABLED_INSTRUMENTATIONS says so; change it if you miss the spans.',
    )
  })
}

function bundled(libraries: readonly LibraryReport[]): Finding[] {
  const inside = libraries.filter(({ outcome }) => outcome === 'bundled')
  if (inside.length === 0) return []
  const files = [...new Set(inside.map(({ folder }) => folder))].join(', ')
  const names = [...new Set(inside.map(({ module }) => module))]
  return [
    problem(
      'library-bundled',
      `${names.join(', ')}: part of the bundle ${files}, where pretrace cannot reach them. Node’s own http and fetch are traced.`,
      `Build it with the plugin of pretrace/bundler, or leave them out of the bundle: esbuild \`${names.map((name) => `--external:${name}`).join(' ')}\`, webpack \`externals\`, Rollup \`external\`.`,
    ),
  ]
}

function foreign(libraries: readonly LibraryReport[]): Finding[] {
  const names = libraries.filter(({ outcome }) => outcome === 'foreign').map(nameOf)
  if (names.length === 0) return []
  return [
    note(
      'library-foreign',
      `There is no instrumentation for ${names.join(', ')}; what goes through http or fetch is traced all the same.`,
    ),
  ]
}

function nameOf({ module, version }: LibraryReport): string {
  return version === undefined ? module : `${module} ${version}`
}
