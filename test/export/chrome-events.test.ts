import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { eventsOf, lanesOf } from '../../src/export/chrome-events.js'
import { SpanRecord, type SpanKind } from '../../src/tracer/record.js'
import { checkEvent, drawn, type ChromeEvent, type Drawn } from '../support/chrome.js'
import { PARENT, TRACE, contextOf } from '../support/headers.js'
import { randomBatch } from '../support/random-spans.js'

const LANES = lanesOf(42, 0)

const idOf = (number: number): string => number.toString(16).padStart(16, '0')

/** A span of the times given, in ms, named by its number. */
function spanOf(number: number, parent: number | undefined, start: number, end: number, kind?: SpanKind): SpanRecord {
  const context = contextOf({ span: idOf(number), parent: parent === undefined ? undefined : idOf(parent) })
  const record = new SpanRecord(context, `s${number}`, kind, undefined, false, start)
  record.end = end
  return record
}

/** Spans in the order in which they finish. */
function events(...batch: readonly SpanRecord[]): ChromeEvent[] {
  const made = eventsOf(batch, LANES) as unknown as ChromeEvent[]
  made.forEach(checkEvent)
  return made
}

/** Each span as `name@lane:depth`, in the order of names. */
function places(spans: readonly Drawn[]): string[] {
  return spans.map(({ name, lane, depth }) => `${name}@${Number(lane)}:${depth}`).sort()
}

describe('spans as Chrome events', () => {
  it('nest in one lane where they lie within each other', () => {
    const batch = [spanOf(3, 2, 3, 4), spanOf(2, 1, 2, 5), spanOf(4, 1, 6, 7), spanOf(1, undefined, 1, 8)]
    assert.deepEqual(places(drawn(events(...batch))), ['s1@1:0', 's2@1:1', 's3@1:2', 's4@1:1'])
  })

  it('open a lane where they overlap a sibling', () => {
    const batch = [spanOf(2, 1, 2, 4), spanOf(3, 1, 3, 5), spanOf(4, 1, 4, 6), spanOf(1, undefined, 1, 8)]
    assert.deepEqual(places(drawn(events(...batch))), ['s1@1:0', 's2@1:1', 's3@3:0', 's4@1:1'])
  })

  it('open a lane where they outlive their parent, or their parent is not there', () => {
    const batch = [spanOf(1, undefined, 1, 8), spanOf(2, 1, 2, 9), spanOf(3, 7, 3, 4)]
    assert.deepEqual(places(drawn(events(...batch))), ['s1@1:0', 's2@2:0', 's3@3:0'])
  })

  it('share no lane with the request of another process, even if that is this one', () => {
    const record = new SpanRecord(contextOf({ span: idOf(2), parent: idOf(1) }), 's2', 'server', undefined, true, 2)
    record.end = 3
    assert.deepEqual(places(drawn(events(record, spanOf(1, undefined, 1, 4, 'client')))), ['s1@1:0', 's2@2:0'])
  })

  it('nest when they are of no duration and one time', () => {
    const batch = [spanOf(3, 2, 1, 1), spanOf(2, 1, 1, 1), spanOf(4, 1, 1, 1), spanOf(1, undefined, 1, 1)]
    assert.equal(drawn(events(...batch)).length, 4)
  })

  it('tell all that they know', () => {
    const record = spanOf(2, 1, 1.5, 2, 'client')
    record.tags.push('http.status_code', 500, 'error', true)
    record.logs = [{ time: 1.75, fields: { event: 'retry', attempt: 2 } }]
    const [begin, instant, end] = events(record)
    const common = { cat: 'span', id: `0x${idOf(2)}`, pid: 42, tid: 42 }
    assert.deepEqual(begin, {
      ph: 'b',
      name: 's2',
      ...common,
      ts: 1500,
      cname: 'terrible',
      bind_id: `0x${idOf(2)}`,
      flow_out: true,
      args: {
        traceId: TRACE,
        spanId: idOf(2),
        parentId: idOf(1),
        'span.kind': 'client',
        'http.status_code': 500,
        error: true,
      },
    })
    assert.deepEqual(instant, { ph: 'n', ...common, name: 'retry', ts: 1750, args: { attempt: 2 } })
    assert.deepEqual(end, { ph: 'e', name: 's2', ...common, ts: 2000 })
  })

  it('are joined across processes by the id of the calling span', () => {
    const server = new SpanRecord(contextOf({ span: idOf(9), parent: PARENT }), 'served', 'server', undefined, true, 1)
    server.end = 2
    const flows = (record: SpanRecord): ChromeEvent[] => events(record).filter(({ ph }) => 'sf'.includes(ph))
    const [start] = flows(spanOf(7, undefined, 1, 2, 'client'))
    const [end] = flows(server)
    assert.deepEqual([start?.ph, start?.id], ['s', `0x${idOf(7)}`])
    assert.deepEqual([end?.ph, end?.bp, end?.id], ['f', 'e', `0x${PARENT}`])
    assert.deepEqual([start?.name, start?.cat], [end?.name, end?.cat])
    assert.deepEqual(flows(spanOf(5, 4, 1, 2)), [])
  })

  it('hold each end of an arrow by an event of its thread, which takes in its time', () => {
    const all = events(spanOf(7, undefined, 1, 2, 'producer'))
    const arrow = all.find(({ ph }) => ph === 's')
    const mark = all.find(({ ph }) => ph === 'X')
    assert.equal(mark?.tid, arrow?.tid)
    assert.ok((arrow?.ts ?? 0) >= (mark?.ts ?? 1) && (arrow?.ts ?? 1) <= (mark?.ts ?? 0) + (mark?.dur ?? 0))
  })

  it('balance whatever they are, and none is missing', () => {
    fc.assert(
      fc.property(randomBatch, (given) => {
        const batch = [...new Map(given.map((record) => [record.context.spanId, record])).values()]
        assert.deepEqual(
          drawn(events(...batch))
            .map(({ args }) => String(args['spanId']))
            .sort(),
          batch.map(({ context }) => context.spanId).sort(),
        )
      }),
      { numRuns: 100 },
    )
  })

  it('balance in trees of any form, in any order', () => {
    const time = fc.integer({ min: 0, max: 20 })
    const node = fc.record({ parent: fc.nat(), times: fc.tuple(time, time) })
    fc.assert(
      fc.property(fc.array(node, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (nodes, order) => {
        const batch = nodes.map(({ parent, times }, index) =>
          spanOf(index + 1, index === 0 ? undefined : (parent % index) + 1, Math.min(...times), Math.max(...times)),
        )
        const shuffled = batch.map((record) => ({ record, key: order.next().value as number }))
        const spans = drawn(events(...shuffled.sort((a, b) => a.key - b.key).map(({ record }) => record)))
        assert.equal(spans.length, batch.length)
        const byName = new Map(spans.map((span) => [span.name, span]))
        for (const { name, start, end } of batch)
          assert.deepEqual([byName.get(name)?.start, byName.get(name)?.end], [start * 1000, end * 1000])
      }),
      { numRuns: 200 },
    )
  })
})

describe('the lanes of a process', () => {
  it('have numbers that no other process or thread has', () => {
    const all = [1, 42, 4_194_304].flatMap((pid) =>
      [0, 1, 2].flatMap((thread) => Object.values(lanesOf(pid, thread)).slice(1)),
    )
    assert.equal(new Set(all).size, all.length)
    assert.ok(all.every((tid) => tid < 2 ** 32))
    assert.equal(LANES.spans, 42)
  })
})
