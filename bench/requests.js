'use strict'

// What a request costs, over several generations: a process has luck of its own, good or bad, with where its code lies and
// what V8 makes of it, and keeps it for life. One generation after the other, for PostgreSQL has no connections for all. Those
// whom no budget names are in the first alone.

const { startEnvironment } = require('./environment')
const { measureGeneration, turned } = require('./generation')
const { median } = require('./statistics')

const ROUTES = ['plain', 'data', 'fetch', 'all', 'middleware']

/** @returns by contestant: samples by route of each generation that it was in, counts, latencies, memory */
async function measureRequests(options) {
  const { contestants, processes, rounds, log } = options
  const { env, stop } = await startEnvironment()
  const generations = []
  try {
    for (let i = 0; i < processes; i++) {
      log(`generation ${i + 1} of ${processes}`)
      const taking = i === 0 ? contestants : contestants.filter(({ isAside }) => isAside !== true)
      generations.push(
        await measureGeneration(
          // Whoever is started and warmed up first has been dearer for it, with `fetch`.
          { ...options, contestants: turned(taking, i * 3) },
          { rounds: Math.ceil(rounds / processes), counts: i === 0, env },
        ),
      )
    }
  } finally {
    await stop()
  }
  return contestants.map((contestant) => ({
    contestant,
    ...summary(generations.map((all) => all.get(contestant)).filter((figures) => figures !== undefined)),
  }))
}

function summary(generations) {
  return {
    samples: generations.map(({ samples }) => samples),
    counts: generations[0].counts,
    latencies: mediansByKey(generations.map(({ latencies }) => latencies)),
    memory: medians(generations.map(({ memory }) => memory)),
  }
}

/** Of objects that hold figures. */
function medians(all) {
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((each) => each[key]))]))
}

function mediansByKey(all) {
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, medians(all.map((each) => each[key]))]))
}

module.exports = { ROUTES, measureRequests }
