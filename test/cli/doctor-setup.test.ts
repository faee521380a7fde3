/**
 * Set-ups that are broken in one way each, and the cause that the doctor names.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { applications } from '../support/cli.js'
import { diagnose, finds, SELF } from '../support/doctor.js'
import { preload } from '../support/run.js'

const app = applications()

describe('the doctor, of the configuration', () => {
  it('names a misspelt variable and the one that was meant', async () => {
    const folder = app({ 'app.js': SELF })
    await finds(
      'variable-unknown',
      /OTEL_TRACES_SAMPLR.*did you mean OTEL_TRACES_SAMPLER/,
      ['--', join(folder, 'app.js')],
      {
        OTEL_TRACES_SAMPLR: 'always_on',
      },
    )
  })

  it('names the variable that switches pretrace off', async () => {
    const folder = app({ 'app.js': SELF })
    await finds('switched-off', /OTEL_SDK_DISABLED=true/, ['--', join(folder, 'app.js')], {
      OTEL_SDK_DISABLED: 'true',
    })
  })

  it('names a sampler that takes nothing', async () => {
    const folder = app({ 'app.js': SELF })
    await finds('sampler-off', /OTEL_TRACES_SAMPLER=always_off/, ['--', join(folder, 'app.js')], {
      OTEL_TRACES_SAMPLER: 'always_off',
    })
  })

  it('names an instrumentation that is switched off', async () => {
    const folder = app({ 'app.js': `require('pg');${SELF}` })
    await finds('library-disabled', /the instrumentation pg is switched off: pg 8/, ['--', join(folder, 'app.js')], {
      OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pg',
    })
  })

  it('says which variables were set on the way', async () => {
    const folder = app({ 'app.js': SELF })
    const shell = `OTEL_SERVICE_NAME=till OTEL_EXPORTER_OTLP_HEADERS=authorization=geheim ${JSON.stringify(process.execPath)} app.js`
    const { json, problems } = await diagnose(['--', 'sh', '-c', shell], {}, folder)
    const byName = (name: string) => json.variables.find((variable) => variable.name === name)
    assert.deepEqual(problems, [])
    assert.equal(byName('OTEL_SERVICE_NAME')?.source, 'set on the way')
    assert.equal(byName('OTEL_EXPORTER_OTLP_ENDPOINT')?.source, 'environment')
    assert.equal(byName('OTEL_TRACES_SAMPLER')?.source, 'default')
    assert.doesNotMatch(JSON.stringify(json), /geheim/)
  })
})

describe('the doctor, of the preload', () => {
  it('names a library that was loaded before it', async () => {
    const folder = app({ 'first.js': `require('pg')`, 'app.js': `require('pg');${SELF}` })
    const command = [process.execPath, '-r', './first.js', '-r', preload, 'app.js']
    await finds('loaded-early', /pg 8[\s\S]*\.\/first\.js/, ['--', ...command], {}, folder)
  })

  it('names an ES module that imports it last', async () => {
    const source = `import 'pg'\nimport ${JSON.stringify(preload)}\nimport { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)\n${SELF}`
    const folder = app({ 'app.mjs': source })
    const { problems, text } = await diagnose(['--as-it-is', '--', process.execPath, 'app.mjs'], {}, folder)
    assert.deepEqual(problems, ['preloaded-late', 'loaded-early'], text)
  })

  it('names a command that does not load it', async () => {
    const folder = app({ 'app.js': SELF })
    await finds(
      'preload-missing',
      /not loaded into .*app\.js/,
      ['--as-it-is', '--', process.execPath, 'app.js'],
      {},
      folder,
    )
  })

  it('notes that it had to load it itself', async () => {
    const folder = app({ 'app.js': SELF })
    const { problems, notes } = await diagnose(
      ['--', 'sh', '-c', `${JSON.stringify(process.execPath)} app.js`],
      {},
      folder,
    )
    assert.deepEqual([problems, notes], [[], ['preload-added']])
  })

  it('names NODE_OPTIONS that got lost', async () => {
    const folder = app({ 'app.js': SELF })
    const command = ['env', '-i', process.execPath, 'app.js']
    await finds('preload-lost', /NODE_OPTIONS has been lost/, ['--', ...command], {}, folder)
  })

  it('names NODE_OPTIONS that npm’s script lost', async () => {
    const folder = app({
      'package.json': JSON.stringify({
        name: 'shop',
        scripts: { start: `NODE_OPTIONS= "${process.execPath}" app.js` },
      }),
      'app.js': SELF,
    })
    await finds('preload-lost', /launcher was reached/, ['--', 'npm', 'start', '--silent'], {}, folder)
  })

  it('names a Node that is too old', async () => {
    const old = `Object.defineProperty(process.versions, 'node', { value: '16.20.2' })`
    const folder = app({ 'old.js': old, 'app.js': SELF })
    const command = [process.execPath, '-r', './old.js', '-r', preload, 'app.js']
    await finds('node-too-old', /Node 16\.20\.2 is older/, ['--', ...command], {}, folder)
  })

  it('names a program that cannot be started', async () => {
    await finds('not-started', /no command nosuchprogram/, ['--', 'nosuchprogram'])
  })
})
