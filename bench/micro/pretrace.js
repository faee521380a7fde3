'use strict'

// pretrace's own parts, from dist.

const { tags, incoming } = require('./typical')
const { BatchingExporter } = require('../../dist/src/export/batching')
const { encodeOtlpJson } = require('../../dist/src/export/otlp-json')
const { OtlpProtobuf } = require('../../dist/src/export/otlp-protobuf')
const { Composite } = require('../../dist/src/propagation/composite')
const { HeadersReader } = require('../../dist/src/propagation/carriers')
const { b3multi, b3single } = require('../../dist/src/propagation/b3')
const { baggage } = require('../../dist/src/propagation/baggage')
const { jaeger } = require('../../dist/src/propagation/jaeger')
const { tracecontext } = require('../../dist/src/propagation/tracecontext')
const { alwaysOff, alwaysOn } = require('../../dist/src/sampling/sampler')
const { withSpan } = require('../../dist/src/scope/scope')
const { Tracer } = require('../../dist/src/tracer/tracer')

const limits = { tags: 128, valueLength: 4096, logs: 128, links: 128 }
const BY_DEFAULT = [b3multi, jaeger, tracecontext, baggage]
const FORMATS = {
  b3multi: [b3multi],
  b3: [b3single],
  jaeger: [jaeger],
  tracecontext: [tracecontext],
  'all four': BY_DEFAULT,
}

function tracerOf(sampler, sink = { add() {} }) {
  return new Tracer({ sampler, sink, carriers: undefined, limits })
}

function operations() {
  const tracer = tracerOf(alwaysOn)
  const parent = tracer.start('parent', undefined, 'server', 'http')
  const above = parent.context()
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
    ...Object.entries(FORMATS).flatMap(([name, formats]) => propagation(name, new Composite(formats), above)),
    ...encoders(),
    { name: 'queue, full', run: overflow(parent.record) },
  ]
}

function propagation(name, composite, context) {
  const headers = incoming(name)
  return [
    {
      name: `inject ${name}`,
      run(count) {
        for (let i = 0; i < count; i++) {
          const carrier = {}
          composite.inject(context, (key, value) => (carrier[key] = value))
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

function encoders() {
  const records = []
  const tracer = tracerOf(alwaysOn, { add: (record) => records.push(record) })
  const parent = tracer.start('GET /users/:id', undefined, 'server', 'http')
  for (let i = 0; i < 512; i++) {
    const span = tracer.start('SELECT users', parent.context(), 'client', 'pg')
    for (const [key, value] of tags) span.setTag(key, value)
    span.finish()
  }
  const resource = { 'service.name': 'bench', 'process.pid': 1 }
  const protobuf = new OtlpProtobuf(resource, '1')
  return [
    {
      name: 'encode 512 spans, OTLP/JSON',
      run(count) {
        for (let i = 0; i < count; i++) Buffer.from(encodeOtlpJson(records, resource, '1'))
      },
    },
    {
      name: 'encode 512 spans, OTLP/protobuf',
      run(count) {
        for (let i = 0; i < count; i++) protobuf.encode(records)
      },
    },
  ]
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
