'use strict'

// dd-trace's tracer, without its plugins and without sending anything.

const { peer } = require('../peers')
const { finishSpans, openTracingOperations } = require('./opentracing')

process.env.DD_INSTRUMENTATION_TELEMETRY_ENABLED = 'false'
process.env.DD_REMOTE_CONFIGURATION_ENABLED = 'false'
process.env.DD_TRACE_STARTUP_LOGS = 'false'
process.env.DD_TRACE_PROPAGATION_STYLE = 'b3multi'

function operations() {
  const tracer = require(peer('dd-trace')).init({ plugins: false, url: 'http://127.0.0.1:9' })
  tracer._tracer._exporter.export = () => undefined
  const scope = tracer.scope()
  const parent = tracer.startSpan('parent')
  const call = () => undefined
  return [
    ...openTracingOperations({ tracer, format: 'b3multi' }),
    encoder(tracer),
    {
      name: 'scope, run',
      run(count) {
        for (let i = 0; i < count; i++) scope.activate(parent, call)
      },
    },
  ]
}

/** As its processor and its writer do, in the form that its agent takes. */
function encoder(tracer) {
  const spans = []
  const { process } = tracer._tracer._processor
  tracer._tracer._processor.process = (span) => spans.push(span)
  finishSpans(tracer)
  tracer._tracer._processor.process = process
  const { AgentEncoder } = require(peer('dd-trace/packages/dd-trace/src/encode/0.4'))
  const format = require(peer('dd-trace/packages/dd-trace/src/span_format'))
  const into = new AgentEncoder({ flush() {} })
  return {
    name: 'encode 512 spans, MessagePack',
    run(count) {
      for (let i = 0; i < count; i++) {
        into.encode(spans.map((span) => format(span)))
        into.makePayload()
      }
    },
  }
}

module.exports = { operations }
