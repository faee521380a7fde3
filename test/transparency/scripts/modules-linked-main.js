'use strict'
// No spans: which file is the program, where links lead to it.
const { show } = require('../kit.js')
const fs = require('node:fs')
const { spawnSync } = require('node:child_process')
const path = require('node:path')
const os = require('node:os')
const { Worker } = require('node:worker_threads')

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'linked-')))
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }))
fs.mkdirSync(path.join(folder, 'app'))
fs.writeFileSync(path.join(folder, 'app', 'beside.js'), "exports.name = require('path').basename(__dirname)\n")
fs.writeFileSync(
  path.join(folder, 'app', 'program.js'),
  `
  const relative = (file) => require('path').relative(${JSON.stringify(folder)}, file)
  let beside
  try {
    beside = require('./beside').name
  } catch ({ code }) {
    beside = code
  }
  console.log(relative(__filename), beside, Object.keys(require.cache).some((file) => file === __filename))
`,
)
const link = path.join(folder, 'program')
fs.symlinkSync(path.join('app', 'program.js'), link)
fs.symlinkSync(path.join('app', 'program.js'), `${link}.js`)

const preload = process.execArgv
const both = ['--preserve-symlinks', '--preserve-symlinks-main']
for (const args of [[link], [both[0], link], [both[0], `${link}.js`], [...both, `${link}.js`]]) {
  const { stdout, status } = spawnSync(process.execPath, [...preload, ...args], { encoding: 'utf8' })
  show(args.length, status, stdout.trim())
}
const env = { ...process.env, NODE_PRESERVE_SYMLINKS: '1' }
new Worker(`${link}.js`, { env, stdout: true }).stdout.on('data', (text) => show(String(text).trim()))
