'use strict'
/**
 * Brings docs/RELIABILITY.md up to date with the figures that the last runs of the suites left in .reliability.
 */
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { root } = require('./setup.js')
const { figuresIn, newest, pageOf } = require('../dist/test/reliability/page.js')

const page = join(root, 'docs', 'RELIABILITY.md')
const folder = join(root, '.reliability')

function left() {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')))
}

async function main() {
  const { format, resolveConfig } = await import('prettier')
  const shown = existsSync(page) ? figuresIn(readFileSync(page, 'utf8')) : []
  const text = pageOf(newest(shown, left()))
  writeFileSync(page, await format(text, { ...(await resolveConfig(page)), parser: 'markdown' }))
  console.log('wrote docs/RELIABILITY.md')
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
