'use strict'
/** Raw headers without those that a tracer adds: what is left must be exactly what the script sent. */
const TRACING = /^(x-b3-.*|b3|uber-trace-id|traceparent|tracestate|baggage)$/i

exports.lessTracing = (rawHeaders) => rawHeaders.filter((_, i) => !TRACING.test(rawHeaders[i - (i % 2)]))
