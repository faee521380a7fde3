/**
 * Real backends: each is told of HotROD's rides by each protocol that it takes, and asked what it knows of them.
 *
 * Called by scripts/test-backends.js with PostgreSQL and Redis running. It ends with 0 if everything was tested and
 * everything arrived; what could not be tested is an error too, unless `--allow-missing` is given.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../support/run.js'
import { Unavailable, type Backend, type Protocol, type Running } from './backend.js'
import { collector } from './collector.js'
import { jaeger } from './jaeger.js'
import { seed, tell } from './services.js'
import { differences, type Told } from './told.js'
import { zipkin } from './zipkin.js'

const BACKENDS: readonly Backend[] = [zipkin, jaeger, collector]
const CACHE = join(root, 'node_modules', '.cache', 'pretrace-backends')
/** How long spans may take to be seen, in ms. */
const PATIENCE = 15_000
const MOST_LINES = 12

interface Result {
  readonly what: string
  readonly outcome: 'ok' | 'failed' | 'not tested'
  readonly lines: readonly string[]
}

async function main(args: readonly string[]): Promise<number> {
  const words = args.filter((arg) => !arg.startsWith('--'))
  const isWanted = ({ name }: Backend): boolean =>
    words.length === 0 || words.some((word) => name.toLowerCase().includes(word.toLowerCase()))
  const folder = mkdtempSync(join(tmpdir(), 'pretrace-backends-'))
  mkdirSync(CACHE, { recursive: true })
  const results: Result[] = []
  try {
    await seed()
    for (const backend of BACKENDS.filter(isWanted)) results.push(...(await resultsOf(backend, folder)))
  } finally {
    rmSync(folder, { recursive: true })
  }
  return report(results, args.includes('--allow-missing'))
}

async function resultsOf(backend: Backend, folder: string): Promise<Result[]> {
  let running: Running
  try {
    console.log(`\n▸ ${backend.name}: is it here? The first time, fetching and building it takes minutes.`)
    running = await backend.start(await backend.obtain(CACHE), folder)
  } catch (error) {
    const outcome = error instanceof Unavailable ? 'not tested' : 'failed'
    return [say({ what: backend.name, outcome, lines: (error as Error).message.split('\n') })]
  }
  try {
    const results: Result[] = []
    for (const protocol of running.protocols) {
      const what = `${backend.name} by ${protocol.name}`
      results.push(await resultOf(what, running, () => lost(running, protocol, folder)))
    }
    const { sampling } = running
    if (sampling !== undefined)
      results.push(await resultOf(`${backend.name} saying what is sampled`, running, sampling))
    return results
  } finally {
    await running.stop()
  }
}

async function resultOf(what: string, running: Running, test: () => Promise<readonly string[]>): Promise<Result> {
  const problems = await test().catch((error: unknown) => [String(error)])
  if (problems.length === 0) return say({ what, outcome: 'ok', lines: [] })
  const more = problems.length - MOST_LINES
  const shown = [...problems.slice(0, MOST_LINES), ...(more > 0 ? [`… and ${more} more`] : [])]
  return say({ what, outcome: 'failed', lines: [...shown, ...running.output().split('\n')] })
}

/** What did not arrive of what was told. */
async function lost(running: Running, protocol: Protocol, folder: string): Promise<readonly string[]> {
  const told = await tell(protocol.env, folder)
  const traces = new Map<string, Told[]>()
  for (const span of told) traces.set(span.traceId, [...(traces.get(span.traceId) ?? []), span])
  const unconvincing = triviality(told, traces)
  if (unconvincing !== undefined) return [unconvincing]
  const problems: string[] = []
  for (const [traceId, spans] of traces) {
    const arrived = await patiently(() => running.trace(traceId), spans.length)
    problems.push(...differences(spans, arrived, protocol))
  }
  return [...problems, ...((await running.overview?.(told, protocol)) ?? [])]
}

/** What was told must be worth the comparison: all services, errors, and rides that went through several. */
function triviality(told: readonly Told[], traces: ReadonlyMap<string, readonly Told[]>): string | undefined {
  const services = new Set(told.map(({ service }) => service))
  const largest = Math.max(...[...traces.values()].map((spans) => new Set(spans.map(({ service }) => service)).size))
  const failed = told.filter((span) => span.failed)
  if (services.size === 5 && largest === 4 && failed.length >= 5 && told.some(({ links }) => links.length > 0))
    return undefined
  return `the services told too little: ${told.length} spans of ${[...services].join()}, ${failed.length} failed`
}

async function patiently(ask: () => Promise<readonly Told[]>, enough: number): Promise<readonly Told[]> {
  const giveUp = Date.now() + PATIENCE
  for (;;) {
    const arrived = await ask()
    if (arrived.length >= enough || Date.now() > giveUp) return arrived
    await sleep(100)
  }
}

function say(result: Result): Result {
  const mark = { ok: '✔', failed: '✖', 'not tested': '–' }[result.outcome]
  console.log(`  ${mark} ${result.what}${result.outcome === 'ok' ? '' : `: ${result.outcome}`}`)
  for (const line of result.lines) console.log(`      ${line}`)
  return result
}

function report(results: readonly Result[], mayBeMissing: boolean): number {
  const count = (outcome: Result['outcome']): number => results.filter((result) => result.outcome === outcome).length
  const missing = results.filter(({ outcome }) => outcome === 'not tested')
  console.log(`\n${count('ok')} ok, ${count('failed')} failed, ${missing.length} backends not tested`)
  for (const { what, lines } of missing) console.log(`  not tested: ${what}: ${lines[0]}`)
  if (results.length === 0) console.log('no backend goes by that name')
  const isWhole = results.length > 0 && (missing.length === 0 || mayBeMissing)
  return count('failed') === 0 && isWhole ? 0 : 1
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error)
    process.exitCode = 1
  },
)
