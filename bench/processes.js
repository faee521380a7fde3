'use strict'

// Processes that answer questions over IPC.

const { fork } = require('node:child_process')
const path = require('node:path')
const { preloading } = require('./contestants')
const { NODE } = require('./peers')

const PATIENCE_MS = 60_000

class Asked {
  constructor(file, args, env, [program, ...before] = [NODE]) {
    this.waiting = new Map()
    this.nextId = 0
    this.child = fork(path.join(__dirname, file), {
      execPath: program,
      execArgv: [...before, ...args],
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.errors = ''
    this.child.stderr.on('data', (chunk) => (this.errors += chunk))
    this.child.on('message', ({ id, answer, error }) => {
      const { resolve, reject } = this.waiting.get(id) ?? {}
      this.waiting.delete(id)
      if (error !== undefined) reject?.(new Error(error))
      else resolve?.(answer)
    })
    this.ended = new Promise((resolve) => this.child.once('exit', resolve))
    void this.ended.then(() => this.waiting.forEach(({ reject }) => reject(new Error(`${file} died: ${this.errors}`))))
  }

  ask(work) {
    const id = this.nextId++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer to ${JSON.stringify(work)}: ${this.errors}`)),
        PATIENCE_MS,
      )
      const settle = (how) => (value) => {
        clearTimeout(timer)
        how(value)
      }
      this.waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
      this.child.send({ id, ...work })
    })
  }

  /** What it says first, unasked. */
  first() {
    return new Promise((resolve, reject) => {
      this.child.once('message', resolve)
      void this.ended.then(() => reject(new Error(`it died: ${this.errors}`)))
    })
  }
}

/** Whatever the caller's environment says of tracing must not reach a contestant. */
function cleanEnv(extra) {
  const own = Object.entries(process.env).filter(([name]) => !/^(OTEL|JAEGER|PRETRACE|DD|ELASTIC|NODE)_/.test(name))
  return { ...Object.fromEntries(own), ...extra }
}

/** @returns a running service with what it said of its start, and after how many milliseconds */
async function startService(contestant, sinkUrl, env, { nodeArgs = [], command } = {}) {
  const args = ['--expose-gc', ...nodeArgs, ...preloading(contestant)]
  const began = performance.now()
  const service = new Asked('service.js', args, cleanEnv({ ...env, ...contestant.env(sinkUrl) }), command)
  const started = await service.first()
  const wall = performance.now() - began
  const stop = async () => {
    service.ask({ ask: 'exit' }).catch(() => undefined)
    await service.ended
  }
  return { ...started, wall, ask: (ask) => service.ask({ ask }), stop }
}

function startLoad() {
  const load = new Asked('load.js', [], cleanEnv({}))
  return { run: (work) => load.ask(work), stop: () => load.child.kill() }
}

module.exports = { cleanEnv, startService, startLoad }
