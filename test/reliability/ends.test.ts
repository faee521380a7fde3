/**
 * Every way in which a process can end, with a collector that answers, one that hangs and one that was killed: it ends as it
 * does without the preload.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, describe, it } from 'node:test'
import { MoodyCollector } from './collector.js'
import { FLUSHED, LEFT, endBy, ways, type End, type Way } from './ending.js'
import { form, leave, sized } from './figures.js'
import { hangs } from './misbehaviour.js'
import { proxyTo } from './stopped.js'

const BOUND = 500
/** How often each end is tried, for the time that it takes. */
const TIMES = sized(1, 5)
const MOODS = ['answers', 'hangs', 'was killed'] as const

type Mood = (typeof MOODS)[number]

interface Outcome extends End {
  readonly arrived: number
  /** What pretrace said. */
  readonly lines: readonly string[]
}

/** @param mood of the collector, once the first spans are there */
async function endUnder(way: Way, mood: Mood): Promise<Outcome> {
  const collector = await MoodyCollector.start()
  const [proxy, port] = await proxyTo(collector.address, 0)
  let messages = 0
  collector.behave((exchange) => {
    if (messages++ > 0 && mood === 'hangs') hangs(exchange)
    else exchange.take()
  })
  const kill = async (): Promise<void> => {
    if (proxy.exitCode !== null || proxy.signalCode !== null) return
    proxy.kill('SIGKILL')
    await once(proxy, 'exit')
  }
  try {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_BSP_SCHEDULE_DELAY: '60000',
      // Only a collector that hangs uses it up; the others answer, if perhaps not at once.
      PRETRACE_EXIT_TIMEOUT: String(mood === 'hangs' ? BOUND : 20_000),
    }
    const end = await endBy(way, env, mood === 'was killed' ? kill : undefined)
    const lines = end.stderr.split('\n')
    return {
      ...end,
      stderr: lines.filter((line) => !line.startsWith('pretrace: ')).join('\n'),
      lines: lines.filter((line) => line.startsWith('pretrace: ')),
      arrived: new Set(collector.taken).size,
    }
  } finally {
    await kill()
    await collector.close()
  }
}

function seen({ code, signal, stdout, stderr }: End): Omit<End, 'time'> {
  return { code, signal, stdout, stderr }
}

interface Row {
  readonly way: Way
  readonly bare: End
  /** The longest that it took longer, and the spans that came, by the collector's mood. */
  readonly added: Record<Mood, number>
  readonly arrived: Record<Mood, number>
}

const rows = new Map<string, Row>()

async function compare(way: Way): Promise<void> {
  const row: Row = {
    way,
    bare: await endBy(way),
    added: { answers: -Infinity, hangs: -Infinity, 'was killed': -Infinity },
    arrived: { answers: 0, hangs: 0, 'was killed': 0 },
  }
  for (let i = 0; i < TIMES; i++) {
    const { time } = await endBy(way)
    for (const mood of MOODS) {
      const outcome = await endUnder(way, mood)
      const all = `${mood}: ${JSON.stringify(outcome)}`
      assert.deepEqual(seen(outcome), seen(row.bare), all)
      const isHeard = mood === 'answers'
      // One span more may have arrived, or one line been said that it does not.
      const more = way.isHasty ? 1 : 0
      assertWithin(outcome.arrived, FLUSHED + (isHeard && !way.isAbrupt ? LEFT : 0), isHeard ? more : 0, all)
      assertWithin(outcome.lines.length, isHeard || way.isAbrupt ? 0 : 1, isHeard ? 0 : more, all)
      row.arrived[mood] = outcome.arrived
      row.added[mood] = Math.max(row.added[mood], outcome.time - time)
      // A busy machine makes threads wait for their start.
      if (form === 'long' && mood === 'hangs' && way.isAbrupt !== true)
        assert.ok(outcome.time - time < BOUND + 1500, all)
    }
  }
  rows.set(way.name, row)
}

function assertWithin(value: number, least: number, more: number, why: string): void {
  assert.ok(value >= least && value <= least + more, why)
}

describe('a process', { concurrency: 3 }, () => {
  for (const way of ways) {
    it(`ends by ${way.name} as it does without the preload, whatever its collector does`, () => compare(way))
  }

  after(() => {
    const all = [...rows.values()]
    if (all.length < ways.length) return
    const sorted = ways.map(({ name }) => rows.get(name) as Row)
    leave({
      suite: 'ends',
      title: 'Ends of a process',
      says: SAYS,
      totals: {
        cases: all.length * MOODS.length * TIMES,
        delivered:
          all.reduce((sum, { arrived }) => sum + MOODS.reduce((sum, mood) => sum + arrived[mood], 0), 0) * TIMES,
        errors: 0,
        differences: 0,
      },
      columns: ['Way', 'Ends with', ...MOODS.map((mood) => `Collector ${mood}: spans, ms added`)],
      rows: sorted.map(({ way, bare, added, arrived }) => [
        way.name,
        String(bare.signal ?? bare.code),
        ...MOODS.map((mood) => `${arrived[mood]}, ${Math.round(added[mood])}`),
      ]),
    })
  })
})

const SAYS = `Each process has ${FLUSHED} spans that are flushed, one that waits and one that is open, and ends${
  TIMES === 1 ? '' : `, ${TIMES} times`
}: without the preload,
with it and a collector that answers, with one that hangs after its first answer, and with one that is killed after it.
Exit code, signal, standard output and standard error are the same each time, but for the one line that says why the last
spans reach nobody. What is open goes out as unfinished. An exit is held for ${BOUND} ms at most
(\`PRETRACE_EXIT_TIMEOUT\`), to which the start of a thread adds; the times are the longest seen, beside one without the
preload. Where nothing of JavaScript runs any more, what was not yet sent is gone.`
