'use strict'

// jaeger-client, which is no longer maintained.

const { peer } = require('../peers')
const { finishSpans, openTracingOperations } = require('./opentracing')

const { ConstSampler, Tracer } = require(peer('jaeger-client'))
const { default: HttpSender } = require(peer('jaeger-client/dist/src/reporters/http_sender'))
const { default: thrift } = require(peer('jaeger-client/dist/src/thrift'))

const nowhere = { report() {}, close() {}, setProcess() {} }

function operations() {
  const tracer = new Tracer('bench', nowhere, new ConstSampler(true))
  const unsampled = new Tracer('bench', nowhere, new ConstSampler(false))
  return [...openTracingOperations({ tracer, unsampled, format: 'jaeger' }), encoder()]
}

/** As its reporter and its sender do, but for batches of 100. */
function encoder() {
  const spans = []
  const tracer = new Tracer('bench', { ...nowhere, report: (span) => spans.push(span) }, new ConstSampler(true))
  finishSpans(tracer)
  const sender = new HttpSender({ endpoint: 'http://127.0.0.1:9' })
  sender.setProcess({ serviceName: 'bench', tags: thrift.getThriftTags([{ key: 'process.pid', value: 1 }]) })
  const { Batch, Span } = sender._jaegerThrift
  const { process } = sender._batch
  return {
    name: 'encode 512 spans, Jaeger over HTTP',
    run(count) {
      for (let i = 0; i < count; i++) {
        const batch = new Batch({ process, spans: spans.map((span) => new Span(thrift.spanToThrift(span))) })
        Batch.rw.toBuffer(batch)
      }
    },
  }
}

module.exports = { operations }
