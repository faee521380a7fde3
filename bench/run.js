'use strict'

// npm run bench: pretrace beside bare Node, the floor and its peers, in one interleaved run.
//
//   --quick            two minutes; shows figures, writes nothing
//   --only=plain,all   these routes
//   --with=bare,floor  these contestants
//   --processes=5      so many of each, one after the other
//   --rounds=90        so many by all generations of processes together
//   --requests=1000    in a round
//   --cpu-prof=folder  profiles of the services

const { parseArgs } = require('node:util')
const { contestants, PEERS } = require('./contestants')
const { NODE, installPeers } = require('./peers')

/**
 * Requests on all routes together, which share most of their code. With `fetch` V8 is not done after 20,000 that pass through
 * it: a bare one takes 180 µs by then and 160 after another 20,000.
 */
const WARM_UP = 100_000

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    with: { type: 'string' },
    processes: { type: 'string' },
    rounds: { type: 'string' },
    requests: { type: 'string' },
    'cpu-prof': { type: 'string' },
  },
})

async function main() {
  installPeers()
  const { ROUTES, measureRequests } = require('./requests')
  const { measureStartup, measureServiceStart, measureExit } = require('./startup')
  const { writePart } = require('./page')
  const { report } = require('./report')
  const routes = chosen(values.only, ROUTES, values.quick ? ['plain', 'data', 'all'] : ROUTES)
  const names = contestants.map(({ name }) => name)
  const wanted = chosen(values.with, names, values.quick ? names.filter((name) => !/middleware|off/.test(name)) : names)
  const picked = contestants.filter(({ name }) => wanted.includes(name))
  const isWhole = values.only === undefined && values.with === undefined
  const log = (text) => process.stderr.write(`${text}\n`)

  const requests = await measureRequests({
    contestants: picked,
    routes,
    processes: Number(values.processes ?? (values.quick ? 1 : 5)),
    rounds: Number(values.rounds ?? (values.quick ? 7 : 90)),
    requests: Number(values.requests ?? (values.quick ? 500 : 1000)),
    warmUp: Math.ceil((values.quick ? 6000 : WARM_UP) / routes.length),
    rate: 300,
    seconds: values.quick ? 1 : 3,
    nodeArgs: values['cpu-prof'] === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values['cpu-prof']}`],
    log,
  })
  log('starting and ending')
  const startup = isWhole ? await measureStartup(picked, values.quick ? 3 : 15) : undefined
  const serviceStart = isWhole ? await measureServiceStart(picked, values.quick ? 3 : 11) : undefined
  const exit = isWhole ? await measureExit(picked, values.quick ? 1 : 3) : undefined
  const text = report({ routes, requests, startup, serviceStart, exit, peers: PEERS, node: NODE })
  process.stdout.write(text)
  if (isWhole && !values.quick) writePart('bench', text)
}

function chosen(list, all, fallback) {
  if (list === undefined) return fallback
  const names = list.split(',')
  const stranger = names.find((name) => !all.includes(name))
  if (stranger !== undefined) throw new Error(`"${stranger}" is none of ${all.join(', ')}`)
  return names
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
