/**
 * Looking up host names.
 */
import assert from 'node:assert/strict'
import dns from 'node:dns'
import { afterEach, describe, it, mock } from 'node:test'
import { lookupTogether } from '../../src/http/names.js'
import { ledger } from '../../src/ledger.js'
import { BatchingExporter } from '../../src/export/batching.js'
import { wholeBatches } from '../../src/export/draft.js'
import type { SpanRecord } from '../../src/tracer/record.js'

type Answer = (error: Error | null, address?: unknown, family?: number) => void

afterEach(() => mock.restoreAll())

/** Lookups that answer when the test has them do so. */
function heldLookups(): { name: string; answer: Answer }[] {
  const asked: { name: string; answer: Answer }[] = []
  mock.method(dns, 'lookup', (name: string, _options: object, answer: Answer) => asked.push({ name, answer }))
  return asked
}

describe('a lookup', () => {
  it('is shared by all who ask the same at a time', () => {
    const asked = heldLookups()
    const answers: unknown[] = []
    const ask = (name: string, all: boolean): void =>
      lookupTogether(name, { all }, (_error, address) => answers.push(address))
    for (const all of [true, false, true]) ask('collector.test', all)
    ask('other.test', true)
    assert.deepEqual(
      asked.map(({ name }) => name),
      ['collector.test', 'collector.test', 'other.test'],
    )
    asked[0]?.answer(null, 'first')
    asked[2]?.answer(null, 'second')
    assert.deepEqual(answers, ['first', 'first', 'second'])
  })

  it('is a new one when the last has its answer', () => {
    const asked = heldLookups()
    const errors: unknown[] = []
    for (const why of ['once', 'twice']) {
      lookupTogether('again.test', {}, (error) => errors.push(error?.message))
      asked.at(-1)?.answer(new Error(why))
    }
    assert.deepEqual(errors, ['once', 'twice'])
  })

  it('that hangs is the only one, however many messages are given up meanwhile', async () => {
    const asked = heldLookups()
    const request = { url: 'http://hangs.test/', headers: {}, body: new Uint8Array(1), timeout: 20 }
    const limits = { queueSize: 10, batchSize: 1, scheduleDelay: 1 }
    const exporter = new BatchingExporter(
      'hangs',
      wholeBatches((batch) => ({ ...request, spans: batch.length })),
      limits,
    )
    for (let i = 0; i < 5; i++) exporter.add({} as SpanRecord)
    const alive = setInterval(() => undefined, 1000)
    await exporter.flush()
    clearInterval(alive)
    assert.equal(ledger.exporters['hangs']?.dropped.unreachable, 5)
    assert.equal(asked.length, 1)
  })
})
