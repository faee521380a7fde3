'use strict'
/**
 * A collector for one terminal: takes OTLP as JSON over HTTP and keeps spans by trace.
 */
const { createServer } = require('node:http')

const KINDS = [undefined, undefined, 'server', 'client', 'producer', 'consumer']

/**
 * @typedef {object} Span
 * @property {string} id
 * @property {string | undefined} parentId
 * @property {string} service
 * @property {string} name
 * @property {string | undefined} kind
 * @property {string} component the instrumentation that made it
 * @property {Record<string, string>} attributes
 * @property {boolean} failed
 * @property {string | undefined} error why
 * @property {number} start epoch milliseconds
 * @property {number} end
 */

/**
 * @typedef {object} Collector
 * @property {string} url
 * @property {Map<string, Span[]>} traces by their id
 * @property {(traceId: string) => void} onSpans told of each trace of which spans have arrived
 * @property {() => void} stop
 */

/** @returns {Promise<Collector>} */
function startCollector() {
  const traces = new Map()
  const server = createServer(async (req, res) => {
    const chunks = await req.toArray()
    for (const traceId of take(traces, JSON.parse(Buffer.concat(chunks)))) collector.onSpans(traceId)
    res.setHeader('content-type', 'application/json').end('{}')
  })
  const collector = {
    url: '',
    traces,
    onSpans: () => {},
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      collector.url = `http://127.0.0.1:${server.address().port}`
      resolve(collector)
    })
  })
}

function take(traces, { resourceSpans }) {
  const touched = new Set()
  for (const { resource, scopeSpans } of resourceSpans) {
    const service = plain(resource.attributes)['service.name']
    for (const { scope, spans } of scopeSpans) {
      for (const span of spans) {
        const known = traces.get(span.traceId) ?? []
        traces.set(span.traceId, [...known, spanOf(span, scope.name.replace(/^pretrace\/?/, ''), service)])
        touched.add(span.traceId)
      }
    }
  }
  return touched
}

function spanOf(span, component, service) {
  const attributes = plain(span.attributes)
  const failed = span.status?.code === 2
  return {
    id: span.spanId,
    parentId: span.parentSpanId,
    service,
    name: span.name,
    kind: KINDS[span.kind],
    component,
    attributes,
    failed,
    error: failed ? reasonOf(span, attributes) : undefined,
    start: milliseconds(span.startTimeUnixNano),
    end: milliseconds(span.endTimeUnixNano),
  }
}

function reasonOf({ events = [] }, attributes) {
  const exception = events.findLast(({ name }) => name === 'exception')
  if (exception === undefined) return attributes['http.response.status_code']
  const { 'exception.type': type, 'exception.message': message } = plain(exception.attributes)
  return `${type}: ${message}`
}

function plain(attributes) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]))
}

function milliseconds(nanoseconds) {
  return Number(BigInt(nanoseconds) / 1000n) / 1000
}

module.exports = { startCollector }
