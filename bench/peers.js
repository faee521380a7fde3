'use strict'

// The peers and the bench's Node: installed into bench/peers on first use, far from the product.

const { execFileSync } = require('node:child_process')
const fs = require('node:fs')
const path = require('node:path')

const FOLDER = path.join(__dirname, 'peers')
const MODULES = path.join(FOLDER, 'node_modules')
const NODE = path.join(MODULES, 'node-24/bin/node')

function installPeers() {
  const { dependencies } = JSON.parse(fs.readFileSync(path.join(FOLDER, 'package.json'), 'utf8'))
  if (fs.existsSync(NODE) && Object.keys(dependencies).every((name) => fs.existsSync(path.join(MODULES, name)))) return
  process.stderr.write('installing the peers into bench/peers …\n')
  const args = ['install', '--no-workspaces', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', args, { cwd: FOLDER, stdio: ['ignore', 'inherit', 'inherit'] })
}

/** The path of a peer's module, for `--require`. */
function peer(name) {
  return require.resolve(name, { paths: [FOLDER] })
}

/** What npm installs for a package: itself and all it depends on. */
function footprint(folder) {
  const folders = new Set()
  collect(folder, folders)
  const bytes = [...folders].reduce((sum, each) => sum + sizeOf(each), 0)
  return { packages: folders.size, mebibytes: bytes / 2 ** 20 }
}

function collect(folder, folders) {
  const real = fs.realpathSync(folder)
  if (folders.has(real)) return
  folders.add(real)
  const { dependencies, optionalDependencies } = manifest(real)
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const found = findPackage(name, real)
    if (found !== undefined) collect(found, folders)
  }
}

/** As Node looks for it: upwards from whoever asks. Undefined for an optional one that is not for this platform. */
function findPackage(name, from) {
  for (let at = from; ; at = path.dirname(at)) {
    const candidate = path.join(at, 'node_modules', name)
    if (fs.existsSync(path.join(candidate, 'package.json'))) return candidate
    if (at === path.dirname(at)) return undefined
  }
}

/** Of a package's own files; of the product's, those that are published. */
function sizeOf(folder) {
  const { files } = manifest(folder)
  const isProduct = folder === path.dirname(__dirname)
  const isOwn = (name) =>
    (isProduct
      ? /^(register|dist\/(src|instrumentations)|CHANGELOG|README|LICENSE|package\.json)/
      : /^(?!node_modules)/
    ).test(name)
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => files === undefined || isOwn(path.relative(folder, file)))
    .filter((file) => isProduct || !path.relative(folder, file).startsWith('node_modules'))
    .reduce((sum, file) => sum + fs.statSync(file).size, 0)
}

function manifest(folder) {
  return JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
}

function versionOf(name, from = FOLDER) {
  return manifest(findPackage(name, from)).version
}

module.exports = { FOLDER, MODULES, NODE, installPeers, peer, footprint, findPackage, versionOf }
