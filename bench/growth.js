'use strict'

// npm run bench:growth: what stays flat. The cost of a span with ever more traces open, and with ever more spans a trace;
// the memory of a service over a million requests; the delay of its event loop beside that of a bare one.
//
//   --quick            a twentieth of the requests; shows figures, writes nothing

const { execFileSync } = require('node:child_process')
const path = require('node:path')
const { parseArgs } = require('node:util')
const { contestants } = require('./contestants')
const { measuredOn, table, writePart } = require('./page')
const { NODE, installPeers } = require('./peers')
const { startLoad, startService } = require('./processes')
const { Sink } = require('./sink')
const { median } = require('./statistics')

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const SHARE = values.quick ? 20 : 1
const EARLY = 50_000 / SHARE
const REQUESTS = 1_000_000 / SHARE
const LOOP_ROUNDS = values.quick ? 3 : 9
const LOOP = { rate: 1500, seconds: values.quick ? 2 : 5 }

async function main() {
  installPeers()
  const parts = [measuredOn(NODE), spansTable(), await memoryTable(), await loopTable()]
  const text = `${parts.join('\n\n')}\n`
  process.stdout.write(text)
  if (!values.quick) writePart('bench:growth', text)
}

/** In a process of its own, without a service. */
function spansTable() {
  const answer = execFileSync(NODE, ['--expose-gc', path.join(__dirname, 'micro/growth.js')], { encoding: 'utf8' })
  const { concurrent, deep } = JSON.parse(answer)
  const rowsOf = (figures) => figures.map(({ count, ns }) => [count.toLocaleString('en'), ns.toFixed(0)])
  return [
    table(['traces open at once', 'ns a span'], rowsOf(concurrent)),
    table(['spans a trace', 'ns a span'], rowsOf(deep)),
  ].join('\n')
}

async function memoryTable() {
  const rows = []
  for (const name of ['bare', 'pretrace']) {
    const { service, stop, drive } = await start(name)
    await drive(EARLY)
    const early = await settled(service)
    await drive(REQUESTS - EARLY)
    const late = await settled(service)
    await stop()
    rows.push([name, mib(early.heapUsed), mib(late.heapUsed), mib(early.rss), mib(late.rss)])
  }
  const at = [EARLY, REQUESTS].map((count) => count.toLocaleString('en'))
  return table(
    ['MiB after a collection', ...at.map((n) => `heap after ${n}`), ...at.map((n) => `RSS after ${n}`)],
    rows,
  )
}

/** The two take turns at the same load, each alone. */
async function loopTable() {
  const running = await Promise.all(['bare', 'pretrace'].map(start))
  const delays = running.map(() => [])
  for (const { drive } of running) await drive(20_000)
  for (let round = 0; round < LOOP_ROUNDS; round++) {
    for (const [i, { service, load }] of running.entries()) {
      await service.ask('watchLoop')
      await load.run({ port: service.port, path: '/plain', ...LOOP })
      delays[i].push((await service.ask('loop')).p99)
    }
  }
  for (const { stop } of running) await stop()
  const [bare, traced] = delays.map(median)
  const ratio = median(delays[1].map((delay, round) => delay / delays[0][round]))
  const row = [`p99 at ${LOOP.rate} requests a second`, bare.toFixed(2), traced.toFixed(2), ratio.toFixed(2)]
  return table(["event loop's delay, ms (its timer's 5 ms included)", 'bare', 'pretrace', 'ratio'], [row])
}

async function start(name) {
  const contestant = contestants.find((each) => each.name === name)
  const sink = await new Sink().start()
  const service = await startService(contestant, sink.url, {})
  const load = startLoad()
  const stop = async () => {
    load.stop()
    await service.stop()
    sink.stop()
  }
  return {
    service,
    load,
    stop,
    drive: (count) => load.run({ port: service.port, path: '/plain', count, concurrency: 8 }),
  }
}

/** What is left when all that waits has been exported. */
async function settled(service) {
  await new Promise((resolve) => setTimeout(resolve, 3000))
  return service.ask('memory')
}

function mib(bytes) {
  return (bytes / 2 ** 20).toFixed(2)
}

main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
