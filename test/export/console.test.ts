import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { ConsoleExporter } from '../../src/export/console.js'
import { wantsColour } from '../../src/export/stdout.js'
import { ledger } from '../../src/ledger.js'
import { alwaysOn } from '../../src/sampling/sampler.js'
import { Tracer } from '../../src/tracer/tracer.js'
import { preload, root, runNode, sourceOf, type App, type Ran, type RunOptions } from '../support/run.js'
import { Timers } from '../support/timers.js'

/** Runs an application that prints its traces. */
function printed(app: App, options: RunOptions = {}): Promise<Ran> {
  return runNode(['-r', preload, '-e', sourceOf(app, options.args)], {
    ...options,
    env: { OTEL_TRACES_EXPORTER: 'console', OTEL_SERVICE_NAME: 'shop', ...options.env },
  })
}

/** Without what differs from run to run: ids, times, ports. */
function steady(text: string): string {
  return text
    .replace(/\b[0-9a-f]{32}\b/g, 'ID')
    .replace(/[\d.]+ (µs|ms|s)\b/g, 'TIME')
    .replace(/:\d+\//g, ':PORT/')
    .replace(/[ ━]{3,}/g, '  ')
}

/** Answers one request by way of another, then ends in the way it is told. */
const shop = (exitCode: number | null): void => {
  const http = require('node:http')
  const server = http.createServer((req: any, res: any) => {
    if (req.url === '/stock') {
      res.statusCode = 503
      res.end()
      return
    }
    http.get({ port: server.address().port, path: '/stock' }, (answer: any) => {
      answer.resume().on('end', () => res.end('done'))
    })
  })
  server.listen(0, () => {
    const asker = require('node:net').connect(server.address().port)
    asker.write('GET /cart?id=7 HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\r\n')
    asker.resume().on('end', () => {
      if (exitCode !== null) process.exit(exitCode)
      server.close()
      server.closeAllConnections()
    })
  })
}

const STOCK = ['trace ID · 1 span · TIME', 'shop: GET  TIME  ✗ 503  http server · /stock', '', ''].join('\n')
const CART = [
  'trace ID · 2 spans · TIME',
  'shop: GET  TIME  http server · 200 · /cart?id=7',
  '└─ GET  TIME  ✗ 503  http client · localhost:PORT/stock',
  '',
  '',
].join('\n')

describe('the console exporter', () => {
  it('prints each local trace as a tree', async () => {
    const { stdout, stderr, code } = await printed(shop, { args: [null] })
    assert.equal(stderr, '')
    assert.equal(steady(stdout), STOCK + CART)
    assert.equal(code, 0)
    const ids = stdout.match(/\b[0-9a-f]{32}\b/g)
    assert.equal(ids?.length, 2)
    assert.equal(ids?.[0], ids?.[1])
  })

  it('prints what it holds when the process exits right after the response', async () => {
    const { stdout, stderr, code } = await printed(shop, { args: [3] })
    assert.equal(stderr, '')
    assert.equal(steady(stdout), STOCK + CART)
    assert.equal(code, 3)
  })

  it('colours a pipe only if it is told to', async () => {
    const { stdout } = await printed(shop, { args: [null], env: { FORCE_COLOR: '1' } })
    assert.ok(stdout.includes('\u001b[31m  ✗ 503'))
    assert.equal(steady(stripVTControlCharacters(stdout)), STOCK + CART)
  })

  it('loses nothing at exit if the reader is slow', async () => {
    const { stdout, code } = await printed(
      (pretrace: string) => {
        // Makes the pipe one that refuses what does not fit.
        process.stdout.write('begin\n')
        const { tracer } = require(pretrace)
        for (let i = 0; i < 2000; i++)
          tracer.startSpan(`job ${i}`, { tags: { 'db.statement': 'x'.repeat(199) } }).finish()
        process.exit(0)
      },
      {
        args: [root],
        env: { PRETRACE_EXIT_TIMEOUT: '20000' },
        onStart({ stdout: pipe }) {
          pipe?.pause()
          setTimeout(() => pipe?.resume(), 300)
        },
      },
    )
    assert.equal(code, 0)
    const jobs = [...stdout.matchAll(/shop: job (\d+) /g)].map((match) => Number(match[1]))
    assert.deepEqual(jobs, [...Array(2000).keys()])
  })

  it('leaves an application alone whose output nobody reads', async () => {
    const { code, stderr } = await printed(
      (pretrace: string) => {
        const { tracer } = require(pretrace)
        setTimeout(() => tracer.startSpan('job').finish(), 200)
        setTimeout(() => process.exit(7), 300)
      },
      { args: [root], onStart: ({ stdout: pipe }) => pipe?.destroy() },
    )
    assert.equal(code, 7)
    assert.match(stderr, /^pretrace: standard output takes no more traces[^\n]*\n$/)
  })
})

describe('what the console exporter holds', () => {
  const exitWork = new Set<unknown>()
  let texts: string[] = []
  let timers: Timers
  let tracer: Tracer
  let exporter: ConsoleExporter

  beforeEach(() => {
    timers = new Timers()
    texts = []
    exporter = new ConsoleExporter(
      'shop',
      500,
      {
        isEmpty: true,
        write(text, onDone) {
          texts.push(steady(text).trimEnd())
          onDone('written')
        },
        finish: () => undefined,
      },
      { add: (one) => void exitWork.add(one), remove: (one) => void exitWork.delete(one) },
    )
    tracer = new Tracer({
      sampler: alwaysOn,
      sink: exporter,
      carriers: { inject: () => undefined, extract: () => null },
      limits: { tags: 10, valueLength: 100, logs: 10, links: 10 },
    })
  })

  afterEach(() => timers.restore())

  it('is nothing once a trace is printed', () => {
    const request = tracer.startSpan('request')
    tracer.startSpan('query', { childOf: request }).finish()
    assert.ok(exitWork.has(exporter))
    timers.tick(60_000)
    assert.deepEqual(texts, [])
    request.finish()
    timers.tick(1)
    assert.deepEqual(texts, ['trace ID · 2 spans · TIME\nshop: request  TIME\n└─ query  TIME'])
    assert.equal(exitWork.size, 0)
  })

  it('is printed some seconds after the entry point is over though a span never ends', () => {
    const request = tracer.startSpan('request')
    const stream = tracer.startSpan('stream', { childOf: request })
    request.finish()
    timers.tick(1000)
    assert.deepEqual(texts, [])
    timers.tick(10_000)
    assert.deepEqual(texts, ['trace ID · 1 span · TIME · 1 still open\nshop: request  TIME'])
    stream.finish()
    timers.tick(1)
    assert.deepEqual(texts.slice(1), ['trace ID · 1 span · TIME · continued\nshop: stream  TIME'])
    assert.equal(exitWork.size, 0)
  })

  it('is printed as far as it has come when the process ends, or when a flush is asked for', async () => {
    const request = tracer.startSpan('request')
    tracer.startSpan('query', { childOf: request }).finish()
    assert.deepEqual(exporter.drain(), [])
    assert.deepEqual(texts, ['trace ID · 1 span · TIME · 1 still open\nshop: query  TIME'])
    request.finish()
    await exporter.flush()
    assert.deepEqual(texts.slice(1), ['trace ID · 1 span · TIME · continued\nshop: request  TIME'])
  })

  it('is bounded for one trace, and what is dropped is counted and said', () => {
    const before = ledger.dropped['queue-full']
    const request = tracer.startSpan('request')
    for (let i = 0; i < 1005; i++) tracer.startSpan('query', { childOf: request }).finish()
    request.finish()
    timers.tick(1)
    assert.match(texts[0] as string, /^trace ID · 1000 spans · TIME · 6 more not shown\n/)
    assert.equal(ledger.dropped['queue-full'] - before, 6)
  })

  it('is bounded in all: the oldest trace is printed before its time', () => {
    for (let i = 0; i < 10_001; i++) {
      const job = tracer.startSpan('job')
      tracer.startSpan(`step ${i}`, { childOf: job }).finish()
    }
    assert.deepEqual(texts, ['trace ID · 1 span · TIME · 1 still open\nshop: step 0  TIME'])
  })

  it('names the error that a span failed with', () => {
    const span = tracer.startSpan('job', { tags: { error: true, component: 'cron' } })
    span.log({ event: 'error', 'error.object': new TypeError('no\nsuch thing') }).finish()
    timers.tick(1)
    assert.match(texts[0] as string, /✗ TypeError: no\\nsuch thing/)
  })
})

describe('colour', () => {
  const cases: readonly [NodeJS.ProcessEnv, boolean, boolean][] = [
    [{}, true, true],
    [{}, false, false],
    [{ TERM: 'dumb' }, true, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '0' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ NODE_DISABLE_COLORS: '1' }, true, false],
    [{ FORCE_COLOR: '' }, false, true],
    [{ FORCE_COLOR: '3', NO_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ FORCE_COLOR: 'false' }, true, false],
  ]
  for (const [env, isTerminal, expected] of cases) {
    it(`is ${expected ? 'used' : 'not used'} ${isTerminal ? 'in a terminal' : 'in a pipe'} by ${JSON.stringify(env)}`, () => {
      assert.equal(wantsColour(env, isTerminal), expected)
    })
  }
})
