'use strict'
/**
 * What a production install brings along, from package-lock.json: versions, and licences out of each package.
 *
 * Used by scripts/docs.js for docs/LICENSES.md.
 */
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { root } = require('./setup.js')

const read = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** The packages of a production install: what the root depends on, and what those do. */
function installed() {
  const { packages } = read(join(root, 'package-lock.json'))
  const found = new Map()
  const visit = (names, from) => {
    for (const name of Object.keys(names ?? {})) {
      const path = resolve(packages, name, from)
      if (found.has(path)) continue
      found.set(path, name)
      visit(packages[path].dependencies, path)
    }
  }
  visit(packages[''].dependencies, '')
  return [...found]
    .map(([path, name]) => ({ path, name, ...packages[path] }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** As Node looks: in the nearest node_modules first. */
function resolve(packages, name, from) {
  const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`
  if (packages[path] !== undefined) return path
  if (from === '') throw new Error(`package-lock.json does not know ${name}`)
  const outer = from.lastIndexOf('/node_modules/')
  return resolve(packages, name, outer === -1 ? '' : from.slice(0, outer))
}

function licenseOf({ path, license }) {
  if (license !== undefined) return license
  const { license: own, licenses } = read(join(root, path, 'package.json'))
  return own ?? licenses?.map(({ type }) => type).join(' OR ')
}

module.exports = { installed, licenseOf }
