/**
 * What is kept where not all can be.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Intake } from '../../viewer/server/formats/intake.js'
import { readOtlpJson } from '../../viewer/server/formats/otlp-json.js'
import { Losses } from '../../viewer/server/losses.js'
import { Store } from '../../viewer/server/store/store.js'
import { said } from '../support/said.js'
import { idOf, otlp, type Sketch } from '../support/viewer.js'

const intake = new Intake()

function add(store: Store, ...spans: readonly Sketch[]): void {
  readOtlpJson(otlp(spans), intake)
  store.add(intake.take())
}

const has = (store: Store, trace: string): boolean => store.get(idOf(trace)) !== undefined

/** A trace of one span that takes about 10 kB. */
const large = (trace: string, more: Partial<Sketch> = {}): Sketch => ({
  trace,
  id: 'root',
  ...more,
  tags: { id: `${trace} ${'x'.repeat(10_000)}` },
})

describe('a store', () => {
  it('stays within its bound under a flood, whole traces going, the oldest first', () => {
    const store = new Store(100_000)
    for (let i = 0; i < 1000; i++) {
      add(store, large(`t${i}`))
      assert.ok(store.bytes <= store.mostBytes)
    }
    assert.ok(store.size >= 5 && store.size <= 10, `${store.size} traces`)
    assert.equal(store.evictedTraces, 1000 - store.size)
    assert.deepEqual(
      store
        .newest()
        .map(({ id }) => id)
        .sort(),
      Array.from({ length: store.size }, (_, i) => idOf(`t${999 - i}`)).sort(),
    )
  })

  it('keeps what failed longer', () => {
    const store = new Store(200_000)
    add(store, large('bad', { failed: true }))
    for (let i = 0; i < 100; i++) add(store, large(`t${i}`))
    assert.ok(has(store, 'bad'))
    assert.ok(!has(store, 't0'))
  })

  it('lets not even that take all the room', () => {
    const store = new Store(200_000)
    add(store, large('good'))
    for (let i = 0; i < 100; i++) add(store, large(`bad${i}`, { failed: true }))
    assert.ok(has(store, 'good'))
    assert.ok(!has(store, 'bad0'))
    assert.ok(has(store, 'bad99'))
  })

  it('keeps what was slow longer, once it is known what is usual', () => {
    const store = new Store(2_000_000)
    for (let i = 0; i < 50; i++) add(store, large(`usual${i}`, { name: 'op', duration: 10 + (i % 3) }))
    add(store, large('slow', { name: 'op', duration: 100 }), large('other', { name: 'rare', duration: 1000 }))
    store.settle()
    assert.deepEqual(
      store
        .newest()
        .filter(({ summary }) => summary.slow)
        .map(({ id }) => id),
      [idOf('slow')],
    )
    for (let i = 0; i < 300; i++) add(store, large(`more${i}`, { name: 'op', duration: 10 }))
    assert.ok(has(store, 'slow'))
    assert.ok(!has(store, 'usual0'))
    assert.ok(!has(store, 'other'))
  })

  it('calls nothing slow where all take about as long', () => {
    const store = new Store(10_000_000)
    for (let i = 0; i < 200; i++) add(store, { trace: `t${i}`, id: 'a', name: 'op', duration: 10 + (i % 5) })
    assert.ok(store.newest().every(({ summary }) => !summary.slow))
  })

  it('keeps a trace to which something is added from being the oldest', () => {
    const store = new Store(100_000)
    add(store, large('long'))
    for (let i = 0; i < 50; i++) {
      add(store, large(`t${i}`), { trace: 'long', id: `s${i}`, parent: 'root' })
    }
    assert.ok(has(store, 'long'))
    assert.ok(!has(store, 't0'))
  })

  it('bounds a single trace, by spans and by bytes, and counts what it leaves out', () => {
    const store = new Store(1_000_000, 10)
    for (let i = 0; i < 15; i++) add(store, { trace: 'many', id: `s${i}` })
    for (let i = 0; i < 50; i++) add(store, { ...large('wide'), id: `s${i}` })
    assert.equal(store.get(idOf('many'))?.whole().droppedSpans, 5)
    const wide = store.get(idOf('wide'))
    assert.ok(wide !== undefined && wide.bytes < 300_000)
    assert.equal(store.droppedSpans, 5 + wide.droppedSpans)
    assert.equal(store.spans, 10 + wide.spans.length)
  })

  it('has its counts right when all has come and gone', () => {
    const store = new Store(50_000)
    for (let i = 0; i < 300; i++) {
      add(store, large(`t${i}`, { failed: i % 3 === 0 }))
      add(store, large(`t${i}`, { failed: i % 3 === 0 }))
      if (i % 7 === 0) store.settle()
    }
    store.settle()
    const traces = store.newest()
    assert.equal(
      store.spans,
      traces.reduce((sum, { spans }) => sum + spans.length, 0),
    )
    assert.equal(Math.round(store.bytes), Math.round(traces.reduce((sum, { bytes }) => sum + bytes, 0)))
  })
})

describe('losses', () => {
  it('are told now and then, and only what is new', async () => {
    const losses = new Losses()
    const counts = { evictedTraces: 0, droppedSpans: 0, refusedRequests: 0 }
    const lines = await said(async () => {
      losses.look(counts, 0)
      losses.look({ ...counts, evictedTraces: 3, droppedSpans: 2 }, 1000)
      losses.look({ ...counts, evictedTraces: 9, droppedSpans: 2 }, 2000)
      losses.look({ ...counts, evictedTraces: 10, droppedSpans: 2 }, 100_000)
      losses.look({ ...counts, evictedTraces: 10, droppedSpans: 2 }, 200_000)
    })
    assert.deepEqual(lines, [
      'pretrace: viewer: 3 traces let go to stay within memory, 2 spans not kept\n',
      'pretrace: viewer: 7 traces let go to stay within memory\n',
    ])
  })
})
