'use strict'

// What a process costs before it does anything, and how long it takes to end when nobody listens where its spans go.

const { spawn } = require('node:child_process')
const path = require('node:path')
const { preloading } = require('./contestants')
const { NODE } = require('./peers')
const { cleanEnv, startService } = require('./processes')
const { median } = require('./statistics')

/** Where nobody listens. */
const NOWHERE = 'http://127.0.0.1:9'
/** Told at the very end, so that what is put off until then counts too. */
const REPORT = `process.on('exit', () => {
  const { user, system } = process.cpuUsage()
  const files = Object.keys(require.cache).length
  require('node:fs').writeSync(1, JSON.stringify({ cpu: (user + system) / 1000, rss: process.memoryUsage.rss(), files }))
})`

/** `node -e 0`: milliseconds of CPU and wall clock, memory, CommonJS files. */
function measureStartup(contestants, rounds) {
  return inTurn(contestants, rounds, async (contestant) => {
    const started = performance.now()
    const { output, exited } = await run(contestant, ['-e', REPORT])
    return { ...JSON.parse(output), wall: exited - started }
  })
}

/** The service until it listens, connected to nothing: milliseconds of CPU and wall clock, memory, CommonJS files. */
function measureServiceStart(contestants, rounds) {
  return inTurn(contestants, rounds, async (contestant) => {
    const { cpu, wall, rss, files, stop } = await startService(contestant, NOWHERE, {})
    await stop()
    return { cpu: cpu / 1000, wall, rss, files }
  })
}

/** @returns medians by contestant of the figures that `measure` takes */
async function inTurn(contestants, rounds, measure) {
  const samples = new Map(contestants.map((contestant) => [contestant, []]))
  for (let round = 0; round < rounds; round++) {
    for (const contestant of contestants) samples.get(contestant).push(await measure(contestant))
  }
  const medians = (all) =>
    Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((sample) => sample[key]))]))
  return Object.fromEntries(contestants.map((contestant) => [contestant.name, medians(samples.get(contestant))]))
}

/** One request, then nothing more to do: milliseconds until the process is gone. */
async function measureExit(contestants, rounds) {
  const figures = {}
  for (const contestant of contestants) {
    const all = []
    for (let round = 0; round < rounds; round++) {
      const { done, exited } = await run(contestant, [path.join(__dirname, 'one-request.js')])
      all.push(exited - done)
    }
    figures[contestant.name] = median(all)
  }
  return figures
}

function run(contestant, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(NODE, [...preloading(contestant), ...args], {
      env: cleanEnv(contestant.env(NOWHERE)),
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let output = ''
    let done
    child.stdout.on('data', (chunk) => {
      output += chunk
      done ??= performance.now()
    })
    child.once('error', reject)
    child.once('exit', () => (done = { done, exited: performance.now() }))
    child.once('close', () => resolve({ output, ...done }))
  })
}

module.exports = { measureStartup, measureServiceStart, measureExit }
