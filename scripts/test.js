'use strict'
/**
 * `npm test`: everything that must be green, from a fresh clone with Node and npm alone.
 *
 * `npm test -- <words>` runs only the test files whose path holds one of the words, without lint and format.
 */
const { join } = require('node:path')
const { root, run, install, build, testFiles } = require('./setup.js')

const words = process.argv.slice(2)
const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)

function step(title, ...command) {
  console.log(`\n▸ ${title}`)
  run(...command)
}

install()
if (words.length === 0) {
  step('format', bin('prettier'), ['--check', '--log-level', 'warn', '.'])
  step('lint', bin('oxlint'), ['--type-aware', '--deny-warnings', '.'])
  step('unused files, exports and dependencies', bin('knip'))
}
console.log('\n▸ types and build')
build()
if (words.length === 0) {
  step('generated documentation', process.execPath, [join(root, 'scripts', 'docs.js')])
  run(process.execPath, [join(root, 'scripts', 'reliability.js')])
}
// A file of tests that hangs, or fails and leaves a server behind, must not hold up the rest.
const options = ['--test', '--test-reporter=spec', '--test-concurrency=2', '--test-timeout=400000', '--test-force-exit']
const runner = [process.execPath, ...options, ...testFiles(words)]
step('tests, with a real PostgreSQL and a real Redis', process.execPath, [
  join(root, 'examples', 'servers', 'run.js'),
  '--',
  ...runner,
])
