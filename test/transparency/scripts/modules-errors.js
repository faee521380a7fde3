// No spans: nothing is done, only failed at.
'use strict'
// Errors of loading: their codes and messages, what required what, and the application's first frame.
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const folder = mkdtempSync(join(tmpdir(), 'modules-errors-'))
process.on('exit', () => rmSync(folder, { recursive: true }))
const write = (name, source) => {
  writeFileSync(join(folder, name), source)
  return join(folder, name)
}

function tell(error) {
  const first =
    String(error.stack)
      .split('\n')
      .find((line) => /^\s+at .*(modules-errors|scripts)/.test(line)) ?? ''
  const requireStack = error.requireStack?.join().replaceAll(folder, '')
  const text = [error.name, error.code, error.message, requireStack, first].join(' | ')
  console.log(text.replaceAll(folder, '').replaceAll(/modules-errors-\w+/g, ''))
}

const broken = {
  missing: () => require(['not', 'there'].join('-')),
  inner: () => require(write('inner.js', `require('./not-there-either')`)),
  throwing: () => require(write('throwing.js', `\n\nthrow new TypeError('at load')`)),
  // Its stack holds nothing but Node's frames, as a rule.
  syntax: () => {
    Error.stackTraceLimit = 20
    require(write('syntax.js', 'const = 1'))
  },
  json: () => require(write('broken.json', '{')),
  nothing: () => require(''),
  number: () => require(42),
  subpath: () => require('express/package/not/there'),
  builtin: () => require('node:not-there'),
  resolve: () => require.resolve(['not', 'there'].join('-')),
  nested: () => {
    write('c.js', `exports.fail = () => { throw new Error('later') }`)
    write('b.js', `module.exports = require('./c.js')`)
    require(write('a.js', `module.exports = require('./b.js')`)).fail()
  },
}
for (const [name, fail] of Object.entries(broken)) {
  try {
    fail()
    console.log(name, 'did not fail')
  } catch (error) {
    tell(error)
  }
}
const importing = ['not-there', 'node:not-there', join(folder, 'throwing.js'), join(folder, 'syntax.js')]
importing.reduce(
  (before, name) => before.then(() => import(name)).then(() => console.log('imported'), tell),
  Promise.resolve(),
)
