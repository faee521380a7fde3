import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join, relative } from 'node:path'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { satisfies } from 'semver'
import { inRange, isNewer, mainsOf } from '../../src/hooks/package-info.js'
import { appFolders } from '../support/packages.js'

const newApp = appFolders()

const number = fc.oneof(fc.nat(12), fc.nat())
const version = fc
  .tuple(number, number, number, fc.constantFrom('', '', '', '-beta.1', '+build'))
  .map(([major, minor, patch, rest]) => `${major}.${minor}.${patch}${rest}`)
const from = fc.oneof(
  number.map(String),
  fc.tuple(number, number).map((parts) => parts.join('.')),
  fc.tuple(number, number, number).map((parts) => parts.join('.')),
)
const below = fc.oneof(
  number.map(String),
  fc.tuple(number, number).map((parts) => parts.join('.')),
)
const plain = fc.tuple(from, below).map(([least, below]) => `>=${least} <${below}`)
const range = fc.oneof(
  plain,
  fc.tuple(plain, plain).map((parts) => parts.join(' || ')),
  fc.constantFrom('^5.0.0', '>=4.16 <5 || >=6', '*', '1.x'),
)

describe('a version in a range', () => {
  it('is there where semver says so', () => {
    fc.assert(
      fc.property(version, range, (version, range) => {
        assert.equal(inRange(version, range), satisfies(version, range, { includePrerelease: true }))
      }),
      { numRuns: 3000 },
    )
  })

  it('is there from the first bound, and no more at the second', () => {
    assert.equal(inRange('4.15.9', '>=4.16 <5'), false)
    assert.equal(inRange('4.16.0', '>=4.16 <5'), true)
    assert.equal(inRange('4.99.1', '>=4.16 <5'), true)
    assert.equal(inRange('5.0.0', '>=4.16 <5'), false)
    assert.equal(inRange('5.0.0-alpha.1', '>=4.16 <5'), false)
  })

  it('is nowhere if it is none', () => {
    assert.equal(inRange('next', '>=1 <2'), false)
  })
})

describe('a version that came out since', () => {
  const ranges = ['>=1 <2', '>=3 <5', '>=4 <4.11']

  it('lies beyond all that is known, and is taken for the last of that', () => {
    assert.equal(isNewer('5.0.0', '>=3 <5', ranges), true)
    assert.equal(isNewer('6.0.0-beta.1', '>=3 <5', ranges), true)
    assert.equal(isNewer('5.0.0', '>=1 <2', ranges), false)
    assert.equal(isNewer('5.0.0', '>=4 <4.11', ranges), false)
  })

  it('does not lie between, before, or where the end is not told', () => {
    assert.equal(isNewer('2.0.0', '>=3 <5', ranges), false)
    assert.equal(isNewer('0.1.0', '>=3 <5', ranges), false)
    assert.equal(isNewer('4.12.0', '>=3 <5', ranges), false)
    assert.equal(isNewer('9.0.0', '^1.0.0', ['^1.0.0']), false)
    assert.equal(isNewer('next', '>=3 <5', ranges), false)
  })
})

describe('the main file of a package', () => {
  const manifests: Record<string, Record<string, unknown>> = {
    'nothing said': {},
    'a file': { main: 'lib/main.js' },
    'a file without its ending': { main: './lib/main' },
    'a folder': { main: './lib' },
    'a folder with a slash': { main: 'lib/' },
    'no text': { main: 1 },
    'exports of one file': { main: 'index.js', exports: './lib/main.js' },
    'exports of one file by its name': { exports: { './x': './index.js', '.': './lib/main.js' } },
    'exports that mean nothing': { main: './lib', exports: null },
    conditions: { exports: { types: './x.d.ts', import: './x.mjs', require: './lib/main.js', default: './index.js' } },
    'conditions within': {
      exports: { '.': { browser: './x.js', node: { import: './x.mjs', default: './lib/index.js' } } },
    },
    'conditions of others': { exports: { '.': { strange: './lib/main.js', default: './index.js' } } },
    'several to try': { exports: ['./lib/main.js', './index.js'] },
  }
  const files = ['index.js', 'lib/index.js', 'lib/main.js']

  for (const [title, manifest] of Object.entries(manifests)) {
    it(`is the one that Node gives: ${title}`, () => {
      const app = newApp()
      const sources = Object.fromEntries(files.map((file) => [file, '']))
      app.install('some', '1.0.0', { 'package.json': JSON.stringify(manifest), ...sources })
      const folder = join(app.folder, 'node_modules', 'some')
      const mains = mainsOf(folder, 'some')
      const found = files.filter((file) => mains.includes(file))
      assert.deepEqual(found, [relative(folder, app.require.resolve('some')).replaceAll('\\', '/')])
    })
  }

  it('is the one that Node gives under a condition of the user’s own', () => {
    const app = newApp()
    const manifest = { exports: { '.': { own: './own.js', default: './index.js' } } }
    app.install('some', '1.0.0', { 'package.json': JSON.stringify(manifest), 'index.js': '', 'own.js': '' })
    const module = JSON.stringify(join(__dirname, '../../src/hooks/package-info.js'))
    const source = `console.log(...require(${module}).mainsOf(${JSON.stringify(join(app.folder, 'node_modules/some'))}, 'some'))`
    assert.equal(execFileSync(process.execPath, ['-C', 'own', '-e', source], { encoding: 'utf8' }), 'own.js\n')
  })
})
