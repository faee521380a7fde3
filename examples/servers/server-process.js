'use strict'

// Runs a server as a child process that never outlives this one.

const { spawn } = require('node:child_process')
const { once } = require('node:events')
const net = require('node:net')

// PostgreSQL and Redis both say so, once they listen and serve.
const READY = /ready to accept connections/i
const PORT_TAKEN = /address already in use/i
const FAILURE = /fatal|error|failed|not found|denied/i
const READY_TIMEOUT_MS = 30_000
const STOP_TIMEOUT_MS = 5_000
const PORTS_TO_TRY = 3

// Waits until this process is gone, by whatever death: the kernel closes its end of the pipe even where no handler of
// ours can run (SIGKILL, an unhandled signal, a crash). It signals the server's whole process group. The rounds are
// limited, because a killed process stays visible for ever in a container whose init does not reap.
const GUARD = `
read -r line
kill -s "$1" -- "-$2"
for round in 1 2 3 4 5 6 7 8 9 10; do kill -s 0 -- "-$2" || break; sleep 0.1; done
kill -s KILL -- "-$2"
rm -rf "$3"
`

/**
 * @typedef {object} Command
 * @property {string} file
 * @property {string[]} args
 * @property {string} folder its data: the working directory, and removed should this process die
 * @property {NodeJS.Signals} stopSignal
 * @property {{ uid?: number, gid?: number }} [user]
 * @property {RegExp} [ready] what it logs when it serves, if not the usual
 */

/**
 * Starts a server on a free port and resolves as soon as it logs that it is ready.
 *
 * @param {(port: number) => Command} commandOn
 * @returns {Promise<{ port: number, stop(): Promise<void> }>}
 */
async function startServer(commandOn) {
  for (let attempt = 1; ; attempt++) {
    const port = await findFreePort()
    try {
      return { port, ...(await startUntilReady(commandOn(port))) }
    } catch (error) {
      // A port that was free a moment ago may be somebody else's by now.
      if (attempt === PORTS_TO_TRY || !PORT_TAKEN.test(error.message)) throw error
    }
  }
}

async function startUntilReady(command) {
  const running = run(command)
  const { child, output, ended } = running
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_TIMEOUT_MS)
  const ready = await Promise.race([output.ready.then(() => true), ended.then(() => false)])
  clearTimeout(timer)
  if (!ready) throw new Error(reasonIn(output.text()))
  // Whoever forgets to stop the server can still end: the guard stops it then.
  for (const handle of [child, child.stdout, child.stderr]) handle.unref()
  return { stop: () => stop(running, command.stopSignal) }
}

async function stop({ child, ended }, signal) {
  for (const handle of [child, child.stdout, child.stderr]) handle.ref()
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
  child.kill(signal)
  await ended
  clearTimeout(timer)
}

/**
 * Runs a command to its end.
 *
 * @param {Command} command
 */
async function runToEnd(command) {
  const { child, output, ended } = run(command)
  await ended
  if (child.exitCode !== 0) throw new Error(reasonIn(output.text()))
}

// A session of its own keeps Ctrl-C in the terminal away from the server, so that its clients can end before it does.
// The environment is a bare one: the caller's PGDATA, LC_ALL and the like are not meant for this server.
function run({ file, args, folder, stopSignal, user, ready = READY }) {
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' }
  const child = spawn(file, args, { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...user })
  const output = follow(child, ready)
  const dismissGuard = child.pid === undefined ? () => {} : guard(child.pid, stopSignal, folder)
  const ended = once(child, 'close').catch((error) => output.add(error.message))
  return { child, output, ended: ended.finally(dismissGuard) }
}

function guard(pid, signal, folder) {
  const args = ['-c', GUARD, 'pretrace-guard', signal.replace('SIG', ''), String(pid), folder]
  const shell = spawn('/bin/sh', args, { cwd: '/', detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  shell.unref()
  shell.stdin.unref()
  return () => shell.kill('SIGKILL')
}

// Reads all that a server says, for it would block on a full pipe, but keeps only what it says until it is ready.
function follow(child, isReady) {
  let text = ''
  let add
  const ready = new Promise((resolve) => {
    add = (chunk) => {
      if (isReady.test(text)) return
      text += chunk
      if (isReady.test(text)) resolve()
    }
  })
  child.stdout.on('data', add)
  child.stderr.on('data', add)
  return { add, ready, text: () => text }
}

function reasonIn(text) {
  const lines = text.trim().split('\n')
  const telling = [PORT_TAKEN, FAILURE].map((pattern) => lines.find((line) => pattern.test(line)))
  return telling.find(Boolean) || lines.pop() || 'it ended without a word'
}

async function findFreePort() {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address()
  probe.close()
  await once(probe, 'close')
  return port
}

module.exports = { findFreePort, runToEnd, startServer }
