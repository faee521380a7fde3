/**
 * The queue, and what becomes of a batch.
 */
import assert from 'node:assert/strict'
import { describe, it, mock } from 'node:test'
import { addAll, backend, counted, exporterWith, said, span, waiting } from '../support/batches.js'

describe('the queue', () => {
  it('sends what waits, in order, in batches of the size that is allowed', async () => {
    const exporter = exporterWith({})
    addAll(exporter, 0, 25)
    await exporter.flush()
    assert.deepEqual(
      backend.batches.map((batch) => batch.length),
      [10, 10, 5],
    )
    assert.deepEqual(
      backend.batches.flat(),
      Array.from({ length: 25 }, (_, index) => `s${index}`),
    )
    assert.deepEqual(counted(), { exported: 25 })
  })

  it('sends a full batch at once, and no earlier than the delay one that is not full', async () => {
    const exporter = exporterWith({})
    addAll(exporter, 0, 12)
    await backend.got(1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepEqual(
      backend.batches.map((batch) => batch.length),
      [10],
    )
    await exporter.flush()
    assert.deepEqual(
      backend.batches.map((batch) => batch.length),
      [10, 2],
    )
  })

  it('encodes no more than 512 spans at once, however many a message may have', async () => {
    const exporter = exporterWith({ queueSize: 3000, batchSize: 2000 }, backend.url, 5000)
    addAll(exporter, 0, 1300)
    await exporter.flush()
    assert.deepEqual(
      backend.batches.map((batch) => batch.length),
      [512, 512, 276],
    )
    addAll(exporter, 1300, 1900)
    await backend.got(4)
    assert.equal(backend.batches[3]?.length, 512)
    await exporter.flush()
    assert.deepEqual(counted(), { exported: 1900 })
  })

  it('sets no timer for a span, but one for the delay, one for a full batch and one for many spans', async () => {
    const exporter = exporterWith({ queueSize: 1000 })
    const timers = mock.method(globalThis, 'setTimeout')
    addAll(exporter, 0, 500)
    timers.mock.restore()
    assert.equal(timers.mock.callCount(), 3)
    await exporter.flush()
    assert.deepEqual(counted(), { exported: 500 })
  })

  it('sends what is not a full batch when the delay is over', async () => {
    const exporter = exporterWith({ scheduleDelay: 5 })
    addAll(exporter, 0, 3)
    await backend.got(1)
    assert.deepEqual(backend.batches, [['s0', 's1', 's2']])
    await exporter.flush()
    exporter.add(span('s3'))
    await backend.got(2)
    assert.deepEqual(backend.batches[1], ['s3'])
    await exporter.flush()
  })

  it('has one message under way, and lets the others wait', async () => {
    let open = (): void => undefined
    backend.gate = new Promise((resolve) => (open = resolve))
    const exporter = exporterWith({ scheduleDelay: 1 })
    addAll(exporter, 0, 10)
    await backend.got(1)
    addAll(exporter, 10, 30)
    await new Promise((resolve) => setTimeout(resolve, 30))
    assert.equal(backend.batches.length, 1)
    open()
    await exporter.flush()
    assert.deepEqual(
      backend.batches.map((batch) => batch.length),
      [10, 10, 10],
    )
  })

  it('drops what is beyond its bound, counts that exactly and says it once', async () => {
    const exporter = exporterWith({ queueSize: 20, batchSize: 20 })
    const lines = await said(async () => {
      addAll(exporter, 0, 57)
      await exporter.flush()
    })
    assert.deepEqual(counted(), { exported: 20, 'queue-full': 37 })
    assert.deepEqual(
      backend.batches.flat(),
      Array.from({ length: 20 }, (_, index) => `s${index}`),
    )
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^pretrace: .*some are dropped\n$/)
  })

  it('loses with a batch that cannot be encoded that batch alone', async () => {
    const exporter = exporterWith({ batchSize: 2 })
    const lines = await said(async () => {
      for (const name of ['a', 'poison', 'b', 'c', 'poison', 'd', 'e']) exporter.add(span(name))
      await exporter.flush()
      exporter.add(span('poison'))
      await exporter.flush()
    })
    assert.deepEqual(backend.batches, [['b', 'c'], ['e']])
    assert.deepEqual(counted(), { exported: 3, encoding: 5 })
    assert.equal(lines.length, 1)
    assert.equal(waiting.has(exporter), false)
  })

  it('goes on by itself after a batch that cannot be encoded', async () => {
    const exporter = exporterWith({ batchSize: 2, scheduleDelay: 5 })
    await said(async () => {
      for (const name of ['poison', 'a', 'b']) exporter.add(span(name))
      await backend.got(1)
      await exporter.flush()
    })
    assert.deepEqual(backend.batches, [['b']])
  })

  it('waits for the end of the process only while it holds something', async () => {
    const exporter = exporterWith({})
    assert.equal(waiting.has(exporter), false)
    exporter.add(span('a'))
    assert.equal(waiting.has(exporter), true)
    await exporter.flush()
    assert.equal(waiting.has(exporter), false)
  })

  it('gives at the end of the process all that waits', () => {
    const exporter = exporterWith({})
    addAll(exporter, 0, 25)
    const requests = exporter.drain()
    assert.deepEqual(
      requests.map(({ spans }) => spans),
      [10, 10, 5],
    )
    assert.deepEqual(exporter.drain(), [])
  })

  it('goes on where it was not the end after all', async () => {
    const exporter = exporterWith({})
    backend.gate = new Promise(() => undefined)
    addAll(exporter, 0, 10)
    await backend.got(1)
    backend.gate = Promise.resolve()
    const flushed = exporter.flush()
    exporter.drain()
    await flushed
    addAll(exporter, 10, 20)
    await exporter.flush()
    assert.equal(backend.batches.length, 2)
  })
})

