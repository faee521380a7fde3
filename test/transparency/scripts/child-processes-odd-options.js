'use strict'
const { show, serve, ask } = require('../kit.js')
const { execFileSync, execSync, spawnSync } = require('node:child_process')

const { PATH } = process.env
const read = []
const counted = (values) =>
  Object.defineProperties(
    {},
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, { enumerable: true, get: () => (read.push(key), value) }]),
    ),
  )
class Options {
  get cwd() {
    return '/usr'
  }
}

/** Whether what is inherited or hidden counts differs from Node to Node. */
const OPTIONS = {
  none: undefined,
  frozen: Object.freeze({ env: Object.freeze({ PATH, MINE: 'frozen' }) }),
  'inherited folder': Object.create({ cwd: '/usr' }),
  'inherited environment': Object.create({ env: { PATH, MINE: 'inherited' } }),
  'of a class': new Options(),
  hidden: Object.defineProperty({}, 'cwd', { value: '/usr' }),
  'hidden environment': Object.defineProperty({}, 'env', { value: { PATH, MINE: 'hidden' } }),
  'without prototype': Object.assign(Object.create(null), { cwd: '/usr', env: { PATH, MINE: 'bare' } }),
  throwing: {
    get env() {
      throw new RangeError('of the application')
    },
  },
}

function attempt(name, run) {
  try {
    show(name, String(run()))
  } catch (error) {
    show(name, error.name, error.code, error.message)
  }
}

async function main() {
  await serve(
    (_, res) => {
      for (const [name, options] of Object.entries(OPTIONS)) {
        attempt(name, () => execSync('pwd; echo $MINE', options))
        attempt(name, () => execFileSync('/bin/pwd', [], options))
        attempt(name, () => spawnSync('/bin/pwd', options).stdout)
      }
      execSync('true', counted({ cwd: '/usr', env: { PATH }, shell: '/bin/sh' }))
      // Older Nodes look several times.
      show([...new Set(read)].sort(), read.length > 4 || read.sort())
      res.end()
    },
    (_, port) => ask(port),
  )
}
main()
