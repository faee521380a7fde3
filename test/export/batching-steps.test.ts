/**
 * The queue while a batch is being encoded, or waits to be sent again.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addAll, backend, counted, said, steppingExporter } from '../support/batches.js'

describe('the queue', () => {
  it('encodes in steps, and lets the event loop turn between them', async () => {
    const order: string[] = []
    const exporter = steppingExporter(function* (batch) {
      for (const { name } of batch) {
        order.push(name)
        const end = performance.now() + 2
        while (performance.now() < end);
        yield
      }
    })
    addAll(exporter, 0, 5)
    const flushed = exporter.flush()
    setImmediate(() => order.push('the application'))
    await flushed
    assert.deepEqual(backend.batches, [['s0', 's1', 's2', 's3', 's4']])
    assert.ok(order.indexOf('the application') < order.indexOf('s4'), order.join())
    assert.deepEqual(counted(), { exported: 5 })
  })

  it('loses with a batch that cannot be encoded to its end that batch alone', async () => {
    const exporter = steppingExporter(
      function* (batch) {
        yield
        if (batch.some(({ name }) => name === 's3')) throw new Error('cannot encode')
      },
      { batchSize: 2 },
    )
    await said(async () => {
      addAll(exporter, 0, 6)
      await exporter.flush()
    })
    assert.deepEqual(backend.batches, [
      ['s0', 's1'],
      ['s4', 's5'],
    ])
    assert.deepEqual(counted(), { exported: 4, encoding: 2 })
  })

  it('gives at the end of the process what is half encoded too', () => {
    let isSlow = true
    const exporter = steppingExporter(function* () {
      const end = performance.now() + (isSlow ? 5 : 0)
      while (performance.now() < end);
      yield
    })
    addAll(exporter, 0, 10)
    void exporter.flush()
    isSlow = false
    addAll(exporter, 10, 13)
    const bodies = exporter.drain().map(({ body }) => JSON.parse(Buffer.from(body).toString()) as string[])
    assert.deepEqual(
      bodies.map((names) => [names.length, names[0]]),
      [
        [10, 's0'],
        [3, 's10'],
      ],
    )
  })

  it('fills up to its bound, and no further, while a message is to be sent again', async () => {
    backend.status = 503
    const exporter = steppingExporter(function* () {}, { queueSize: 20, batchSize: 5, scheduleDelay: 1 }, 60_000)
    await said(async () => {
      addAll(exporter, 0, 5)
      await backend.got(1)
      addAll(exporter, 5, 100)
      await new Promise((resolve) => setTimeout(resolve, 30))
    })
    assert.equal(backend.batches.length, 1)
    assert.deepEqual(counted(), { 'queue-full': 75 })
    const waiting = exporter.drain()
    assert.deepEqual(
      waiting.map(({ spans }) => spans),
      [5, 5, 5, 5, 5],
    )
    assert.deepEqual(JSON.parse(Buffer.from(waiting[0]?.body ?? []).toString()), ['s0', 's1', 's2', 's3', 's4'])
  })
})
