'use strict'
/** `npm run test:launchers`: applications as package managers other than npm install them, PM2 runs and bundlers pack them. */
const { join } = require('node:path')
const { build, install, root, run } = require('./setup.js')

install()
build()
const tests = ['--test', '--test-reporter=spec', join(root, 'dist', 'test', 'launchers', 'installed.js')]
run(process.execPath, [join(root, 'examples', 'servers', 'run.js'), '--', process.execPath, ...tests])
