/**
 * A service under load while its collector misbehaves: what its callers notice, what it says, and where each span went.
 * Beside it runs the same service without the preload.
 */
import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { until } from '../support/until.js'
import { form, leave, sized } from './figures.js'
import { faults, type Fault, type Trouble } from './troubles.js'
import { Service, load, sleep, type Load } from './twins.js'
import type { Report } from './service.js'

const MIB = 1 << 20
const MINUTE = 60_000
/** How long it goes well, and how long badly, in ms. */
const [GOOD, BAD] = [sized(250, 3000), sized(1500, 20_000)]
const LOAD: Load = { callers: 4, pause: sized(20, 8), path: '/?spans=3' }
const SPANS_A_REQUEST = 4
const SETTINGS = {
  OTEL_BSP_SCHEDULE_DELAY: String(sized(100, 1000)),
  OTEL_EXPORTER_OTLP_TIMEOUT: String(sized(1000, 5000)),
  OTEL_BSP_MAX_QUEUE_SIZE: String(sized(4096, 16_384)),
}

interface Outcome {
  readonly why: string | undefined
  readonly requests: number
  readonly failed: number
  readonly delivered: number
  readonly dropped: number
  readonly lost: number
  /** Spans that arrived although they had been given up, in the same moment; and of how many that may be so. */
  readonly late: number
  readonly unheard: number
  readonly twice: number
  /** Spans dropped when all had been well again for a while. */
  readonly droppedLate: number
  readonly latency: { readonly p50: number; readonly p99: number; readonly max: number }
  readonly slower: { readonly p50: number; readonly p99: number; readonly max: number }
  /** Bytes that the process has grown by, at its worst and in the end, beyond what the other one has. */
  readonly growth: { readonly worst: number; readonly end: number }
  readonly lines: readonly string[]
  readonly minutes: number
  readonly code: unknown
}

async function suffer(fault: Fault): Promise<Outcome> {
  const trouble = await fault.make()
  const [traced, bare] = await Promise.all([
    Service.start({ ...SETTINGS, ...trouble.env }, trouble.prefix),
    Service.start(undefined),
  ])
  const start = performance.now()
  try {
    const before = await ask([traced, bare])
    let over = (): void => undefined
    const loaded = load([traced, bare], LOAD, new Promise((resolve) => (over = resolve)))
    await sleep(GOOD)
    await trouble.begin()
    const times = form === 'long' ? fault.times?.long : fault.times?.short
    await watched([traced, bare], BAD * (times ?? 1))
    const worst = await ask([traced, bare])
    if (fault.line !== undefined) await until(() => traced.lines.length > 0)
    if (trouble.end !== undefined) await recovered(trouble, traced, trouble.end)
    const back = await traced.ask('report')
    await sleep(GOOD)
    over()
    await loaded
    const last = await traced.ask('flush')
    const end = await ask([traced, bare])
    const [code] = await Promise.all([traced.end(), bare.end()])
    return outcomeOf({
      trouble,
      traced,
      bare,
      before,
      worst,
      back,
      last,
      end,
      code,
      start,
      taken: await settled(trouble, last),
    })
  } finally {
    await Promise.all([traced.end(), bare.end()])
    await trouble.stop()
  }
}

/** Latencies count while the trouble lasts and nobody else disturbs. */
async function watched(services: readonly Service[], time: number): Promise<void> {
  for (const { fares } of services) fares.isWatched = true
  await sleep(time)
  for (const { fares } of services) fares.isWatched = false
}

type Pair = readonly [Report, Report]

async function ask([traced, bare]: readonly [Service, Service]): Promise<Pair> {
  return Promise.all([traced.ask('report'), bare.ask('report')])
}

/** Has the trouble pass, and waits until spans arrive again and those of the time of trouble have all met their fate. */
async function recovered(trouble: Trouble, traced: Service, end: () => Promise<void> | void): Promise<void> {
  const before = (await trouble.taken()).length
  const { finished } = await traced.ask('report')
  await end()
  await until(async () => (await trouble.taken()).length > before)
  await until(async () => {
    const report = await traced.ask('report')
    return report.exported + sum(report) >= finished
  })
}

/** What was taken, once as much of it is here as must be: datagrams come after they have been sent. */
async function settled(trouble: Trouble, { exported }: Report): Promise<readonly string[]> {
  for (let tries = 0; tries < 50 && (await trouble.taken()).length < exported; tries++) await sleep(20)
  return trouble.taken()
}

interface Seen {
  readonly trouble: Trouble
  readonly traced: Service
  readonly bare: Service
  readonly before: Pair
  readonly worst: Pair
  readonly back: Report
  readonly last: Report
  readonly end: Pair
  readonly code: unknown
  readonly start: number
  readonly taken: readonly string[]
}

