/**
 * One cell of the table: a library's contract, kept with the preload on one Node, in one kind of module.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import major from 'semver/functions/major.js'
import minor from 'semver/functions/minor.js'
import satisfies from 'semver/functions/satisfies.js'
import { Collector, type Arrived } from '../support/collector.js'
import { preload, root, runNode, type Ran } from '../support/run.js'

export const KINDS = ['CommonJS', 'ESM'] as const
export type Kind = (typeof KINDS)[number]

interface Contract {
  /** By path, what a scenario makes of the request's span: names of spans, indented, `!` where they failed. */
  expected(major: number, minor: number): Readonly<Record<string, readonly string[]>>
  /** The library names the request's span, which comes first then. */
  readonly namesRequests?: boolean
}

export interface Outcome {
  /** It could not be run: why. */
  readonly impossible?: string
  /** What was not as it should be. */
  readonly wrong?: string
}

export interface Cell {
  readonly library: string
  readonly version: string | undefined
  /** Where the library is installed. */
  readonly folder: string
  readonly kind: Kind
  readonly node: string
  readonly env: Readonly<Record<string, string>>
}

/** Milliseconds; a program takes less than one second. */
const TIMEOUT = 60_000

const runner = join(root, 'test', 'versions', 'contract.js')

export async function runCell(cell: Cell): Promise<Outcome> {
  const program = programOf(cell)
  try {
    return await compare(cell, program)
  } finally {
    rmSync(program)
  }
}

async function compare(cell: Cell, program: string): Promise<Outcome> {
  const { library, version, folder: cwd, node, env } = cell
  const bare = await runNode([program], { cwd, node, env, timeout: TIMEOUT })
  if (bare.code !== 0 || !bare.stdout.endsWith('done\n')) return { impossible: await whyNot(cell, bare) }
  const collector = await Collector.start()
  try {
    const traced = await runNode(['-r', preload, program], {
      cwd,
      node,
      timeout: TIMEOUT,
      env: { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PRETRACE_EXIT_TIMEOUT: '10000' },
    })
    const contract = require(join(root, 'test', 'versions', 'contracts', library)) as Contract
    const wrong = differenceOf(bare, traced) ?? wrongIn(collector.spans, contract, version)
    return wrong === undefined ? {} : { wrong }
  } finally {
    await collector.stop()
  }
}

/** What a program asks for, where it is not the library's name. */
const SPECIFIERS: Readonly<Record<string, string>> = { 'pg-native': 'pg', prisma: '@prisma/adapter-pg' }

let programs = 0

/** A program that has the library by `require` or by `import`, and hands it to the contract. */
function programOf({ library, version, folder, kind }: Cell): string {
  const specifier = SPECIFIERS[library] ?? (version === undefined ? `node:${library}` : library)
  const isModule = kind === 'ESM'
  const file = join(folder, `contract-${process.pid}-${programs++}.${isModule ? 'mjs' : 'cjs'}`)
  const source = isModule
    ? `import * as library from '${specifier}'\nimport { run } from '${pathToFileURL(runner).href}'\nawait run('${library}', library)\n`
    : `const library = require('${specifier}')\nrequire(${JSON.stringify(runner)}).run('${library}', library)\n`
  writeFileSync(file, source)
  return file
}

/** Why a library does not run on a Node, with which pretrace has nothing to do. */
async function whyNot({ library, version, folder, node }: Cell, bare: Ran): Promise<string> {
  if (version === undefined) return `fails there: ${reasonOf(bare)}`
  const file = join(folder, 'node_modules', library, 'package.json')
  const { engines } = JSON.parse(readFileSync(file, 'utf8')) as { engines?: { node?: string } }
  const { stdout: release } = await runNode(['--version'], { node })
  if (engines?.node !== undefined && !satisfies(release.trim(), engines.node)) return `made for Node ${engines.node}`
  return bare.code === 0 || bare.code === 13 ? 'never connects there' : `fails there: ${reasonOf(bare)}`
}

function reasonOf({ stderr, code, signal }: Ran): string {
  const lines = stderr.split('\n')
  const telling = lines
    .find((line) => /Error|needs|requires/.test(line))
    ?.trim()
    .slice(0, 200)
  return telling?.replaceAll(/\S*[\\/]node_modules[\\/]/g, '') ?? `it ends with ${code ?? signal}`
}

/** What an application can see must be the same. */
function differenceOf(bare: Ran, traced: Ran): string | undefined {
  if (traced.code !== bare.code) return `ends with ${traced.code ?? traced.signal}: ${reasonOf(traced)}`
  for (const stream of ['stdout', 'stderr'] as const) {
    const [without, within] = [bare, traced].map((ran) => plain(ran[stream]).split('\n'))
    const at = within?.findIndex((line, i) => line !== without?.[i]) ?? -1
    if (at !== -1 || within?.length !== without?.length)
      return `${stream}: ${JSON.stringify(within?.[at])} instead of ${JSON.stringify(without?.[at])}`
  }
  return undefined
}

/** Without process ids, ports, and the frames of stacks, of which some are ours. */
function plain(text: string): string {
  return text
    .replaceAll(/^ {4}at .*\n/gm, '')
    .replaceAll(/\(node:\d+\)/g, '(node)')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1')
}

function wrongIn(spans: readonly Arrived[], contract: Contract, version = '0.0.0'): string | undefined {
  const expected = contract.expected(major(version), minor(version))
  const roots = spans.filter(({ kind, parentSpanId }) => kind === 'server' && parentSpanId === undefined)
  for (const [path, wanted] of Object.entries(expected)) {
    const asked = roots.filter(({ attributes }) => attributes['url.path'] === `/${path}`)
    if (asked.length !== 2) return `${path} was asked for twice and has ${asked.length} traces`
    for (const root of asked) {
      const tree = lines(root, spans, 0)
      const found = contract.namesRequests === true ? tree : tree.slice(1).map((line) => line.slice(2))
      const isTogether = root.attributes['url.query'] !== undefined
      if (found.join('\n') !== wanted.join('\n'))
        return `${path}${isTogether ? ', together' : ''}: ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`
    }
  }
  return strayIn(spans, roots)
}

/** Before the first request and after the last, the contract is being set up and torn down. */
function strayIn(spans: readonly Arrived[], roots: readonly Arrived[]): string | undefined {
  const from = Math.min(...roots.map(({ start }) => start))
  const to = Math.max(...roots.map(({ end }) => end))
  const stray = spans.find(
    (span) => span.parentSpanId === undefined && !roots.includes(span) && span.start > from && span.start < to,
  )
  return stray === undefined ? undefined : `${stray.name} is in no trace`
}

function lines(span: Arrived, spans: readonly Arrived[], depth: number): string[] {
  const below = spans.filter((other) => other.parentSpanId === span.spanId).sort((a, b) => a.start - b.start)
  return [
    `${'  '.repeat(depth)}${span.name}${span.failed ? ' !' : ''}`,
    ...below.flatMap((child) => lines(child, spans, depth + 1)),
  ]
}
