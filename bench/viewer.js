'use strict'

// npm run bench:viewer: how fast the viewer takes spans in, how fast it answers, and what it keeps them in. The viewer is a
// process of its own; its CPU time counts, not the clock, so that a busy machine does not matter much.
//
//   --traces=10000   how many
//   --spans=50       spans of each
//   --json           OTLP JSON instead of protobuf

const { fork } = require('node:child_process')
const path = require('node:path')
const { parseArgs } = require('node:util')
const { requestsOf } = require('./viewer/spans')

const { values } = parseArgs({
  options: {
    traces: { type: 'string', default: '10000' },
    spans: { type: 'string', default: '50' },
    json: { type: 'boolean', default: false },
  },
})
const TRACES = Number(values.traces)
const SPANS = Number(values.spans)
/** Enough for all of them: what is let go is another question. */
const ROOM = 2 ** 30

const QUESTIONS = [
  ['list', '/api/traces'],
  ['list, errors', '/api/traces?status=error'],
  ['list, by service and duration', '/api/traces?service=driver&minDuration=1'],
  ['list, by tag', '/api/traces?tag=http.response.status_code=500'],
  ['list, by text', '/api/traces?text=wrongtype'],
  ['services', '/api/services'],
  ['endpoints', '/api/endpoints'],
  ['map', '/api/map'],
  ['insights, first', '/api/insights'],
  ['insights, again', '/api/insights'],
]

async function main() {
  const bodies = [...requestsOf(TRACES, SPANS, values.json)]
  console.log(`${TRACES} traces of ${SPANS} spans, ${bodies.length} requests, ${megabytes(sum(bodies))} MB`)
  const viewer = fork(path.join(__dirname, 'viewer/host.js'), [String(ROOM)], { execArgv: ['--expose-gc'] })
  const { url } = await said(viewer)
  const before = await usage(viewer)
  for (const body of bodies) await send(url, body)
  const after = await usage(viewer)
  const seconds = (after.cpu - before.cpu) / 1e6
  console.log(`ingest: ${Math.round((TRACES * SPANS) / seconds)} spans a second of CPU`)
  console.log(`heap: ${megabytes(after.heap - before.heap)} MB more than at the start`)
  for (const [name, question] of QUESTIONS) console.log(`${name}: ${await timed(url + question)}`)
  const { traces } = await (await fetch(`${url}/api/traces?limit=1`)).json()
  console.log(`one trace: ${await timed(`${url}/api/traces/${traces[0].id}`)}`)
  const status = await (await fetch(`${url}/api/status`)).json()
  console.log(`kept: ${status.traces} traces, ${status.spans} spans, ${megabytes(status.bytes)} MB by its own account`)
  console.log(`heap after all questions: ${megabytes((await usage(viewer)).heap - before.heap)} MB more`)
  viewer.kill()
}

function send(url, body) {
  const type = values.json ? 'application/json' : 'application/x-protobuf'
  return fetch(`${url}/v1/traces`, { method: 'POST', body, headers: { 'content-type': type } }).then((answer) => {
    if (!answer.ok) throw new Error(`${answer.status}`)
    return answer.arrayBuffer()
  })
}

async function timed(url) {
  const start = performance.now()
  const text = await (await fetch(url)).text()
  return `${Math.round(performance.now() - start)} ms, ${Math.round(text.length / 1000)} kB`
}

function usage(viewer) {
  viewer.send('usage')
  return said(viewer)
}

function said(child) {
  return new Promise((resolve) => child.once('message', resolve))
}

function sum(bodies) {
  return bodies.reduce((bytes, { length }) => bytes + length, 0)
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(0)
}

main()
