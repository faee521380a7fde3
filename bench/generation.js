'use strict'

// One generation of services: a fresh process for each contestant. All run at once and take turns, route by route and round
// by round, each time in another order. CPU is read when a service's turn begins, and belongs to the turn before: what it
// exports meanwhile counts.

const { setTimeout: sleep } = require('node:timers/promises')
const { onOwnCore } = require('./cores')
const { NODE } = require('./peers')
const { startLoad, startService } = require('./processes')
const { Sink } = require('./sink')

/** Those whose latency is measured too: the shortest and the longest. */
const TIMED = new Set(['plain', 'all'])
const CONCURRENCY = 8
/** The lines of a head by which a request wants to be recorded. */
const SAMPLED = 'X-B3-TraceId: 463ac35c9f6413ad48485a3953bb6124\r\nX-B3-SpanId: a2fb4a1d1a96d312\r\nX-B3-Sampled: 1\r\n'
/** Long enough for whoever sends what waits every two seconds. */
const SETTLE_MS = 2500

/** @returns a map by contestant: samples, latencies and, if `counts`, spans and bytes, each by route; memory */
async function measureGeneration(
  { contestants, routes, requests, warmUp, rate, seconds, nodeArgs, log },
  { rounds, counts, env },
) {
  const load = startLoad()
  const runners = []
  try {
    for (const contestant of contestants) runners.push(await startRunner(contestant, env, nodeArgs))
    for (const route of routes) {
      log(`${route}: warming up`)
      await eachInTurn(runners, (runner) => warmUpOn(load, runner, route, warmUp))
    }
    for (const route of routes) {
      if (counts) await countSpans(load, runners, route)
      log(`${route}: ${rounds} rounds`)
      await measureRoute(load, runners, route, rounds, requests)
    }
    log('latency')
    const timed = routes.filter((route) => TIMED.has(route))
    for (const route of timed) await eachInTurn(runners, (runner) => measureLatency(load, runner, route, rate, seconds))
    for (const runner of runners) runner.figures.memory = await runner.service.ask('memory')
    return new Map(runners.map(({ contestant, figures }) => [contestant, figures]))
  } finally {
    load.stop()
    for (const { service, sink } of runners) {
      await service.stop()
      sink.stop()
    }
  }
}

async function startRunner(contestant, env, nodeArgs) {
  const sink = await new Sink().start()
  const service = await startService(contestant, sink.url, env, { nodeArgs, command: onOwnCore(NODE) })
  return { contestant, sink, service, figures: { samples: {}, counts: {}, latencies: {}, memory: undefined } }
}

async function eachInTurn(runners, work) {
  for (const runner of runners) await work(runner)
}

function drive(load, { service }, route, count, headers) {
  return load.run({ port: service.port, path: `/${route}`, count, concurrency: CONCURRENCY, headers })
}

/** One that records now and then only has its first half recorded: else it would be timed while V8 learns what that is. */
async function warmUpOn(load, runner, route, count) {
  await drive(load, runner, route, Math.ceil(count / 2), runner.contestant.isRare ? SAMPLED : undefined)
  await drive(load, runner, route, Math.ceil(count / 2))
}

/** Spans and bytes that so many requests come to, alone on the sink. */
async function countSpans(load, runners, route) {
  const requests = 200
  await sleep(SETTLE_MS)
  for (const { sink } of runners) Object.assign(sink, { spans: 0, bytes: 0, counts: true })
  await eachInTurn(runners, (runner) => drive(load, runner, route, requests))
  await sleep(SETTLE_MS)
  for (const { sink, figures } of runners) {
    figures.counts[route] = { spans: sink.spans / requests, bytes: sink.bytes / requests }
    sink.counts = false
  }
}

/**
 * One round more than count: the first bears what the warm-up has left, with whoever was warmed up first some 80 ms of CPU
 * (V8 tidying up while it is idle, at a guess), with others nothing.
 */
async function measureRoute(load, runners, route, rounds, requests) {
  const before = new Map()
  const read = async (runner) => {
    const cpu = await runner.service.ask('cpu')
    const { samples } = runner.figures
    if (before.has(runner)) (samples[route] ??= []).push((cpu - before.get(runner)) / requests)
    before.set(runner, cpu)
  }
  for (let round = 0; round <= rounds; round++) {
    for (const runner of rotated(runners, round)) {
      await read(runner)
      await drive(load, runner, route, requests)
    }
  }
  await sleep(SETTLE_MS)
  await eachInTurn(runners, read)
  for (const { figures } of runners) figures.samples[route].shift()
}

async function measureLatency(load, { service, figures }, route, rate, seconds) {
  await service.ask('watchLoop')
  const latency = await load.run({ port: service.port, path: `/${route}`, rate, seconds })
  figures.latencies[route] = { ...latency, loop: (await service.ask('loop')).p99 }
}

/** Nobody always comes first, nor always behind the same one. */
function rotated(runners, round) {
  const all = turned(runners, round * 3)
  return round % 2 === 0 ? all : all.reverse()
}

/** The same, beginning with another one. */
function turned(all, by) {
  const at = by % all.length
  return [...all.slice(at), ...all.slice(0, at)]
}

module.exports = { measureGeneration, turned }
