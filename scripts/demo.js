'use strict'
/**
 * `npm run demo`: HotROD, four services that know nothing of tracing, and what is to be seen of them. On a fresh clone
 * it installs and compiles first; PostgreSQL and Redis are brought along unless DATABASE_URL and REDIS_URL name others.
 *
 *   --once         prints the trace of one ride and ends
 *   --json FILE    writes that trace's spans to a file
 *   --services DIR has the services of another folder, such as examples/hotrod-esm
 */
const { writeFileSync } = require('node:fs')
const { join, relative, resolve } = require('node:path')
const { setTimeout: sleep } = require('node:timers/promises')
const { parseArgs } = require('node:util')
const { linesOf, spansOf, startBackend } = require('./demo/backend.js')
const { isRide, missingIn } = require('./demo/ride.js')
const { runScript, startService } = require('./demo/services.js')
const { build, install, root } = require('./setup.js')

const HOTROD = join(root, 'examples', 'hotrod')
const PRELOAD = join(root, 'register.js')
const COMMAND = join(root, 'bin', 'pretrace.js')
/** Rides are ordered one after the other; the last one is shown, when everything is warm. */
const CUSTOMERS = [123, 392, 567, 731]
/** How long the spans of a ride may take to arrive, in ms. */
const PATIENCE = 10_000

/** Undoes what was started, the latest first. */
const undo = []
let isUp = false
let isEnding = false

async function main() {
  const { values: options } = parseArgs({
    options: {
      once: { type: 'boolean' },
      json: { type: 'string' },
      port: { type: 'string', short: 'p' },
      services: { type: 'string', default: HOTROD },
    },
  })
  install()
  build()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, (_, number) => void end(isUp ? 0 : 128 + number))
  }
  process.stdout.on('error', () => void end(1))

  console.log('HotROD: four services that know nothing of tracing.\n')
  const backend = await startBackend(options.once ? '0' : options.port)
  undo.push(backend.stop)
  const frontend = await startServices(resolve(options.services), {
    ...(await startDatabases()),
    ...tracingTo(backend),
  })
  for (const customer of CUSTOMERS) await orderRide(frontend, customer)
  console.log('\nA ride has been ordered, and this is what happened:\n')
  const isWhole = await showRide(backend, CUSTOMERS.at(-1), options.json)
  if (options.once) return end(isWhole ? 0 : 1)

  isUp = true
  undo.push(showLaterRides(backend))
  console.log(`The traces:      ${backend.url}`)
  console.log(`Order more at:   ${frontend}`)
  console.log(`Your own:        node ${relative('', COMMAND)} run app.js`)
  console.log('Ctrl-C ends it all.\n')
}

async function end(code) {
  if (isEnding) return
  isEnding = true
  for (const step of undo.reverse()) {
    try {
      await step()
    } catch (error) {
      console.error(`demo: ${error.message}`)
    }
  }
  process.exit(code)
}

/** Without what would send the traces elsewhere. */
function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL|JAEGER|PRETRACE)_/.test(name)))
}

function tracingTo(backend) {
  return { OTEL_EXPORTER_OTLP_ENDPOINT: backend.url, OTEL_BSP_SCHEDULE_DELAY: '100' }
}

/** @returns the environment of whoever needs them */
async function startDatabases() {
  // Not at the top: on a fresh clone its packages are installed first.
  const { startServers } = require(join(root, 'examples', 'servers'))
  const starting = startServers(process.env)
  undo.push(async () => (await starting.catch(() => undefined))?.stop())
  const { databaseUrl, redisUrl } = await starting
  if (isEnding) throw new Error('interrupted')
  announce('PostgreSQL', databaseUrl)
  announce('Redis', redisUrl)
  const env = { ...plainEnvironment(), DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }
  const seed = runScript([join(HOTROD, 'seed.js')], { env })
  undo.push(seed.stop)
  await seed.done
  return env
}

/**
 * @param {string} folder of their files
 * @returns the address of the front end
 */
async function startServices(folder, env) {
  const start = async (name, more) => {
    if (isEnding) throw new Error('interrupted')
    const service = startService(name, ['-r', PRELOAD, `${name}.js`], {
      cwd: folder,
      env: { ...env, ...more, OTEL_SERVICE_NAME: name, PORT: '0' },
    })
    undo.push(service.stop)
    const url = await service.url
    service.child.once('exit', (code, signal) => {
      // Ctrl-C in a terminal goes to all of us.
      if (isEnding || signal === 'SIGINT') return
      console.error(`demo: ${name} has ended: ${signal ?? code}`)
      void end(1)
    })
    announce(name, url)
    return url
  }
  const [customer, driver, route] = await Promise.all([start('customer'), start('driver'), start('route')])
  return start('frontend', { CUSTOMER_URL: customer, DRIVER_URL: driver, ROUTE_URL: route })
}

function announce(name, url) {
  // A database's address may hold a password.
  console.log(`  ${name.padEnd(10)}  ${url.startsWith('http') ? url : new URL(url).host}`)
}

async function orderRide(frontend, customer) {
  const response = await fetch(`${frontend}/dispatch?customer=${customer}`)
  if (!response.ok) throw new Error(`the ride for customer ${customer} was answered by ${response.status}`)
  await response.json()
}

/** The ride of a customer, once all of its spans have come or time is up. */
async function rideOf(backend, customer) {
  const query = `customer=${customer}`
  const isWanted = (span) => span.parentId === undefined && span.attributes['url.query'] === query
  const giveUp = Date.now() + PATIENCE
  for (;;) {
    const trace = (await backend.rides()).find((trace) => spansOf(trace).some(isWanted))
    const spans = trace === undefined ? [] : spansOf(trace)
    const missing = missingIn(spans)
    if (missing.length === 0 || Date.now() > giveUp) return { trace, spans, missing }
    await sleep(50)
  }
}

/** @returns whether all of the ride is there */
async function showRide(backend, customer, file) {
  const { trace, spans, missing } = await rideOf(backend, customer)
  if (trace !== undefined) console.log(`${linesOf(trace).join('\n')}\n`)
  if (file !== undefined) writeFileSync(file, JSON.stringify(spans))
  if (missing.length > 0) console.error(`demo: the trace is not whole: ${missing.join(', ')}`)
  return missing.length === 0
}

/** Prints each ride ordered from now on. */
function showLaterRides(backend) {
  return backend.follow((trace) => {
    if (isRide(spansOf(trace))) console.log(`${linesOf(trace).join('\n')}\n`)
  })
}

main().catch((error) => {
  if (!isEnding) console.error(`demo: ${error.message}`)
  void end(1)
})
