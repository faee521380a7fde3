'use strict'

// node run.js -- command args…: runs a command with DATABASE_URL and REDIS_URL of two servers that live as long as it.

const { spawn } = require('node:child_process')
const { constants } = require('node:os')
const { startServers } = require('./index')

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
const EXIT_NOT_FOUND = 127

async function main([separator, command, ...args]) {
  if (separator !== '--' || !command) throw new Error('usage: node run.js -- command args…')
  const { databaseUrl, redisUrl, stop } = await startServers()
  try {
    process.exitCode = await run(command, args, { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: redisUrl })
  } finally {
    await stop()
  }
}

// Resolves to the exit code that a shell would give.
function run(command, args, env) {
  const child = spawn(command, args, { env, stdio: 'inherit' })
  for (const signal of SIGNALS) process.on(signal, () => passOn(signal, child))
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
    child.once('error', (error) => {
      console.error(error.message)
      resolve(EXIT_NOT_FOUND)
    })
  })
}

// The command goes first, and the servers after it. A terminal sends Ctrl-C to the command as well; a second one would
// make many a program drop what it is finishing.
function passOn(signal, child) {
  if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message)
  process.exitCode = 1
})
