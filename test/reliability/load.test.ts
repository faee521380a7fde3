/**
 * A service that finishes spans many times faster than its collector takes them.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MoodyCollector } from './collector.js'
import { form, leave, sized } from './figures.js'
import { Service, load, sleep, type Load } from './twins.js'

const MIB = 1 << 20
/** The default. */
const QUEUE = 4096
/** How long the load lasts, ms. */
const TIME = sized(4000, 180_000)
/** How long the collector takes for a message of 2048 spans, ms. */
const SLOWNESS = 250
const SPANS = 400
const LOAD: Load = { callers: 4, pause: 0, path: `/?spans=${SPANS - 1}` }

describe('a service that is too fast for its collector', () => {
  it('drops the rest and knows how much, its memory bounded and its event loop free', async () => {
    const collector = await MoodyCollector.start()
    collector.behave(({ take }) => take((res) => void setTimeout(() => res.end(), SLOWNESS)))
    const [traced, bare] = await Promise.all([
      Service.start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.address}` }),
      Service.start(undefined),
    ])
    try {
      const before = await traced.ask('report')
      for (const { fares } of [traced, bare]) fares.isWatched = true
      await load([traced, bare], LOAD, sleep(TIME))
      // Still full.
      const [during, other] = await Promise.all([traced.ask('report'), bare.ask('report')])
      const end = await traced.ask('flush')
      const dropped = Object.values(end.dropped).reduce((a, b) => a + b, 0)
      const delivered = new Set(collector.taken).size
      const { served, failed } = traced.fares
      const offered = served * SPANS
      const growth = { worst: (during.memory - before.memory) / MIB, end: (end.memory - before.memory) / MIB }
      const lines = traced.lines.map(({ text }) => text)
      const all = JSON.stringify(
        { offered, delivered, dropped, failed, before, during, other, end, lines },
        undefined,
        2,
      )

      assert.equal(failed, 0, all)
      assert.equal(end.finished, offered, all)
      assert.equal(delivered + dropped, offered, all)
      assert.equal(collector.taken.length, delivered, all)
      assert.equal(end.dropped['queue-full'], dropped, all)
      assert.ok(offered >= 10 * QUEUE && dropped > 0.5 * offered, all)
      assert.ok(growth.worst < 32 && growth.end < 8, all)
      assert.match(lines[0] ?? '', /^pretrace: spans are finished faster than otlp takes them; some are dropped$/, all)
      assert.ok(lines.length <= 1 + TIME / 60_000, all)
      // Wall-clock time is for the long form alone; what spans cost themselves is in it too.
      if (form === 'long') assert.ok(during.delay.p99 < 5 * other.delay.p99 + 50, all)

      leave({
        suite: 'load',
        title: 'More than can be carried',
        says: SAYS,
        totals: {
          cases: 1,
          requests: served,
          delivered,
          dropped,
          lost: offered - delivered - dropped,
          errors: failed,
          slowest: tenths(traced.fares.at(1) - bare.fares.at(1)),
        },
        columns: ['', 'With the preload', 'Without'],
        rows: [
          ['Requests', served, bare.fares.served],
          ['Spans finished', offered, '–'],
          ['The same in full queues', Math.round(offered / QUEUE), '–'],
          ['Spans delivered', delivered, '–'],
          ['Spans dropped, by the ledger', dropped, '–'],
          ['Latency p50, p99, slowest, ms', latencies(traced), latencies(bare)],
          ['Event loop delay p99, slowest, ms', delays(during.delay), delays(other.delay)],
          ['Memory grown, under load and after it, MiB', `${tenths(growth.worst)}, ${tenths(growth.end)}`, '–'],
          ['Lines on stderr', lines.length, bare.lines.length],
        ],
      })
    } finally {
      await Promise.all([traced.end(), bare.end()])
      await collector.close()
    }
  })
})

const SAYS = `For ${TIME / 1000} seconds four callers ask for one thing after the other, ${SPANS} spans a request, and the collector takes ${SLOWNESS} ms for
each message of 2048. The queue has its default size, ${QUEUE}. What does not fit is dropped at once; the ledger has it to
the span. Latencies hold what ${SPANS} spans cost a request, without any of them being sent.`

function latencies({ fares }: Service): string {
  return [0.5, 0.99, 1].map((share) => tenths(fares.at(share))).join(', ')
}

function delays({ p99, max }: { readonly p99: number; readonly max: number }): string {
  return `${tenths(p99)}, ${tenths(max)}`
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}
