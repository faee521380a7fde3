'use strict'

// OpenTelemetry's SDK doing the same.

const { peer } = require('../peers')
const { baggageItems, incoming, tags } = require('./typical')

const api = require(peer('@opentelemetry/api'))
const { AsyncLocalStorageContextManager } = require(peer('@opentelemetry/context-async-hooks'))
const { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } = require(peer('@opentelemetry/core'))
const { JsonTraceSerializer, ProtobufTraceSerializer } = require(peer('@opentelemetry/otlp-transformer'))
const { toZipkinSpan } = require(peer('@opentelemetry/exporter-zipkin/build/src/transform'))
const { AWSXRayPropagator } = require(peer('@opentelemetry/propagator-aws-xray'))
const { B3InjectEncoding, B3Propagator } = require(peer('@opentelemetry/propagator-b3'))
const { JaegerPropagator } = require(peer('@opentelemetry/propagator-jaeger'))
const { AlwaysOffSampler, BasicTracerProvider, BatchSpanProcessor } = require(peer('@opentelemetry/sdk-trace-base'))

const { ROOT_CONTEXT: ROOT, SpanKind, defaultTextMapGetter, defaultTextMapSetter, propagation, trace } = api

const b3multi = new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER })
const jaeger = new JaegerPropagator()
const tracecontext = new W3CTraceContextPropagator()
const baggage = new W3CBaggagePropagator()
const all = [b3multi, jaeger, tracecontext, baggage]
const FORMATS = {
  b3multi,
  b3: new B3Propagator(),
  jaeger,
  tracecontext,
  baggage,
  xray: new AWSXRayPropagator(),
  'all four': new CompositePropagator({ propagators: all }),
}

const nowhere = { onStart() {}, onEnd() {}, forceFlush: async () => {}, shutdown: async () => {} }

function operations() {
  const tracer = new BasicTracerProvider({ spanProcessors: [nowhere] }).getTracer('bench')
  const off = new BasicTracerProvider({ sampler: new AlwaysOffSampler(), spanProcessors: [nowhere] }).getTracer('bench')
  const parent = tracer.startSpan('parent', { kind: SpanKind.SERVER }, ROOT)
  const above = trace.setSpan(ROOT, parent)
  const items = Object.fromEntries(baggageItems.map(([key, value]) => [key, { value }]))
  const laden = propagation.setBaggage(above, propagation.createBaggage(items))
  const unsampled = off.startSpan('parent', { kind: SpanKind.SERVER }, ROOT)
  const aboveUnsampled = trace.setSpan(ROOT, unsampled)
  const manager = new AsyncLocalStorageContextManager().enable()
  const root = (count) => {
    for (let i = 0; i < count; i++) tracer.startSpan('root', { kind: SpanKind.SERVER }, ROOT).end()
  }
  const call = () => undefined
  return [
    { name: 'root span, start + finish', run: root },
    {
      name: 'child span, start + finish',
      run(count) {
        for (let i = 0; i < count; i++) tracer.startSpan('child', { kind: SpanKind.CLIENT }, above).end()
      },
    },
    {
      name: 'root span, unsampled',
      run(count) {
        for (let i = 0; i < count; i++) off.startSpan('root', { kind: SpanKind.SERVER }, ROOT).end()
      },
    },
    {
      name: 'child span, unsampled',
      run(count) {
        for (let i = 0; i < count; i++) off.startSpan('child', { kind: SpanKind.CLIENT }, aboveUnsampled).end()
      },
    },
    {
      name: 'a tag, recorded',
      less: root,
      per: tags.length,
      run(count) {
        for (let i = 0; i < count; i++) {
          const span = tracer.startSpan('root', { kind: SpanKind.SERVER }, ROOT)
          for (const [key, value] of tags) span.setAttribute(key, value)
          span.end()
        }
      },
    },
    {
      name: 'a tag, unsampled',
      per: tags.length,
      run(count) {
        for (let i = 0; i < count; i++) for (const [key, value] of tags) unsampled.setAttribute(key, value)
      },
    },
    {
      name: 'scope, run',
      run(count) {
        for (let i = 0; i < count; i++) manager.with(trace.setSpan(ROOT, parent), call)
      },
    },
    ...Object.entries(FORMATS).flatMap(([name, propagator]) =>
      propagationBy(name, propagator, name === 'baggage' ? laden : above),
    ),
    ...encoders(),
    { name: 'queue, full', run: overflow(tracer) },
  ]
}

function propagationBy(name, propagator, context) {
  const headers = incoming(name)
  return [
    {
      name: `inject ${name}`,
      run(count) {
        for (let i = 0; i < count; i++) propagator.inject(context, {}, defaultTextMapSetter)
      },
    },
    {
      name: `extract ${name}`,
      run(count) {
        for (let i = 0; i < count; i++) propagator.extract(ROOT, headers, defaultTextMapGetter)
      },
    },
  ]
}

function encoders() {
  const records = []
  const keep = { ...nowhere, onEnd: (span) => records.push(span) }
  const tracer = new BasicTracerProvider({ spanProcessors: [keep] }).getTracer('bench')
  const above = trace.setSpan(ROOT, tracer.startSpan('GET /users/:id', { kind: SpanKind.SERVER }, ROOT))
  for (let i = 0; i < 512; i++) {
    const span = tracer.startSpan('SELECT users', { kind: SpanKind.CLIENT }, above)
    for (const [key, value] of tags) span.setAttribute(key, value)
    span.end()
  }
  const all = {
    'OTLP/JSON': () => JsonTraceSerializer.serializeRequest(records),
    'OTLP/protobuf': () => ProtobufTraceSerializer.serializeRequest(records),
    Zipkin: () => Buffer.from(JSON.stringify(records.map(zipkinSpan))),
  }
  return Object.entries(all).map(([name, encode]) => ({
    name: `encode 512 spans, ${name}`,
    run(count) {
      for (let i = 0; i < count; i++) encode()
    },
  }))
}

/** With the names that its exporter gives by default. */
function zipkinSpan(span) {
  return toZipkinSpan(span, 'bench', 'otel.status_code', 'error')
}

function overflow(tracer) {
  const exporter = { export() {}, shutdown: async () => {} }
  const processor = new BatchSpanProcessor(exporter, {
    maxQueueSize: 8,
    maxExportBatchSize: 8,
    scheduledDelayMillis: 1e6,
  })
  const span = tracer.startSpan('parent', { kind: SpanKind.SERVER }, ROOT)
  for (let i = 0; i < 20; i++) processor.onEnd(span)
  return (count) => {
    for (let i = 0; i < count; i++) processor.onEnd(span)
  }
}

module.exports = { operations }
