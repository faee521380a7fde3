// No spans: nothing is asked for but a builtin.
'use strict'
// A builtin that says that it is deprecated, unless a package asks for it.
const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const folder = mkdtempSync(join(tmpdir(), 'modules-deprecated-'))
process.on('exit', () => rmSync(folder, { recursive: true }))
process.on('warning', ({ name, code }) => console.log(name, code))
mkdirSync(join(folder, 'node_modules'))
mkdirSync(join(folder, 'node_modules', 'asking'))
writeFileSync(join(folder, 'node_modules', 'asking', 'index.js'), `module.exports = require('punycode')`)
console.log(require(join(folder, 'node_modules', 'asking')).toASCII('mañana.com'))
