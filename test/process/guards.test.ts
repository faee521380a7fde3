/**
 * What keeps spans from coming out right is said, once, where it can be known.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { appFolders, type AppFolder } from '../support/packages.js'
import { preload, runNode } from '../support/run.js'

const newApp = appFolders()

async function heard(app: AppFolder, ...args: readonly string[]): Promise<string> {
  const { stderr, code } = await runNode(args, { cwd: app.folder })
  assert.equal(code, 0, stderr)
  return stderr
}

describe('another tracer in the process', () => {
  const app = newApp()
  app.install('dd-trace', '6.0.0', { 'index.js': `require('./lib/tracer.js')`, 'lib/tracer.js': '' })
  app.install('@opentelemetry/instrumentation', '0.210.0', { 'index.js': '' })
  app.install('@opentelemetry/api', '1.10.0', { 'index.js': '' })
  const line = (name: string, tracer: string): string =>
    `pretrace: ${name} (${tracer}) traces this process too, so that there are two spans of everything: keep one; see pretrace doctor\n`
  const twice = app.write('twice.js', `require('dd-trace'); require('dd-trace/lib/tracer.js')`)

  it('is said when it comes later', async () => {
    assert.equal(await heard(app, '-r', preload, '-r', 'dd-trace', twice), line('dd-trace', 'Datadog'))
  })

  it('is said when it was there before', async () => {
    assert.equal(await heard(app, '-r', 'dd-trace', '-r', preload, twice), line('dd-trace', 'Datadog'))
  })

  it('is said when an ES module imports it, and an API alone is none', async () => {
    const file = app.write('import.mjs', `import '@opentelemetry/api'\nimport '@opentelemetry/instrumentation'`)
    assert.equal(await heard(app, '-r', preload, file), line('@opentelemetry/instrumentation', 'OpenTelemetry'))
  })

  it('is said once, by whichever thread is the first that has it', async () => {
    const work = app.write(
      'work.js',
      `const { Worker, workerData } = require('node:worker_threads')
      require('@opentelemetry/instrumentation')
      if (workerData > 0) new Worker(__filename, { workerData: workerData - 1 })`,
    )
    const start = `for (let i = 0; i < 3; i++) new Worker(${JSON.stringify(work)}, { workerData: 1 })`
    const programs = {
      'threads.cjs': `const { Worker } = require('worker_threads'); ${start}`,
      'threads.mjs': `import { Worker } from 'node:worker_threads'; ${start}`,
    }
    const openTelemetry = line('@opentelemetry/instrumentation', 'OpenTelemetry')
    for (const [name, source] of Object.entries(programs)) {
      const program = app.write(name, source)
      assert.equal(await heard(app, '-r', preload, program), openTelemetry, name)
      assert.equal(
        await heard(app, '-r', preload, '-r', 'dd-trace', program),
        line('dd-trace', 'Datadog') + openTelemetry,
        name,
      )
    }
  })
})

describe('a variable that cannot be read', () => {
  it('is said once in a process, and what a worker is given of its own as well', async () => {
    const app = newApp()
    const nothing = app.write('nothing.js', '')
    const program = app.write(
      'threads.js',
      `const { Worker } = require('worker_threads')
      for (const OTEL_SPAN_LINK_COUNT_LIMIT of ['some', 'some', 'more'])
        new Worker(${JSON.stringify(nothing)}, { env: { ...process.env, OTEL_SPAN_LINK_COUNT_LIMIT } })`,
    )
    // Node 18 gives a worker with an environment of its own no other options than that has.
    const env = { OTEL_SPAN_LINK_COUNT_LIMIT: 'some', NODE_OPTIONS: `-r ${JSON.stringify(preload)}` }
    const { stderr } = await runNode([program], { cwd: app.folder, env })
    const line = (value: string): string =>
      `pretrace: OTEL_SPAN_LINK_COUNT_LIMIT="${value}" is not an integer of at least 1; using 128\n`
    assert.equal(stderr, line('some') + line('more'))
  })
})

describe('a library that was loaded before the preload', () => {
  it('is said to be untraced, each version once', async () => {
    const app = newApp()
    for (const [folder, version] of [
      ['.', '8.20.0'],
      ['node_modules/inner', '8.10.0'],
    ] as const) {
      app.write(join(folder, 'node_modules/pg/package.json'), JSON.stringify({ name: 'pg', version }))
      app.write(join(folder, 'node_modules/pg/index.js'), `require('./more.js')`)
      app.write(join(folder, 'node_modules/pg/more.js'), '')
    }
    app.write('node_modules/inner/index.js', `require('pg')`)
    const early = app.write('early.js', `require('pg'); require('inner'); require(${JSON.stringify(preload)})`)
    const why = 'it was loaded before pretrace/register, which has to come first; see pretrace doctor'
    assert.deepEqual(
      (await heard(app, early)).trimEnd().split('\n').sort(),
      ['8.10.0', '8.20.0'].map((version) => `pretrace: pg@${version} is not traced: ${why}`),
    )
  })
})

describe('a bundle', () => {
  const app = newApp()
  const padding = `/*${'-'.repeat(100_000)}*/`
  const signs = `'trust proxy fn'; 'Client has already been connected. You cannot reuse a client.'`

  it('is said to hold libraries that are not traced', async () => {
    for (const name of ['bundle.js', 'bundle.mjs']) {
      const file = app.write(name, signs + padding)
      assert.equal(
        await heard(app, '-r', preload, file),
        `pretrace: express, pg are not traced, unlike http and fetch: ${file} is a bundle; build it with pretrace/bundler, see pretrace doctor\n`,
      )
    }
  })

  it('is passed over in silence when it is traced, or holds nothing', async () => {
    const traced = app.write('traced.js', `${signs};'pretrace.running'${padding}`)
    const other = app.write('other.js', padding)
    for (const file of [traced, other]) assert.equal(await heard(app, '-r', preload, file), '')
  })
})
