/**
 * Spans that are open when their process ends: they arrive, marked, with the end of the process for theirs.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Arrived } from '../support/collector.js'
import { root, trace, type App } from '../support/run.js'
import { assertChild, spanNamed } from '../support/spans.js'

/** Names of spans with whether they are marked, in alphabetical order. */
function marks(spans: readonly Arrived[]): string[] {
  return spans
    .map(({ name, attributes }) => `${name} ${attributes['pretrace.unfinished'] === true ? 'unfinished' : 'finished'}`)
    .sort()
}

/** Its first request brings it down in the way named. */
const dying: App = (library: string, way: string) => {
  const { createServer } = require('node:http')
  const { connect } = require('node:net')
  const { tracer } = require(library)
  const ends: Record<string, () => unknown> = {
    'process.exit': () => process.exit(3),
    'an uncaught exception': () => {
      throw new TypeError('not caught')
    },
    'an unhandled rejection': () => Promise.reject(new RangeError('not handled')),
    SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
  }
  const server = createServer(() => {
    tracer.startSpan('done').finish()
    tracer.startSpan('work')
    setTimeout(() => ends[way]?.(), 20)
  })
  server.listen(0, () => connect(server.address().port).write('GET /deadly HTTP/1.1\r\nHost: x\r\n\r\n'))
}

describe('spans that are open', () => {
  for (const way of ['process.exit', 'an uncaught exception', 'an unhandled rejection', 'SIGTERM']) {
    it(`arrive when ${way} ends the process, marked as unfinished`, async () => {
      const { spans } = await trace(dying, { args: [root, way] })
      assert.deepEqual(marks(spans), ['GET unfinished', 'done finished', 'work unfinished'])
      const [request, work] = [spanNamed(spans, 'GET'), spanNamed(spans, 'work')]
      assertChild(work, request)
      assert.equal(request.attributes['url.path'], '/deadly')
      assert.ok(work.start < work.end && work.end <= request.end)
    })
  }

  it('arrive from a worker that ends itself', async () => {
    const { spans } = await trace(
      (library: string) => {
        const { Worker } = require('node:worker_threads')
        const source = `require(${JSON.stringify(library)}).tracer.startSpan('job'); process.exit(0)`
        return new Worker(source, { eval: true })
      },
      { args: [root] },
    )
    assert.deepEqual(marks(spans), ['job unfinished'])
  })

  it('are no more than a thousand or so, the newest', async () => {
    const { spans } = await trace(
      (library: string) => {
        const { tracer } = require(library)
        for (let i = 0; i < 2500; i++) tracer.startSpan(`span ${i}`, { ignoreActiveSpan: true })
        tracer.startSpan('closed').finish()
        for (let i = 2500; i < 3000; i++) tracer.startSpan(`span ${i}`, { ignoreActiveSpan: true })
      },
      { args: [root] },
    )
    const open = spans.filter(({ attributes }) => attributes['pretrace.unfinished'] === true)
    assert.equal(open.length, 1024)
    assert.ok(open.every(({ name }) => Number(name.slice(5)) >= 3000 - 1025))
  })

  it('go on where it is the application that says exit', async () => {
    const { spans } = await trace(
      (library: string) => {
        const { tracer } = require(library)
        const span = tracer.startSpan('lives on')
        process.emit('exit', 0)
        span.finish()
      },
      { args: [root] },
    )
    assert.deepEqual(marks(spans), ['lives on finished'])
  })

  it('of which it was said that they are of no interest do not arrive', async () => {
    const { spans } = await trace(
      (library: string) => {
        const { tracer } = require(library)
        tracer.startSpan('no').setTag('sampling.priority', 0)
        tracer.startSpan('yes', { ignoreActiveSpan: true })
      },
      { args: [root] },
    )
    assert.deepEqual(marks(spans), ['yes unfinished'])
  })
})
