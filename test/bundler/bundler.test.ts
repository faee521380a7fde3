/**
 * Libraries inside of a bundle, by esbuild; `npm run test:launchers` has the other bundlers.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { traceable } from '../../src/bundler/traceable.js'
import { appFolders } from '../support/packages.js'
import { treeOf } from '../support/spans.js'
import { bundle, EVERY_LIBRARY, everyLibrary, runBundle } from './bundles.js'

const app = appFolders()()

describe('a bundle by esbuild, minified', () => {
  const traced = app.write('traced.mjs', '')
  const plain = app.write('plain.mjs', '')

  it('is traced like the application that it was made of', async () => {
    await bundle('esbuild', everyLibrary, traced, true)
    const { spans, stderr } = await runBundle(traced)
    assert.equal(stderr, '')
    assert.equal(treeOf(spans), EVERY_LIBRARY)
  })

  it('runs as ever without the preload', async () => {
    assert.deepEqual(await runBundle(traced, []), { stderr: '', spans: [] })
  })

  it('is traced as far as Node goes without the plugin, and says what is missing', async () => {
    await bundle('esbuild', everyLibrary, plain, false)
    const { spans, stderr } = await runBundle(plain)
    assert.match(stderr, /^pretrace: express, pg, redis, ioredis are not traced, unlike http and fetch: .*\n$/)
    assert.equal(treeOf(spans), 'GET\n  GET\n    GET\n      GET\n    GET\n      GET')
  })

  it('says it of a version that is not supported', async () => {
    app.install('ioredis', '0.1.0', { 'index.js': 'exports.Redis = class {}' })
    const entry = app.write('old.js', `require('ioredis')`)
    const output = app.write('old.cjs', '')
    await bundle('esbuild', entry, output, true)
    assert.match((await runBundle(output)).stderr, /^pretrace: ioredis@0\.1\.0 is not traced: supported are .*\n$/)
  })
})

describe('what is added to a library’s files', () => {
  it('is nothing where nothing is patched', () => {
    for (const path of [
      '/a/app.js',
      '/a/node_modules/debug/index.js',
      '/a/node_modules/pg/lib/utils.js',
      '\0/a/node_modules/pg/lib/client.js',
    ])
      assert.equal(traceable(path, ''), undefined, path)
  })

  it('stands behind the source, which stays as it is', () => {
    assert.match(
      traceable('/a/node_modules/pg/lib/client.js', `'use strict'\n// end`) ?? '',
      /^'use strict'\n\/\/ end\n;module\.exports = /,
    )
  })
})
