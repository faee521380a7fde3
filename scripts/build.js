'use strict'
/** Compiles src, instrumentations, viewer and test into dist, and builds the preload's one file and the viewer's page. */
const { join } = require('node:path')
const { buildPage } = require('./build-page.js')
const { bundle } = require('./bundle.js')
const { root, run } = require('./setup.js')

run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root])
bundle()
buildPage()
