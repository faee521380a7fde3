'use strict'
/**
 * Brings a fresh clone to the point where its code runs: installs what package-lock.json names, then compiles.
 * Plain Node, since nothing is installed yet.
 */
const { spawnSync } = require('node:child_process')
const { existsSync, readdirSync, readFileSync } = require('node:fs')
const { basename, join, relative } = require('node:path')

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

/** The compiled test files whose path holds one of the words; all of them if there are no words. */
function testFiles(words = []) {
  const folder = join(root, 'dist', 'test')
  const files = readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.test.js') && hasSource(file))
    .sort()
  return words.length === 0 ? files : files.filter((file) => words.some((word) => relative(root, file).includes(word)))
}

/** The compiler leaves the output of a deleted test behind. */
function hasSource(file) {
  return existsSync(join(root, relative(join(root, 'dist'), file)).replace(/\.js$/, '.ts'))
}

module.exports = { root, run, install, build, testFiles }
