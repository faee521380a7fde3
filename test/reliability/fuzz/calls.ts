/**
 * The program that calls what is patched, in ways that make sense and in ways that do not. It writes a line a call: what
 * came back, or was thrown, at once and later. Started with the preload and without it, with the same seed.
 *
 * node calls.js <seed> <number of calls>
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import { connect, fetched, ioRedis, nodeRedis, queries } from './client-calls.js'
import { client, constructed, handled, serverMethods, started } from './http-calls.js'
import { described, LATE, later, patience, shape, type Call } from './outcome.js'

const KINDS: Readonly<Record<string, { arbitrary: fc.Arbitrary<Call>; weight: number }>> = {
  client: { arbitrary: client, weight: 20 },
  constructed: { arbitrary: constructed, weight: 10 },
  server: { arbitrary: serverMethods, weight: 40 },
  express: { arbitrary: handled, weight: 20 },
  pg: { arbitrary: queries, weight: 20 },
  redis: { arbitrary: nodeRedis, weight: 15 },
  ioredis: { arbitrary: ioRedis, weight: 15 },
  fetch: { arbitrary: fetched, weight: 8 },
  process: { arbitrary: started, weight: 1 },
}
const anyCall = fc.oneof(
  ...Object.entries(KINDS).map(([kind, { arbitrary, weight }]) => ({
    arbitrary: arbitrary.map((call) => ({ kind, call })),
    weight,
  })),
)

// ---- the run ----

const uncaught: string[] = []
process.on('uncaughtException', (error) => uncaught.push(`uncaught ${described(error)}`))
process.on('unhandledRejection', (error) => uncaught.push(`unhandled ${described(error)}`))

async function outcome(call: Call): Promise<string> {
  try {
    const result = call()
    return `${shape(result)} ${await later(result)}`
  } catch (error) {
    return `threw ${described(error)}`
  }
}

/** Stable from run to run: no addresses, ids and times. */
const stable = (line: string): string =>
  line
    .replace(/Promise \{[^}]*\}/g, 'Promise')
    .replaceAll('\n', ' ')
    .replace(/\d{4,}/g, 'N')
    .slice(0, 600)
/** Calls that wait for what comes of them. */
const AT_ONCE = 2500

async function run(seed: number, count: number): Promise<void> {
  const cases = fc.sample(anyCall, { seed, numRuns: count })
  let lines = ''
  for (let done = 0; done < cases.length; done += AT_ONCE) {
    const some = cases.slice(done, done + AT_ONCE)
    const all = Promise.all(some.map(async ({ kind, call }) => stable(`${kind} ${await outcome(call)}`)))
    // Those that the events of others have been waiting for wait for themselves.
    for (let i = 0; i < 2; i++) await patience()
    const told = await all
    await new Promise((resolve) => setImmediate(resolve))
    lines += `${told.join('\n')}\n`
  }
  await new Promise<void>((resolve) => process.stdout.write(lines, () => resolve()))
}

const [seed, count] = process.argv.slice(2).map(Number) as [number, number]
const BATCH = 2500
// In the course of a request, or there would be no trace to join.
const own = new AsyncLocalStorage()
const outer = http.createServer((_req, res) => {
  void own.run('own', async () => {
    await connect()
    for (let done = 0; done < count; done += BATCH) await run(seed + done, Math.min(BATCH, count - done))
    await new Promise((resolve) => setTimeout(resolve, LATE))
    process.stdout.write(`${[...new Set(uncaught.map(stable))].sort().join('\n')}\n`, () => process.exit())
    res.end()
  })
})
outer.listen(0, '127.0.0.1', () => http.get({ port: (outer.address() as AddressInfo).port, agent: false }))
