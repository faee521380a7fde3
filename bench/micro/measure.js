'use strict'

// Times the operations of one subject: node --expose-gc measure.js subject

const { YARDSTICK } = require('./typical')

const SAMPLES = 15
const SAMPLE_MS = 20

const subject = process.argv[2]
const { operations } = require(`./${subject}`)
const yardstick = { name: YARDSTICK, run: emptyObjects }

/** Where objects go that nobody may optimise away. */
const kept = { last: undefined }

function emptyObjects(count) {
  for (let i = 0; i < count; i++) kept.last = {}
}

async function main() {
  const all = [yardstick, ...(await operations())].map((operation) => ({ ...operation, samples: [] }))
  for (const operation of all) operation.count = calibrated(operation.run)
  // In turns, so that a slow second of the machine is everybody's.
  for (let i = 0; i < SAMPLES; i++) for (const operation of all) sample(operation)
  const results = all.map(({ name, samples, run, less, per = 1 }) => {
    const bytes = (allocated(run) - (less === undefined ? 0 : allocated(less))) / per
    return { name, samples, bytes }
  })
  process.stdout.write(JSON.stringify(results), () => process.exit())
}

/** Nanoseconds an operation, less what surrounds it. */
function sample({ run, less, per = 1, count, samples }) {
  const whole = milliseconds(run, count)
  const around = less === undefined ? 0 : milliseconds(less, count)
  samples.push(((whole - around) * 1e6) / count / per)
}

/** How many operations take about {@link SAMPLE_MS}; by the way the compiler gets its warm-up. */
function calibrated(run) {
  let count = 1
  let took = 0
  while (took < SAMPLE_MS) {
    took = milliseconds(run, count)
    if (took < SAMPLE_MS) count = Math.ceil(count * Math.min(4, (1.2 * SAMPLE_MS) / Math.max(took, 0.01)))
  }
  return count
}

function milliseconds(run, count) {
  const started = performance.now()
  run(count)
  return performance.now() - started
}

/** Bytes an operation, over so few that nothing is collected meanwhile; the least of some, for the compiler allocates too. */
function allocated(run) {
  const started = performance.now()
  run(1)
  const count = performance.now() - started > 0.1 ? 1 : 500
  const all = Array.from({ length: 5 }, () => {
    global.gc()
    const before = process.memoryUsage().heapUsed
    run(count)
    return process.memoryUsage().heapUsed - before
  })
  return Math.min(...all) / count
}

void main()
