'use strict'

// Finds installed packages, and keeps altered copies of what they ship in a folder of temporary files.

const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')

/**
 * Where a package is installed, as seen from here. `require.resolve` cannot tell: it honours `exports`, and some of
 * these packages export one ES module only, or have no main file at all.
 *
 * @param {string} name
 * @returns {{ root: string, version: string }}
 */
function findPackage(name) {
  for (const folder of require.resolve.paths(name)) {
    const manifest = path.join(folder, name, 'package.json')
    if (!fs.existsSync(manifest)) continue
    return { root: path.dirname(manifest), version: JSON.parse(fs.readFileSync(manifest, 'utf8')).version }
  }
  throw new Error('not installed')
}

/**
 * The file or folder of that name in the cache, made on first use. It is made under another name and then renamed, so
 * that a second process that starts at the same moment sees all of it or nothing.
 *
 * @param {string} name
 * @param {(target: string) => void} make
 * @returns {string} its path
 */
function cached(name, make) {
  const home = cacheFolder()
  const target = path.join(home, name)
  if (fs.existsSync(target)) return target
  const draft = fs.mkdtempSync(path.join(home, 'draft-'))
  try {
    make(path.join(draft, name))
    fs.renameSync(path.join(draft, name), target)
  } catch (error) {
    // Somebody else was faster: theirs is as good.
    if (!fs.existsSync(target)) throw error
  } finally {
    fs.rmSync(draft, { recursive: true, force: true })
  }
  return target
}

// Programs are run from here, and anybody may create a folder among temporary files: only our own is trusted.
function cacheFolder() {
  const home = path.join(os.tmpdir(), `pretrace-servers-${process.getuid()}`)
  fs.mkdirSync(home, { recursive: true })
  const { uid } = fs.lstatSync(home)
  if (uid !== process.getuid()) throw new Error(`${home} belongs to another user (${uid})`)
  fs.chmodSync(home, 0o755)
  return home
}

module.exports = { cached, findPackage }
