'use strict'

// pretrace's own parts, from dist.

const { encoders } = require('./pretrace-encoders')
const { baggageItems, incoming, tags } = require('./typical')
const { BatchingExporter } = require('../../dist/src/export/batching')
const { Composite } = require('../../dist/src/propagation/composite')
const { HeadersReader } = require('../../dist/src/propagation/carriers')
const { b3multi, b3single } = require('../../dist/src/propagation/b3')
const { baggage } = require('../../dist/src/propagation/baggage')
const { gcp } = require('../../dist/src/propagation/gcp')
const { jaeger } = require('../../dist/src/propagation/jaeger')
const { ottrace } = require('../../dist/src/propagation/ottrace')
const { sw8 } = require('../../dist/src/propagation/sw8')
const { tracecontext } = require('../../dist/src/propagation/tracecontext')
const { xray } = require('../../dist/src/propagation/xray')
const { alwaysOff, alwaysOn } = require('../../dist/src/sampling/sampler')
const { withSpan } = require('../../dist/src/scope/scope')
const { SpanContext } = require('../../dist/src/tracer/context')
const { newSpanId } = require('../../dist/src/tracer/ids')
const { Tracer } = require('../../dist/src/tracer/tracer')

const limits = { tags: 128, valueLength: 4096, logs: 128, links: 128 }
const BY_DEFAULT = [b3multi, jaeger, tracecontext, baggage]
const FORMATS = {
  b3multi: [b3multi],
  b3: [b3single],
  jaeger: [jaeger],
  tracecontext: [tracecontext],
  baggage: [baggage],
  xray: [xray],
  ottrace: [ottrace],
  gcp: [gcp],
  sw8: [sw8(() => ({ service: 'bench', instance: '17' }))],
  'all four': BY_DEFAULT,
}

function tracerOf(sampler, sink = { add() {} }) {
  return new Tracer({ sampler, sink, carriers: undefined, limits })
}

function operations() {
  const tracer = tracerOf(alwaysOn)
  const parent = tracer.start('parent', undefined, 'server', 'http')
  const above = parent.context()
  const laden = above.withBaggage(new Map(baggageItems))
  const off = tracerOf(alwaysOff)
  const unsampled = off.start('parent', undefined, 'server', 'http')
  const root = (count) => {
    for (let i = 0; i < count; i++) tracer.start('root', undefined, 'server', 'http').finish()
  }
  const call = () => undefined
  return [
    { name: 'root span, start + finish', run: root },
    {
      name: 'child span, start + finish',
      run(count) {
        for (let i = 0; i < count; i++) tracer.start('child', above, 'client', 'http').finish()
      },
    },
    {
      name: 'root span, unsampled',
      run(count) {
        for (let i = 0; i < count; i++) off.start('root', undefined, 'server', 'http').finish()
      },
    },
    {
      name: 'child span, unsampled',
      run(count) {
        for (let i = 0; i < count; i++) off.start('child', unsampled.context(), 'client', 'http').finish()
      },
    },
    {
      name: 'a tag, recorded',
      less: root,
      per: tags.length,
      run(count) {
        for (let i = 0; i < count; i++) {
          const span = tracer.start('root', undefined, 'server', 'http')
          for (const [key, value] of tags) span.setTag(key, value)
          span.finish()
        }
      },
    },
    {
      name: 'a tag, unsampled',
      per: tags.length,
      run(count) {
        for (let i = 0; i < count; i++) for (const [key, value] of tags) unsampled.setTag(key, value)
      },
    },
    {
      name: 'scope, run',
      run(count) {
        for (let i = 0; i < count; i++) withSpan(parent, call)
      },
    },
    ...Object.entries(FORMATS).flatMap(([name, formats]) =>
      propagation(name, new Composite(formats), name === 'baggage' ? laden : above),
    ),
    ...encoders(finishedSpans()),
    { name: 'queue, full', run: overflow(parent.record) },
  ]
}

function propagation(name, composite, context) {
  const headers = incoming(name)
  // In turn, as from request to request: of the ids that were written last the text is at hand.
  const contexts = [
    context,
    new SpanContext(context.trace, newSpanId(), context.parent, context.sampling, context.baggage),
  ]
  return [
    {
      name: `inject ${name}`,
      run(count) {
        for (let i = 0; i < count; i++) {
          const carrier = {}
          composite.inject(contexts[i & 1], (key, value) => (carrier[key] = value))
        }
      },
    },
    {
      name: `extract ${name}`,
      run(count) {
        for (let i = 0; i < count; i++) composite.extract(new HeadersReader(headers))
      },
    },
  ]
}

function finishedSpans() {
  const records = []
  const tracer = tracerOf(alwaysOn, { add: (record) => records.push(record) })
  const parent = tracer.start('GET /users/:id', undefined, 'server', 'http')
  for (let i = 0; i < 512; i++) {
    const span = tracer.start('SELECT users', parent.context(), 'client', 'pg')
    for (const [key, value] of tags) span.setTag(key, value)
    span.finish()
  }
  return records
}

function overflow(record) {
  const nobody = { add() {}, remove() {} }
  const exporter = new BatchingExporter('otlp', undefined, { queueSize: 8, batchSize: 512, scheduleDelay: 1e6 }, nobody)
  for (let i = 0; i < 8; i++) exporter.add(record)
  return (count) => {
    for (let i = 0; i < count; i++) exporter.add(record)
  }
}

module.exports = { operations }
