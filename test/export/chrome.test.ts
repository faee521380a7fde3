import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { drawn, readChrome, type ChromeEvent } from '../support/chrome.js'
import { preload, root, runNode, sourceOf, type App, type Ran, type RunOptions } from '../support/run.js'

let folder = ''
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pretrace-chrome-'))))
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)

function run(app: App, args: readonly unknown[] = [], options: RunOptions = {}): Promise<Ran> {
  const env = { OTEL_TRACES_EXPORTER: 'chrome', PRETRACE_CHROME_FILE: at('trace.json'), OTEL_SERVICE_NAME: 'app' }
  return runNode([...(options.nodeArgs ?? []), '-r', preload, '-e', sourceOf(app, [root, ...args])], {
    ...options,
    env: { ...env, ...options.env },
  })
}

const read = (name = 'trace.json'): ChromeEvent[] => readChrome(readFileSync(at(name), 'utf8'))

describe('a Chrome trace', () => {
  it('shows where the event loop was blocked, and when garbage was collected', async () => {
    const app: App = async (library: string) => {
      const { tracer, flush } = require(library)
      const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
      tracer.startSpan('first').finish()
      await flush()
      await sleep(50)
      const blocked = tracer.startSpan('blocking')
      for (const end = Date.now() + 100; Date.now() < end;);
      ;(globalThis as any).gc()
      blocked.finish()
      await sleep(50)
      tracer.startSpan('last').finish()
    }
    const ran = await run(app, [], { nodeArgs: ['--expose-gc'] })
    assert.deepEqual(ran, { code: 0, signal: null, stdout: '', stderr: '' })
    const events = read()
    const span = drawn(events).find(({ name }) => name === 'blocking')
    assert.ok(span)
    const during = ({ ts = 0, dur = 0 }: ChromeEvent): boolean => ts < span.end && ts + dur > span.start
    const slices = events.filter((event) => event.ph === 'X' && during(event)).map(({ name }) => name)
    assert.ok(slices.includes('blocked'), slices.join())
    assert.ok(slices.includes('major collection'), slices.join())
    const counted = events.filter(({ ph }) => ph === 'C').map(({ args }) => Number(args?.['ms']))
    assert.ok(Math.max(...counted) > 0)
  })

  it('keeps no process alive, and takes what it has finished last', async () => {
    const app: App = (library: string) => {
      require(library).tracer.startSpan('only').finish()
    }
    assert.deepEqual(await run(app), { code: 0, signal: null, stdout: '', stderr: '' })
    assert.deepEqual(
      drawn(read()).map(({ name }) => name),
      ['only'],
    )
  })

  it('is whole after a crash', async () => {
    const app: App = async (library: string) => {
      const { tracer, flush } = require(library)
      tracer.startSpan('flushed').finish()
      await flush()
      tracer.startSpan('lost').finish()
      process.kill(process.pid, 'SIGKILL')
    }
    assert.equal((await run(app)).signal, 'SIGKILL')
    assert.deepEqual(
      drawn(read()).map(({ name }) => name),
      ['flushed'],
    )
  })

  it('grows with each process that writes to it, or is one for each', async () => {
    const app: App = (library: string, name: string) => {
      require(library).tracer.startSpan(name).finish()
      console.log(process.pid)
    }
    const names = ['a', 'b', 'c']
    await Promise.all(names.map((name) => run(app, [name])))
    const together = read()
    assert.deepEqual(
      drawn(together)
        .map(({ name }) => name)
        .sort(),
      names,
    )
    assert.equal(new Set(together.map(({ pid }) => pid)).size, 3)
    const { stdout } = await run(app, ['alone'], { env: { PRETRACE_CHROME_FILE: at('trace-%p.json') } })
    assert.equal(drawn(read(`trace-${stdout.trim()}.json`))[0]?.name, 'alone')
  })

  it('tells worker threads apart', async () => {
    const app: App = (library: string) => {
      const { Worker } = require('node:worker_threads')
      const source = `require(${JSON.stringify(library)}).tracer.startSpan('in a worker').finish()`
      new Worker(source, { eval: true }).on('exit', () => {
        require(library).tracer.startSpan('outside').finish()
      })
    }
    const { stderr } = await run(app)
    assert.equal(stderr, '')
    const begun = read().filter(({ ph }) => ph === 'b')
    assert.deepEqual(begun.map(({ name }) => name).sort(), ['in a worker', 'outside'])
    assert.equal(new Set(begun.map(({ pid }) => pid)).size, 1)
    assert.equal(new Set(begun.map(({ tid }) => tid)).size, 2)
  })

  it('that is full takes no more, which is said', async () => {
    const app: App = async (library: string) => {
      const { tracer, flush } = require(library)
      for (const name of ['a', 'b', 'c']) {
        tracer.startSpan(name).finish()
        await flush()
      }
    }
    const { code, stderr } = await run(app, [], { env: { PRETRACE_FILE_MAX_SIZE: '1200' } })
    assert.equal(code, 0)
    assert.equal(
      stderr,
      `pretrace: no spans reach ${at('trace.json')}: the file has reached the 1200 bytes that it may have\n`,
    )
    assert.deepEqual(
      drawn(read()).map(({ name }) => name),
      ['a'],
    )
  })

  it('is not there before a span has finished', async () => {
    assert.equal((await run(() => undefined)).code, 0)
    assert.equal(existsSync(at('trace.json')), false)
  })
})
