'use strict'

// The cost of a span by how many traces are open and by how many spans a trace has: JSON on standard output.

const { alwaysOn } = require('../../dist/src/sampling/sampler')
const { Tracer } = require('../../dist/src/tracer/tracer')
const { median } = require('../statistics')

const CONCURRENT = [1, 10, 100, 1000, 10_000]
const DEEP = [1, 10, 100, 1000]
/** Spans a sample. */
const SPANS = 100_000
const SAMPLES = 15

const limits = { tags: 128, valueLength: 4096, logs: 128, links: 128 }
const tracer = new Tracer({ sampler: alwaysOn, sink: { add() {} }, carriers: undefined, limits })

/** So many roots are open while each of them gets a child, in turns. */
function concurrent(count) {
  const roots = Array.from({ length: count }, () => tracer.start('root', undefined, 'server', 'http'))
  const samples = sampled(() => {
    for (let i = 0; i < SPANS; i++) tracer.start('child', roots[i % count].context(), 'client', 'pg').finish()
  })
  for (const root of roots) root.finish()
  return { count, ns: samples }
}

/** Traces of so many spans, one after the other, all children of the first. */
function deep(count) {
  const samples = sampled(() => {
    for (let trace = 0; trace < SPANS / count; trace++) {
      const root = tracer.start('root', undefined, 'server', 'http')
      for (let i = 1; i < count; i++) tracer.start('child', root.context(), 'client', 'pg').finish()
      root.finish()
    }
  })
  return { count, ns: samples }
}

/** Nanoseconds a span, the median. */
function sampled(run) {
  run()
  const samples = []
  for (let i = 0; i < SAMPLES; i++) {
    const { user } = process.cpuUsage()
    run()
    samples.push(((process.cpuUsage().user - user) * 1000) / SPANS)
  }
  return median(samples)
}

// The compiler learns all shapes before anything counts.
for (const count of CONCURRENT) concurrent(count)
process.stdout.write(JSON.stringify({ concurrent: CONCURRENT.map(concurrent), deep: DEEP.map(deep) }))
