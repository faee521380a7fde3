'use strict'

// jaeger-client, which is no longer maintained.

const { peer } = require('../peers')
const { openTracingOperations } = require('./opentracing')

const { ConstSampler, Tracer } = require(peer('jaeger-client'))

const nowhere = { report() {}, close() {}, setProcess() {} }

function operations() {
  const tracer = new Tracer('bench', nowhere, new ConstSampler(true))
  const unsampled = new Tracer('bench', nowhere, new ConstSampler(false))
  return openTracingOperations({ tracer, unsampled, format: 'jaeger' })
}

module.exports = { operations }
