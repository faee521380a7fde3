'use strict'
/**
 * Compiles src, instrumentations, viewer and test into dist, and builds the preload's one file and the viewer's page.
 *
 * `--anew` makes all of dist from nothing, for what is to be measured: the compiler does not see what was changed there by hand.
 */
const { rmSync } = require('node:fs')
const { join } = require('node:path')
const { buildPage } = require('./build-page.js')
const { bundle } = require('./bundle.js')
const { root, run } = require('./setup.js')

if (process.argv.includes('--anew')) rmSync(join(root, 'dist'), { recursive: true, force: true })
run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root])
bundle()
buildPage()