describe('flush', () => {
  it('resolves when all is sent, and at once where nothing waits', async () => {
    const exporter = exporterWith({})
    await exporter.flush()
    addAll(exporter, 0, 5)
    await Promise.all([exporter.flush(), exporter.flush()])
    assert.deepEqual(counted(), { exported: 5 })
    assert.equal(backend.batches.length, 1)
  })

  it('waits for a message under way', async () => {
    const exporter = exporterWith({})
    addAll(exporter, 0, 10)
    await backend.got(1)
    await exporter.flush()
    assert.deepEqual(counted(), { exported: 10 })
  })

  it('resolves though nobody listens', async () => {
    const exporter = exporterWith({}, 'http://127.0.0.1:1/in')
    addAll(exporter, 0, 5)
    await said(() => exporter.flush())
    assert.deepEqual(counted(), { unreachable: 5 })
  })
})

describe('a backend', () => {
  for (const status of [400, 401, 404, 413, 429, 500, 503, 302]) {
    it(`that answers ${status} has rejected the spans, which is said once`, async () => {
      backend.status = status
      const exporter = exporterWith({ batchSize: 2 })
      const lines = await said(async () => {
        addAll(exporter, 0, 6)
        await exporter.flush()
      })
      assert.deepEqual(counted(), { rejected: 6 })
      assert.equal(lines.length, 1)
      assert.match(
        lines[0] ?? '',
        new RegExp(`^pretrace: no spans reach http://127.0.0.1:\\d+: it answers ${status} no\n$`),
      )
    })
  }

  for (const status of [200, 202, 204]) {
    it(`that answers ${status} has taken them`, async () => {
      backend.status = status
      const exporter = exporterWith({})
      exporter.add(span('a'))
      await exporter.flush()
      assert.deepEqual(counted(), { exported: 1 })
    })
  }

  it('that is not there is named once in total', async () => {
    const exporter = exporterWith({ batchSize: 2 }, 'http://127.0.0.1:1/in')
    const lines = await said(async () => {
      addAll(exporter, 0, 6)
      await exporter.flush()
      addAll(exporter, 6, 8)
      await exporter.flush()
    })
    assert.deepEqual(counted(), { unreachable: 8 })
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^pretrace: no spans reach http:\/\/127\.0\.0\.1:1: connect ECONNREFUSED/)
  })

  it('that comes back gets the spans that finish from then on', async () => {
    backend.status = 503
    const exporter = exporterWith({})
    await said(async () => {
      exporter.add(span('lost'))
      await exporter.flush()
    })
    backend.status = 200
    exporter.add(span('kept'))
    await exporter.flush()
    assert.deepEqual(counted(), { exported: 1, rejected: 1 })
    assert.deepEqual(backend.batches, [['lost'], ['kept']])
  })
})
