'use strict'
/**
 * `npm run test:soak`: the long forms of the suites in test/reliability, one after the other, and the page of their figures.
 *
 *   <words>    only the suites whose file's name holds one of them
 *   --short    in the form in which they are a part of `npm test`
 */
const { readdirSync } = require('node:fs')
const { join } = require('node:path')
const { root, run, install, build } = require('./setup.js')

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const isShort = process.argv.includes('--short')

function suites() {
  const names = readdirSync(join(root, 'test', 'reliability'), { recursive: true })
  return names
    .filter((name) => name.endsWith('.test.ts') && (words.length === 0 || words.some((word) => name.includes(word))))
    .map((name) => join(root, 'dist', 'test', 'reliability', name.replace(/\.ts$/, '.js')))
}

install()
build()
process.env.RELIABILITY = isShort ? 'short' : 'long'
const runner = [process.execPath, '--test', '--test-reporter=spec', '--test-concurrency=1', ...suites()]
run(process.execPath, [join(root, 'examples', 'servers', 'run.js'), '--', ...runner])
run(process.execPath, [join(root, 'scripts', 'reliability.js'), '--write'])