function outcomeOf({ trouble, traced, bare, before, worst, back, last, end, code, start, taken }: Seen): Outcome {
  const delivered = new Set(taken).size
  const dropped = sum(last)
  const [own, other] = [traced.fares, bare.fares].map((fares) => ({
    p50: fares.at(0.5),
    p99: fares.at(0.99),
    max: fares.at(1),
  }))
  assert.ok(own && other)
  const growth = (later: Pair): number => later[0].memory - before[0].memory - (later[1].memory - before[1].memory)
  return {
    why: trouble.why,
    requests: traced.fares.served,
    failed: traced.fares.failed - bare.fares.failed,
    delivered,
    dropped,
    lost: Math.max(0, last.finished - delivered - dropped),
    late: Math.max(0, delivered + dropped - last.finished),
    unheard: trouble.unheard?.() ?? 0,
    twice: taken.length - delivered,
    droppedLate: trouble.end === undefined ? 0 : dropped - sum(back),
    latency: own,
    slower: { p50: own.p50 - other.p50, p99: own.p99 - other.p99, max: own.max - other.max },
    growth: { worst: growth(worst), end: growth(end) },
    lines: traced.lines.map(({ text }) => text),
    minutes: (performance.now() - start) / MINUTE,
    code,
  }
}

function sum({ dropped }: Report): number {
  return Object.values(dropped).reduce((a, b) => a + b, 0)
}

function assertUnharmed(fault: Fault, outcome: Outcome): void {
  const { requests, failed, lost, late, unheard, droppedLate, growth, lines, minutes, code, dropped, delivered } =
    outcome
  const all = JSON.stringify(outcome, undefined, 2)
  assert.equal(failed, 0, all)
  assert.equal(code, 0, all)
  assert.equal(delivered + dropped - late, requests * SPANS_A_REQUEST, all)
  assert.equal(lost, 0, all)
  assert.ok(late <= unheard, all)
  assert.equal(droppedLate, 0, all)
  assert.ok(growth.worst < 48 * MIB && growth.end < 8 * MIB, all)
  assert.ok(lines.length <= 1 + Math.ceil(minutes), all)
  if (fault.line === undefined) assert.deepEqual([lines, dropped], [[], 0], all)
  else assert.match(lines[0] ?? '', fault.line, all)
}

/** Wall-clock bounds are for the long form alone, and generous: the machine has others to serve. */
function assertSwift({ latency, slower }: Outcome, why: string): void {
  const [p50, p99] = [latency.p50 - slower.p50, latency.p99 - slower.p99]
  assert.ok(latency.p50 < 2 * p50 + 2 && latency.p99 < 3 * p99 + 50, why)
}

const outcomes = new Map<string, Outcome>()

describe('a service whose backend', { concurrency: form === 'long' ? 2 : 4 }, () => {
  for (const fault of faults) {
    it(`${fault.name} serves as ever, and each of its spans arrives or is counted`, async () => {
      const outcome = await suffer(fault)
      outcomes.set(fault.name, outcome)
      assertUnharmed(fault, outcome)
      if (form === 'long') assertSwift(outcome, JSON.stringify(outcome, undefined, 2))
    })
  }

  after(() => {
    const all = faults.flatMap(({ name }) => outcomes.get(name) ?? [])
    const total = (of: (outcome: Outcome) => number): number => all.reduce((sum, outcome) => sum + of(outcome), 0)
    if (all.length < faults.length) return
    leave({
      suite: 'faults',
      title: 'Collectors that misbehave',
      says: SAYS,
      totals: {
        cases: all.length,
        requests: total(({ requests }) => requests),
        delivered: total(({ delivered }) => delivered),
        dropped: total(({ dropped }) => dropped),
        lost: total(({ lost }) => Math.max(0, lost)),
        errors: total(({ failed, code }) => Math.max(0, failed) + (code === 0 ? 0 : 1)),
        slowest: Math.max(0, ...all.map(({ slower }) => tenths(slower.max))),
      },
      columns: COLUMNS,
      rows: faults.flatMap(({ name }) => rowOf(name, outcomes.get(name))),
    })
  })
})

const SAYS = `One service with the preload and one without are asked the same by turns, over kept connections, four spans a
request. All goes well at first, then the trouble comes, stays for ${(BAD / 1000).toLocaleString('en-US')} seconds (${faults
  .flatMap(({ name, times }) => (times === undefined ? [] : `\`${name}\`: ${(BAD * times[form]) / 1000}`))
  .join(', ')}), and passes. The delivery's settings are ${Object.entries(SETTINGS)
  .map(([key, value]) => `\`${key}=${value}\``)
  .join(
    ', ',
  )}. A span is delivered when it stands in a message that the collector answered with 200; *twice* are those that
came in two of them. Latencies are those while the trouble lasts, those of the service without the preload in brackets.
Memory is what heap and buffers grew by at the worst and in the end, beyond what the other service's did. A misbehaving
collector is said at once, and when it is back that and how many spans were lost; in all it is a line a minute at most.`

const COLUMNS = [
  'The collector …',
  'Requests',
  'Errors',
  'Delivered',
  'Dropped',
  'Lost',
  'Twice',
  'Median, ms',
  'p99, ms',
  'Slowest, ms',
  'Memory, MiB',
  'Lines',
]

function rowOf(name: string, outcome: Outcome | undefined): (string | number)[][] {
  if (outcome === undefined) return []
  const { why, requests, failed, delivered, dropped, lost, twice, latency, slower, growth, lines } = outcome
  const beside = (key: 'p50' | 'p99' | 'max'): string =>
    `${tenths(latency[key])} (${tenths(latency[key] - slower[key])})`
  return [
    [
      why === undefined ? name : `${name} (${why})`,
      requests,
      failed,
      delivered,
      dropped,
      lost,
      twice,
      beside('p50'),
      beside('p99'),
      beside('max'),
      `${tenths(growth.worst / MIB)}, ${tenths(growth.end / MIB)}`,
      lines.length,
    ],
  ]
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
