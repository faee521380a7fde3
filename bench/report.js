'use strict'

// The figures of requests, start and end as tables in Markdown.

const path = require('node:path')
const { footprint, findPackage, versionOf } = require('./peers')
const { measuredOn, table } = require('./page')
const { isPinning } = require('./cores')
const { cost, extra, share } = require('./figures')

const ROOT = path.join(__dirname, '..')
const MIB = 2 ** 20

function report({ routes, requests, startup, serviceStart, exit, peers, node }) {
  const parts = [
    machine(node, requests),
    section('Extra CPU a request, in µs', cpuTable(routes, requests)),
    section('Beside the best peer and the floor', ratioTable(routes, requests, peers)),
    section('Spans and bytes a request', countTable(routes, requests)),
    section('Latency at a fixed rate', latencyTable(routes, requests)),
    section('Memory after the run', memoryTable(requests)),
  ]
  if (startup !== undefined) parts.push(section('Start-up, install, exit', startTable(startup, exit, requests)))
  if (serviceStart !== undefined)
    parts.push(section('The service until it listens', serviceStartTable(serviceStart, requests)))
  return `${parts.join('\n')}\n`
}

function machine(node, requests) {
  const peers = new Set(requests.map(({ contestant }) => contestant.package).filter(Boolean))
  const libraries = path.join(ROOT, 'test/libraries/current')
  const named = [
    ...['express', 'pg', 'redis'].map((name) => `${name} ${versionOf(name, libraries)}`),
    ...[...peers].map((name) => `${name} ${versionOf(name)}`),
  ]
  return `${measuredOn(node)}\nWith ${named.join(', ')}.\n${howRun(requests)}\n`
}

function howRun(requests) {
  const where = isPinning ? 'pinned to a core of their own, all else to the others' : 'not pinned to cores'
  const generations = Math.max(...requests.map(({ samples }) => samples.length))
  const once = requests.filter(({ samples }) => samples.length < generations)
  const but = once.length === 0 ? '' : `, but one of ${once.map(({ contestant }) => contestant.name).join(', ')}`
  const processes = generations === 1 ? 'one process' : `${generations} processes, one after the other${but}`
  return `Requests: of each contestant ${processes}; services ${where}.`
}

function cpuTable(routes, requests) {
  const bare = byName(requests, 'bare')
  const cell = (one, route) => {
    const all = cost(bare, route)
    if (one === bare) return `(${all.toFixed(1)} in all)`
    const over = extra(one, bare, route)
    return `${withError(over)} (${((all + over.value) / all).toFixed(2)})`
  }
  return `± a standard error that tells of processes and rounds; in brackets the whole request over a bare one\n\n${table(
    ['', ...routes],
    requests.map((one) => [one.contestant.name, ...routes.map((route) => cell(one, route))]),
  )}`
}

function ratioTable(routes, requests, peers) {
  const bare = byName(requests, 'bare')
  const floor = byName(requests, 'floor')
  const present = requests.filter(({ contestant }) => peers.includes(contestant.name))
  const best = (route) => present.reduce((a, b) => (extra(b, bare, route).value < extra(a, bare, route).value ? b : a))
  const overFloor = (one, route) => {
    const { value, error } = extra(floor, bare, route)
    // Where the floor does not stand out of the noise, a ratio to it says nothing.
    return value < 2 * error ? '–' : asShare(share(one, floor, bare, route), 1)
  }
  const ways = [
    {
      way: '/ best peer',
      isKnown: present.length > 0,
      cell: (one, route) => asShare(share(one, best(route), bare, route), 2),
    },
    { way: '/ floor', isKnown: floor !== undefined, cell: overFloor },
    {
      way: '− floor, µs',
      isKnown: floor !== undefined,
      cell: (one, route) => withError(extra(one, floor, route)),
    },
  ].filter(({ isKnown }) => isKnown)
  const own = requests.filter(({ contestant }) => contestant.name.startsWith('pretrace'))
  const rows = own.flatMap((one) =>
    ways.map(({ way, cell }) => [`${one.contestant.name} ${way}`, ...routes.map((route) => cell(one, route))]),
  )
  return table(['', ...routes], rows)
}

function asShare({ value, error }, digits) {
  return `${value.toFixed(digits)} ± ${error.toFixed(digits)}`
}

function countTable(routes, requests) {
  const cell = ({ spans, bytes }) => `${round(spans, 2)} / ${Math.round(bytes)}`
  return table(
    ['', ...routes],
    requests.map(({ contestant, counts }) => [contestant.name, ...routes.map((route) => cell(counts[route]))]),
  )
}

/** Not every route is timed. */
function latencyTable(all, requests) {
  const routes = all.filter((route) => requests.every(({ latencies }) => latencies[route] !== undefined))
  const cell = ({ p50, p99, loop }) => `${p50.toFixed(2)} / ${p99.toFixed(2)} (${loop.toFixed(1)})`
  return `p50 / p99 in ms (p99 of the event loop's delay, its timer's 5 ms included)\n\n${table(
    ['', ...routes],
    requests.map(({ contestant, latencies }) => [contestant.name, ...routes.map((route) => cell(latencies[route]))]),
  )}`
}

function memoryTable(requests) {
  return table(
    ['', 'RSS after GC, MiB', 'heap, MiB'],
    requests.map(({ contestant, memory }) => [
      contestant.name,
      (memory.rss / MIB).toFixed(1),
      (memory.heapUsed / MIB).toFixed(1),
    ]),
  )
}

function serviceStartTable(serviceStart, requests) {
  return table(
    ['', 'CPU, ms', 'wall, ms', 'RSS, MiB', 'files'],
    requests.map(({ contestant }) => {
      const { cpu, wall, rss, files } = serviceStart[contestant.name]
      return [contestant.name, cpu.toFixed(1), wall.toFixed(1), (rss / MIB).toFixed(1), files]
    }),
  )
}

function startTable(startup, exit, requests) {
  return table(
    ['`node -e 0`', 'CPU, ms', 'wall, ms', 'RSS, MiB', 'files', 'packages / MiB', 'exit without a collector, ms'],
    requests.map(({ contestant }) => {
      const { cpu, wall, rss, files } = startup[contestant.name]
      const bytes = (rss / MIB).toFixed(1)
      return [
        contestant.name,
        cpu.toFixed(1),
        wall.toFixed(1),
        bytes,
        files,
        installed(contestant),
        Math.round(exit[contestant.name]),
      ]
    }),
  )
}

function installed(contestant) {
  const isOwn = contestant.name === 'pretrace'
  if (!isOwn && contestant.package === undefined) return ''
  const { packages, mebibytes } = footprint(
    isOwn ? ROOT : findPackage(contestant.package, path.join(__dirname, 'peers')),
  )
  return `${packages} / ${mebibytes.toFixed(1)}`
}

function section(title, body) {
  return `## ${title}\n\n${body}`
}

function byName(requests, name) {
  return requests.find(({ contestant }) => contestant.name === name)
}

function withError({ value, error }) {
  return `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(1)} ± ${error.toFixed(1)}`
}

function round(value, digits) {
  return Number(value.toFixed(digits))
}

module.exports = { report }
