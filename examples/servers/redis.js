'use strict'

// A Redis of its own: the binary of an npm package, no data, a free port.

const { spawnSync } = require('node:child_process')
const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { forOlderGlibc } = require('./older-glibc')
const { cached, findPackage } = require('./packages')
const { startServer } = require('./server-process')

const PACKAGE = `@falkordblite/${process.platform}-${process.arch}`

// In this order; each gives the path of a program.
const CANDIDATES = [
  { name: PACKAGE, find: () => shippedProgram(findPackage(PACKAGE)) },
  { name: `${PACKAGE} made to fit an older C library`, find: () => patchedProgram(findPackage(PACKAGE)) },
  { name: 'redis-server on the PATH', find: () => 'redis-server' },
]

/**
 * @returns {Promise<{ url: string, stop(): Promise<void> }>}
 */
async function startRedis() {
  try {
    return await start(findProgram())
  } catch (error) {
    const advice = 'set REDIS_URL=redis://host:6379 to use one that runs already'
    throw new Error(`cannot start Redis (${error.message}); ${advice}`, { cause: error })
  }
}

async function start(program) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pretrace-redis-'))
  const remove = () => fs.rmSync(folder, { recursive: true, force: true })
  try {
    const server = await startServer((port) => serverCommand({ program, folder, port }))
    return { url: `redis://127.0.0.1:${server.port}`, stop: () => server.stop().finally(remove) }
  } catch (error) {
    remove()
    throw error
  }
}

function serverCommand({ program, folder, port }) {
  const network = ['--bind', '127.0.0.1', '--port', String(port)]
  const args = [...network, '--dir', folder, '--save', '', '--appendonly', 'no']
  return { file: program, args, folder, stopSignal: 'SIGTERM' }
}

function findProgram() {
  const failures = []
  for (const { name, find } of CANDIDATES) {
    try {
      const program = find()
      checkThatItRuns(program)
      return program
    } catch (error) {
      failures.push(`${name}: ${error.message}`)
    }
  }
  throw new Error(failures.join('; '))
}

// The dynamic linker refuses a program before its first instruction, so that its version says enough.
function checkThatItRuns(program) {
  const { error, status, signal, stderr } = spawnSync(program, ['--version'], { encoding: 'utf8' })
  if (error) throw error
  if (status !== 0) throw new Error(stderr.trim().split('\n')[0] || `ended with ${signal || status}`)
}

function shippedProgram({ root }) {
  return path.join(root, 'bin/redis-server')
}

function patchedProgram({ root, version }) {
  return cached(`${path.basename(PACKAGE)}-redis-server-${version}`, (target) => {
    fs.writeFileSync(target, forOlderGlibc(fs.readFileSync(shippedProgram({ root }))))
    fs.chmodSync(target, 0o755)
  })
}

module.exports = { findProgram, startRedis }
