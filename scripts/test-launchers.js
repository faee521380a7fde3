'use strict'
/** `npm run test:launchers`: applications as package managers other than npm install them. */
const { join } = require('node:path')
const { build, install, root, run } = require('./setup.js')

install()
build()
run(process.execPath, ['--test', '--test-reporter=spec', join(root, 'dist', 'test', 'launchers', 'installed.js')])
