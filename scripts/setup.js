'use strict'
/**
 * Brings a fresh clone to the point where its code runs: installs what package-lock.json names, then compiles.
 * Plain Node, since nothing is installed yet.
 */
const { spawnSync } = require('node:child_process')
const { existsSync, readFileSync } = require('node:fs')
const { basename, join } = require('node:path')

const root = join(__dirname, '..')

/** Runs a command with its output shown; ends this process if it fails. */
function run(command, args = [], options = {}) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options })
  if (status === 0) return
  if (error) console.error(error.message)
  console.error(`failed: ${basename(command)} ${args.slice(0, 3).join(' ')}`)
  process.exit(signal ? 1 : (status ?? 1))
}

/** Whether node_modules holds what package-lock.json asks for: npm keeps a copy of the lock file it installed by. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const { packages: wanted } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const { packages: present } = JSON.parse(readFileSync(installed, 'utf8'))
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    return path === '' || optional || link || present[path]?.version === version || !path.includes('node_modules')
  })
}

function install() {
  if (isInstalled()) return
  run('npm', ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' })
}

function build() {
  run(process.execPath, [join(root, 'scripts', 'build.js')])
}

module.exports = { root, run, install, build }
