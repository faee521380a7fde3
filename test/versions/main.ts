/**
 * Runs the table of versions: see scripts/test-versions.js.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../support/run.js'
import { KINDS, runCell, type Outcome } from './cell.js'
import { installed, nodeOf } from './install.js'
import { startAll } from './servers.js'
import { declaredRange, LIBRARIES, NODES, rowsOf, type Row } from './plan.js'

/** What test/versions/results.json holds. */
interface Results {
  /** Declared ranges by library, as they were when it was tested. */
  ranges: Record<string, string | undefined>
  /** The releases that were run. */
  nodes: Record<string, string>
  rows: Tested[]
}

/** Outcomes by `node kind`: true, or what was wrong, or why it could not be run. */
type Tested = Row & { cells: Record<string, true | { wrong: string } | { impossible: string }> }

const file = join(root, 'test', 'versions', 'results.json')
/** Programs at a time. */
const LANES = 2

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { library: { type: 'string' }, node: { type: 'string' } } })
  const libraries = chosen(LIBRARIES, values.library, (name, word) => name === word)
  const nodes = chosen(NODES, values.node, (name, word) => name === word || name.startsWith(`${word}.`))
  const results = JSON.parse(readFileSync(file, 'utf8')) as Results
  const rows = libraries.flatMap(rowsOf)
  for (const library of libraries) results.ranges[library] = declaredRange(library)
  results.rows = merged(results.rows, rows, libraries)
  const executables = new Map(nodes.map((node) => [node, nodeOf(node)]))
  for (const [node, executable] of executables) results.nodes[node] = versionOf(executable)
  const { env, stop } = await startAll()
  try {
    const failures = await runAll(results, rows, executables, env)
    console.log(
      failures === 0 ? 'every cell that can be run is as it should be' : `${failures} cells are not as they should be`,
    )
    return failures === 0 ? 0 : 1
  } finally {
    await stop()
  }
}

function chosen(
  all: readonly string[],
  words: string | undefined,
  isMeant: (name: string, word: string) => boolean,
): readonly string[] {
  if (words === undefined) return all
  return words.split(',').map((word) => {
    const found = all.find((name) => isMeant(name, word))
    if (found === undefined) throw new Error(`${word} is none of ${all.join(', ')}`)
    return found
  })
}

/** The rows of now, with what is known of them; those of libraries that are not run stay. */
function merged(known: readonly Tested[], rows: readonly Row[], libraries: readonly string[]): Tested[] {
  const cellsOf = ({ library, version }: Row): Tested['cells'] =>
    known.find((row) => row.library === library && row.version === version)?.cells ?? {}
  return LIBRARIES.flatMap((library) =>
    libraries.includes(library)
      ? rows.filter((row) => row.library === library).map((row) => ({ ...row, cells: cellsOf(row) }))
      : known.filter((row) => row.library === library),
  )
}

/** @returns how many were not as they should be */
async function runAll(
  results: Results,
  rows: readonly Row[],
  executables: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const cells = results.rows
    .filter((tested) => rows.some((row) => row.library === tested.library))
    .flatMap((row) => {
      return [...executables].flatMap(([release, node]) => {
        const folder = folderOf(row, release)
        return KINDS.map((kind) => ({ row, release, node, kind, folder }))
      })
    })
  let failures = 0
  const lane = async (): Promise<void> => {
    for (let cell = cells.shift(); cell !== undefined; cell = cells.shift()) {
      const { row, release, kind, node, folder } = cell
      const { library, version } = row
      const outcome =
        folder instanceof Error
          ? { impossible: 'could not be installed there' }
          : await runCell({ library, version, folder, kind, node, env })
      row.cells[`${release} ${kind}`] = entryOf(outcome)
      save(results)
      if (outcome.wrong !== undefined) failures++
      console.log(
        `${library} ${version ?? ''}, Node ${release}, ${kind}: ${outcome.wrong ?? outcome.impossible ?? 'good'}`,
      )
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  return failures
}

/** After each cell: a run takes minutes, and may be ended before its end. */
function save(results: Results): void {
  const order = (a: [string, unknown], b: [string, unknown]): number => (a[0] < b[0] ? -1 : 1)
  const rows = results.rows.map((row) => ({ ...row, cells: Object.fromEntries(Object.entries(row.cells).sort(order)) }))
  writeFileSync(file, `${JSON.stringify({ ...results, rows }, undefined, 2)}\n`)
}

/** What has to be compiled or downloaded may not be had on every machine. */
function folderOf(row: Row, release: string): string | Error {
  try {
    return installed(row, release)
  } catch (error) {
    return error as Error
  }
}

function entryOf({ wrong, impossible }: Outcome): Tested['cells'][string] {
  return wrong !== undefined ? { wrong } : impossible !== undefined ? { impossible } : true
}

function versionOf(executable: string): string {
  const { execFileSync } = require('node:child_process') as typeof import('node:child_process')
  return execFileSync(executable, ['--version'], { encoding: 'utf8' }).trim().slice(1)
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error)
    process.exitCode = 1
  },
)
