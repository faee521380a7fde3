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
