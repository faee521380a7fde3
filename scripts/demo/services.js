'use strict'
/**
 * Processes that live no longer than the demo.
 */
const { spawn } = require('node:child_process')
const { once } = require('node:events')
const { createInterface } = require('node:readline')

const PATIENCE = 20_000
const STOP_PATIENCE = 3000

/**
 * Starts a service and waits until it says where it listens.
 *
 * @param {string} name
 * @param {string[]} args for node
 * @returns {{ child: import('node:child_process').ChildProcess, url: Promise<string>, stop(): Promise<void> }}
 */
function startService(name, args, { cwd, env }) {
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  createInterface({ input: child.stderr }).on('line', (line) => console.error(`${name}: ${line}`))
  return { child, url: addressOf(name, child, ended), stop: () => stop(child, ended) }
}

function addressOf(name, child, ended) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${name} does not listen after ${PATIENCE} ms`)), PATIENCE)
    ended.then(() => reject(new Error(`${name} has ended: ${child.signalCode ?? child.exitCode}`)), reject)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [address] = /http:\/\/\S+/.exec(line) ?? []
      if (address === undefined) return console.log(`${name}: ${line}`)
      clearTimeout(timer)
      resolve(address)
    })
  })
}

async function stop(child, ended) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE)
  child.kill('SIGTERM')
  await ended.catch(() => undefined)
  clearTimeout(timer)
}

/**
 * Runs a script to its end.
 *
 * @param {string[]} args for node
 * @returns {{ done: Promise<void>, stop(): Promise<void> }}
 */
function runScript(args, options) {
  const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(child, 'close')
  return { done: succeeded(args, ended), stop: () => stop(child, ended) }
}

async function succeeded(args, ended) {
  const [code, signal] = await ended
  if (code !== 0) throw new Error(`${args.join(' ')} has ended: ${signal ?? code}`)
}

module.exports = { startService, runScript }
