'use strict'

// What a typical span of a database call has, and what a typical request brings.

/** What a slow machine is known by. */
const YARDSTICK = 'yardstick: an empty object'

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

const baggageItems = [
  ['user', '17'],
  ['tier', 'gold'],
]

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

const HEADERS = {
  b3multi: { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' },
  b3: { b3: `${TRACE}-${SPAN}-1` },
  jaeger: { 'uber-trace-id': `${TRACE}:${SPAN}:0:1` },
  tracecontext: { traceparent: `00-${TRACE}-${SPAN}-01` },
  baggage: { baggage: baggageItems.map((item) => item.join('=')).join(',') },
  xray: { 'x-amzn-trace-id': `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${SPAN};Sampled=1` },
  ottrace: { 'ot-tracer-traceid': TRACE.slice(16), 'ot-tracer-spanid': SPAN, 'ot-tracer-sampled': 'true' },
  gcp: { 'x-cloud-trace-context': `${TRACE}/${BigInt(`0x${SPAN}`)};o=1` },
  sw8: { sw8: ['1', base64(TRACE), base64(SPAN), '0', ...['shop', '17', '/cart', '127.0.0.1'].map(base64)].join('-') },
  datadog: {
    'x-datadog-trace-id': '1234567890123456789',
    'x-datadog-parent-id': '987654321987654321',
    'x-datadog-sampling-priority': '1',
  },
}

function base64(text) {
  return Buffer.from(text).toString('base64')
}

/** The headers of a request that comes from another service, in one format or in all of them. */
function incoming(format) {
  const others = { host: '127.0.0.1:3000', connection: 'keep-alive', 'user-agent': 'node', accept: '*/*' }
  const { b3multi, jaeger, tracecontext } = HEADERS
  return { ...others, ...(format === 'all four' ? { ...b3multi, ...jaeger, ...tracecontext } : HEADERS[format]) }
}

module.exports = { YARDSTICK, baggageItems, incoming, tags }
