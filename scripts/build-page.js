'use strict'
/**
 * Builds the viewer's page into dist/viewer/page, unless what is there was made of the very same sources.
 */
const { createHash } = require('node:crypto')
const { existsSync, readFileSync, readdirSync, statSync, writeFileSync } = require('node:fs')
const { join, relative } = require('node:path')
const { root, run } = require('./setup.js')

const SOURCES = ['viewer/page', 'viewer/model', 'src/export', 'package-lock.json', 'scripts/build-page.js']
/** Beside the page, not in it: nobody is to be served it. */
const STAMP = join(root, 'dist', '.page-stamp')
const PAGE = join(root, 'dist', 'viewer', 'page', 'index.html')

/** Of every file that the page is made of, its path and text. */
function stampOf(sources) {
  const hash = createHash('sha256')
  for (const file of sources.flatMap((name) => filesIn(join(root, name))).sort()) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(path) {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true })
    .map((name) => join(path, name))
    .filter((file) => statSync(file).isFile())
}

function buildPage() {
  const stamp = stampOf(SOURCES)
  if (existsSync(PAGE) && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return
  const page = join(root, 'viewer', 'page')
  run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', page])
  run(process.execPath, [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', page])
  writeFileSync(STAMP, stamp)
}

module.exports = { buildPage }
