/**
 * Worker threads: each traces what is its own, and delivers it.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { childrenPath } from '../support/children.js'
import { Collector, type Arrived } from '../support/collector.js'
import { appFolders } from '../support/packages.js'
import { libraries, preload, root, runNode, sourceOf, succeed, type App } from '../support/run.js'
import { spanNamed, treeOf } from '../support/spans.js'

const app = appFolders()()
const IN_WORKER = join(libraries('current'), 'app.js')

/** A worker that answers every message by what a request to itself took. */
const answering = app.write(
  'answering.mjs',
  `import { createRequire } from 'node:module'
  import { parentPort } from 'node:worker_threads'
  import { get } from 'http'
  const express = createRequire(${JSON.stringify(IN_WORKER)})('express')
  const server = express().get('/in/:worker', (req, res) => res.end()).listen(0)
  parentPort.on('message', (message) => {
    if (message === 'end') return process.exit()
    get({ port: server.address().port, path: '/in/worker', agent: false }, (res) => {
      res.resume().on('close', () => parentPort.postMessage('done'))
    })
  })`,
)

describe('a worker thread', () => {
  /** Something of the main thread's, and in the course of it something of the worker's. */
  const asking: App = (helpers: string, file: string) => {
    const { inTrace } = require(helpers)
    const worker = new (require('node:worker_threads').Worker)(file)
    inTrace(async () => {
      worker.postMessage('go')
      await new Promise((resolve) => worker.once('message', resolve))
      worker.postMessage('go')
      await new Promise((resolve) => worker.once('message', resolve))
      worker.postMessage('end')
    })
  }
  const ofWorker = (spans: readonly Arrived[]): Arrived[] =>
    spans.filter(({ name, attributes }) => `${name} ${String(attributes['url.full'])}`.includes('/in/'))

  it('makes traces of its own: a message carries none', async () => {
    const { spans } = await succeed(asking, { args: [childrenPath, answering], env: { OTEL_BSP_SCHEDULE_DELAY: '10' } })
    const tree = 'GET\n  GET /in/:worker\n    handler /in/:worker'
    assert.equal(treeOf(ofWorker(spans)), `${tree}\n${tree}`)
    assert.equal(new Set(spans.map(({ traceId }) => traceId)).size, 3)
  })

  it('goes on with a trace that the application gives it', async () => {
    const giving: App = (index: string) => {
      const { tracer } = require(index)
      const span = tracer.startSpan('given')
      const carrier = {}
      tracer.inject(span.context(), 'text_map', carrier)
      const inside = `
        const { tracer } = require(${JSON.stringify(index)})
        require('node:worker_threads').parentPort.once('message', (carrier) => {
          tracer.startSpan('taken', { childOf: tracer.extract('text_map', carrier) }).finish()
        })`
      const worker = new (require('node:worker_threads').Worker)(inside, { eval: true })
      worker.postMessage(carrier)
      worker.on('exit', () => span.finish())
    }
    const { spans } = await succeed(giving, { args: [root] })
    assert.equal(treeOf(spans), 'given\n  taken')
  })

  it('delivers its spans when it ends by itself, by process.exit, and by an error', async () => {
    const ways: App = (index: string) => {
      const { Worker } = require('node:worker_threads')
      for (const end of ['', 'process.exit()', 'throw new Error("expected")']) {
        const source = `require(${JSON.stringify(index)}).tracer.startSpan('end ${end.slice(0, 7)}').finish(); ${end}`
        new Worker(source, { eval: true }).on('error', () => undefined)
      }
    }
    const { spans } = await succeed(ways, { args: [root] })
    assert.deepEqual(spans.map(({ name }) => name).sort(), ['end ', 'end process', 'end throw n'])
  })

  it('has delivered what it has flushed, even if it is terminated then', async () => {
    const flushing: App = (index: string) => {
      const source = `
        const { tracer, flush } = require(${JSON.stringify(index)})
        tracer.startSpan('flushed').finish()
        flush().then(() => require('node:worker_threads').parentPort.postMessage('done'))
        setInterval(() => {}, 1000)`
      const worker = new (require('node:worker_threads').Worker)(source, { eval: true })
      worker.once('message', () => worker.terminate())
    }
    const { spans } = await succeed(flushing, { args: [root] })
    assert.deepEqual(
      spans.map(({ name }) => name),
      ['flushed'],
    )
  })

  it('does not keep them for long, since it may be terminated', async () => {
    const lasting: App = (index: string) => {
      const source = `require(${JSON.stringify(index)}).tracer.startSpan('early').finish(); setInterval(() => {}, 1000)`
      const worker = new (require('node:worker_threads').Worker)(source, { eval: true })
      process.once('SIGUSR2', () => worker.terminate())
    }
    const collector = await Collector.start()
    try {
      await runNode(['-r', preload, '-e', sourceOf(lasting, [root])], {
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '3600000' },
        onStart(child) {
          const look = setInterval(() => collector.spans.length > 0 && child.kill('SIGUSR2'), 20)
          const tooLate = setTimeout(() => child.kill('SIGKILL'), 30_000)
          child.on('close', () => {
            clearInterval(look)
            clearTimeout(tooLate)
          })
        },
      })
    } finally {
      await collector.stop()
    }
    spanNamed(collector.spans, 'early')
  })
})
