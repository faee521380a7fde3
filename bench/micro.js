'use strict'

// npm run bench:micro: what single operations cost, in pretrace and in its peers' tracers. Each tracer has processes of
// its own, in turns, so that none pays for shapes that another has taught the compiler.
//
//   --quick            fewer turns
//   --only=pretrace    one subject

const { execFileSync } = require('node:child_process')
const path = require('node:path')
const { parseArgs } = require('node:util')
const { YARDSTICK } = require('./micro/typical')
const { measuredOn, table, writePart } = require('./page')
const { NODE, installPeers } = require('./peers')
const { dispersion, median } = require('./statistics')

const SUBJECTS = ['pretrace', 'opentelemetry', 'dd-trace', 'jaeger-client']
/** What the budgets are about. */
const HAS_BUDGET = /^(root|child) span|^a tag/

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } } })

function main() {
  installPeers()
  const turns = values.quick ? 1 : 5
  const subjects = SUBJECTS.filter((name) => values.only === undefined || values.only === name)
  const results = new Map()
  for (let turn = 0; turn < turns; turn++) {
    for (const subject of subjects) {
      for (const result of measure(subject)) collect(results, subject, result)
    }
  }
  const same = execFileSync(NODE, [path.join(__dirname, 'micro/same-spans.js')], { encoding: 'utf8' })
  const text = `${tableOf(results, subjects)}\n${same}\n`
  process.stdout.write(text)
  if (!values.quick && values.only === undefined) writePart('bench:micro', `${measuredOn(NODE)}\n\n${text}`)
}

function measure(subject) {
  const file = path.join(__dirname, 'micro/measure.js')
  return JSON.parse(
    execFileSync(NODE, ['--expose-gc', file, subject], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
}

function collect(results, subject, { name, samples, bytes }) {
  const row = results.get(name) ?? new Map()
  results.set(name, row)
  const cell = row.get(subject) ?? { samples: [], bytes }
  row.set(subject, cell)
  cell.samples.push(...samples)
}

function tableOf(results, subjects) {
  const objects = results.get(YARDSTICK)
  const rows = [...results].map(([name, row]) => [
    name,
    ...subjects.map((subject) => cellOf(row.get(subject), HAS_BUDGET.test(name) ? objects.get(subject) : undefined)),
  ])
  const head = 'ns an operation ± half the distance between quartiles (bytes allocated) = so many empty objects'
  return `${head}\n\n${table(['', ...subjects], rows)}`
}

/** @param yardstick what it is to be divided by */
function cellOf(cell, yardstick) {
  if (cell === undefined) return ''
  const { samples, bytes } = cell
  const ns = median(samples)
  const objects = yardstick === undefined ? '' : ` = ${digits(ns / median(yardstick.samples))}`
  return `${digits(ns)} ± ${digits(dispersion(samples))} (${Math.round(bytes)})${objects}`
}

function digits(value) {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en')
}

main()
