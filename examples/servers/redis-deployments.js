'use strict'

// Redis as it is deployed: a cluster of three masters, and a master with a sentinel that tells where it is.

const { once } = require('node:events')
const fs = require('node:fs')
const net = require('node:net')
const os = require('node:os')
const path = require('node:path')
const { findProgram, startRedis } = require('./redis')
const { findFreePort, startServer } = require('./server-process')

const SLOTS = 16_384
const MASTERS = 3
const HOST = '127.0.0.1'
/** How a sentinel calls the master that it watches. */
const MASTER_NAME = 'primary'

const PATIENCE_MS = 30_000
const PAUSE_MS = 50

/**
 * @returns {Promise<{ urls: string[], stop(): Promise<void> }>} the URLs of its masters
 */
async function startRedisCluster() {
  const program = findProgram()
  const nodes = await startAll(Array.from({ length: MASTERS }, () => () => startNode(program)))
  const stop = () => stopAll(nodes)
  try {
    await Promise.all(nodes.map(({ port }, index) => ask(port, `CLUSTER ADDSLOTSRANGE ${slotsOf(index)}`)))
    const [first, ...others] = nodes
    for (const { port, bus } of others) await ask(first.port, `CLUSTER MEET ${HOST} ${port} ${bus}`)
    await Promise.all(nodes.map(({ port }) => until(port, 'CLUSTER INFO', isWhole)))
    return { urls: nodes.map(({ port }) => `redis://${HOST}:${port}`), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function slotsOf(index) {
  const first = (at) => Math.floor((at * SLOTS) / MASTERS)
  return `${first(index)} ${first(index + 1) - 1}`
}

function isWhole(info) {
  return info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${MASTERS}`)
}

async function startNode(program) {
  const folder = newFolder('pretrace-redis-cluster-')
  const bus = await findFreePort()
  const { port, stop } = await startServer((port) => ({
    file: program,
    args: ['--bind', HOST, '--port', port, '--cluster-enabled', 'yes', '--cluster-port', bus, '--save', ''].map(String),
    folder,
    stopSignal: 'SIGTERM',
  }))
  return { port, bus, stop: () => stop().finally(() => fs.rmSync(folder, { recursive: true, force: true })) }
}

/**
 * @returns {Promise<{ url: string, master: string, masterUrl: string, stop(): Promise<void> }>} the sentinel's URL, the
 *   name by which it knows the master, and the master's URL
 */
async function startRedisSentinel() {
  const master = await startRedis()
  try {
    const sentinel = await startSentinel(findProgram(), Number(new URL(master.url).port))
    const stop = () => stopAll([sentinel, master])
    await until(sentinel.port, `SENTINEL GET-MASTER-ADDR-BY-NAME ${MASTER_NAME}`, (told) => told.includes(HOST))
    return { url: `redis://${HOST}:${sentinel.port}`, master: MASTER_NAME, masterUrl: master.url, stop }
  } catch (error) {
    await master.stop()
    throw error
  }
}

async function startSentinel(program, masterPort) {
  const folder = newFolder('pretrace-redis-sentinel-')
  const { port, stop } = await startServer((port) => {
    // A sentinel writes down in its configuration what it learns.
    const file = path.join(folder, 'sentinel.conf')
    fs.writeFileSync(file, `bind ${HOST}\nport ${port}\nsentinel monitor ${MASTER_NAME} ${HOST} ${masterPort} 1\n`)
    return { file: program, args: [file, '--sentinel'], folder, stopSignal: 'SIGTERM', ready: /\+monitor master/ }
  })
  return { port, stop: () => stop().finally(() => fs.rmSync(folder, { recursive: true, force: true })) }
}

function newFolder(prefix) {
  return fs.mkdtempSync(path.join(os.tmpdir(), prefix))
}

// All of them, or none that is left running.
async function startAll(starts) {
  const outcomes = await Promise.allSettled(starts.map((start) => start()))
  const started = outcomes.filter(({ status }) => status === 'fulfilled').map(({ value }) => value)
  const failed = outcomes.find(({ status }) => status === 'rejected')
  if (failed === undefined) return started
  await stopAll(started)
  throw failed.reason
}

async function stopAll(servers) {
  await Promise.all(servers.map((server) => server.stop()))
}

async function until(port, command, isDone) {
  const end = Date.now() + PATIENCE_MS
  for (;;) {
    const reply = await ask(port, command)
    if (isDone(reply)) return
    if (Date.now() > end) throw new Error(`${command} has answered ${JSON.stringify(reply)} for ${PATIENCE_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

// A command in Redis's inline form. QUIT behind it makes the server close the connection: the answer is all that came.
async function ask(port, command) {
  const socket = net.connect(port, HOST)
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  socket.end(`${command}\r\nQUIT\r\n`)
  await once(socket, 'close')
  if (text.startsWith('-')) throw new Error(`${command}: ${text.trim().split('\r\n')[0]}`)
  return text
}

module.exports = { startRedisCluster, startRedisSentinel }
