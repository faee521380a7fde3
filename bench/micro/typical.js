'use strict'

// What a typical span of a database call has, and what a typical request brings.

const tags = [
  ['db.type', 'sql'],
  ['db.instance', 'shop'],
  ['db.user', 'service'],
  ['db.statement', 'SELECT id, name FROM users WHERE id = $1'],
  ['peer.hostname', 'db.example.com'],
  ['peer.port', 5432],
  ['http.url', 'http://shop.example.com/users/17'],
  ['http.status_code', 200],
]

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

const HEADERS = {
  b3multi: { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' },
  b3: { b3: `${TRACE}-${SPAN}-1` },
  jaeger: { 'uber-trace-id': `${TRACE}:${SPAN}:0:1` },
  tracecontext: { traceparent: `00-${TRACE}-${SPAN}-01` },
  datadog: {
    'x-datadog-trace-id': '1234567890123456789',
    'x-datadog-parent-id': '987654321987654321',
    'x-datadog-sampling-priority': '1',
  },
}

/** The headers of a request that comes from another service, in one format or in all of them. */
function incoming(format) {
  const others = { host: '127.0.0.1:3000', connection: 'keep-alive', 'user-agent': 'node', accept: '*/*' }
  const { b3multi, jaeger, tracecontext } = HEADERS
  return { ...others, ...(format === 'all four' ? { ...b3multi, ...jaeger, ...tracecontext } : HEADERS[format]) }
}

module.exports = { tags, incoming }
