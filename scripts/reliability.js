'use strict'
/**
 * docs/RELIABILITY.md. `--write` brings it up to date with the figures that the last runs of the suites left in
 * .reliability; without it, says whether the page is what its own figures make it.
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
  const isToWrite = process.argv.includes('--write')
  const text = existsSync(page) ? readFileSync(page, 'utf8').replaceAll('\r\n', '\n') : ''
  const figures = newest(figuresIn(text), isToWrite ? left() : [])
  const wanted = await format(pageOf(figures), { ...(await resolveConfig(page)), parser: 'markdown' })
  if (isToWrite) {
    writeFileSync(page, wanted)
    console.log('wrote docs/RELIABILITY.md')
  } else if (text !== wanted) {
    console.error('docs/RELIABILITY.md is not what its figures make it; run `node scripts/reliability.js --write`')
    process.exitCode = 1
  }
}

main().catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
