'use strict'

// dd-trace's tracer, without its plugins and without sending anything.

const { peer } = require('../peers')
const { openTracingOperations } = require('./opentracing')

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
    {
      name: 'scope, run',
      run(count) {
        for (let i = 0; i < count; i++) scope.activate(parent, call)
      },
    },
  ]
}

module.exports = { operations }
