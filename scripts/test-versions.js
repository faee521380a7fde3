'use strict'
/**
 * `npm run test:versions`: every library at the floor of the range that its instrumentation declares, at the ceiling of
 * each major version, and at the newest, on every Node, as CommonJS and as ES modules, against real servers.
 *
 * Installs into .cache/versions what it needs, and writes what came out into test/versions/results.json, from which
 * docs/COMPATIBILITY.md and the README's table are made.
 *
 *   --library=redis,pg   only these
 *   --node=18,24         only these
 */
const { join } = require('node:path')
const { root, run, install, build } = require('./setup.js')

install()
build()
run(process.execPath, [join(root, 'dist', 'test', 'versions', 'main.js'), ...process.argv.slice(2)])
run(process.execPath, [join(root, 'scripts', 'docs.js'), '--write'])
