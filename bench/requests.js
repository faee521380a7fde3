'use strict'

// What a request costs: all services run at once and take turns, route by route and round by round, each time in another
// order. CPU is read when a service's turn begins, and belongs to the turn before: what it exports meanwhile counts.

const http = require('node:http')
const { setTimeout: sleep } = require('node:timers/promises')
const { startServers } = require('../examples/servers')
const { startLoad, startService } = require('./processes')
const { Sink } = require('./sink')
const { median } = require('./statistics')

const ROUTES = ['plain', 'data', 'fetch', 'all', 'middleware']
/** Those whose latency is measured too: the shortest and the longest. */
const TIMED = new Set(['plain', 'all'])
const CONCURRENCY = 8
/** V8 goes on compiling for so many requests, and what it compiles in the background counts as the service's CPU. */
const WARM_UP = 40_000
/** Long enough for whoever sends what waits every two seconds. */
const SETTLE_MS = 2500

/** @returns by contestant: figures by route, memory */
async function measureRequests({ contestants, routes, rounds, requests, warmUp, rate, seconds, nodeArgs, log }) {
  const environment = await startEnvironment()
  const runners = []
  try {
    for (const contestant of contestants) runners.push(await startRunner(contestant, environment, nodeArgs))
    for (const route of routes) {
      log(`${route}: warming up`)
      await eachInTurn(runners, (runner) => drive(environment, runner, route, warmUp))
    }
    for (const route of routes) {
      await countSpans(environment, runners, route)
      log(`${route}: ${rounds} rounds`)
      await measureRoute(environment, runners, route, rounds, requests)
    }
    log('latency')
    const timed = routes.filter((route) => TIMED.has(route))
    for (const route of timed)
      await eachInTurn(runners, (runner) => measureLatency(environment, runner, route, rate, seconds))
    for (const runner of runners) runner.memory = await runner.service.ask('memory')
    return runners.map(({ contestant, samples, counts, latencies, memory }) => {
      return { contestant, samples, counts, latencies, memory }
    })
  } finally {
    for (const { service, sink } of runners) {
      await service.stop()
      sink.stop()
    }
    await environment.stop()
  }
}

async function startEnvironment() {
  const servers = await startServers()
  const upstream = http.createServer((_req, res) => res.end('an answer'))
  await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const load = startLoad()
  return {
    load,
    env: {
      DATABASE_URL: servers.databaseUrl,
      REDIS_URL: servers.redisUrl,
      UPSTREAM_URL: `http://127.0.0.1:${upstream.address().port}/`,
    },
    async stop() {
      load.stop()
      upstream.closeAllConnections()
      upstream.close()
      await servers.stop()
    },
  }
}

async function startRunner(contestant, { env }, nodeArgs) {
  const sink = await new Sink().start()
  const service = await startService(contestant, sink.url, env, nodeArgs)
  return { contestant, sink, service, samples: {}, counts: {}, latencies: {} }
}

async function eachInTurn(runners, work) {
  for (const runner of runners) await work(runner)
}

function drive({ load }, { service }, route, count) {
  return load.run({ port: service.port, path: `/${route}`, count, concurrency: CONCURRENCY })
}

/** Spans and bytes that so many requests come to, alone on the sink. */
async function countSpans(environment, runners, route) {
  const requests = 200
  await sleep(SETTLE_MS)
  for (const { sink } of runners) Object.assign(sink, { spans: 0, bytes: 0, counts: true })
  await eachInTurn(runners, (runner) => drive(environment, runner, route, requests))
  await sleep(SETTLE_MS)
  for (const { sink, counts } of runners) {
    counts[route] = { spans: sink.spans / requests, bytes: sink.bytes / requests }
    sink.counts = false
  }
}

async function measureRoute(environment, runners, route, rounds, requests) {
  const before = new Map()
  const read = async (runner) => {
    const cpu = await runner.service.ask('cpu')
    if (before.has(runner)) (runner.samples[route] ??= []).push((cpu - before.get(runner)) / requests)
    before.set(runner, cpu)
  }
  for (let round = 0; round < rounds; round++) {
    for (const runner of rotated(runners, round)) {
      await read(runner)
      await drive(environment, runner, route, requests)
    }
  }
  await sleep(SETTLE_MS)
  await eachInTurn(runners, read)
}

async function measureLatency({ load }, { service, latencies }, route, rate, seconds) {
  await service.ask('watchLoop')
  const latency = await load.run({ port: service.port, path: `/${route}`, rate, seconds })
  latencies[route] = { ...latency, loop: await service.ask('loop') }
}

/** Nobody always comes first, nor always behind the same one. */
function rotated(runners, round) {
  const at = (round * 3) % runners.length
  const turned = [...runners.slice(at), ...runners.slice(0, at)]
  return round % 2 === 0 ? turned : turned.reverse()
}

/** Extra over bare: the median of the differences within each round. */
function extra(samples, bare) {
  return median(samples.map((sample, round) => sample - bare[round]))
}

module.exports = { ROUTES, WARM_UP, measureRequests, extra }
