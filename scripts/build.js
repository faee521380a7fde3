'use strict'
/** Compiles src, instrumentations and test into dist. */
const { join } = require('node:path')
const { root, run } = require('./setup.js')

run(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root])
