'use strict'

// Traces such as HotROD's, as requests of OTLP: protobuf by pretrace's own encoder, from records like those that it makes.

const { SpanContext } = require('../../dist/src/tracer/context.js')
const { SpanId } = require('../../dist/src/tracer/span-id.js')
const { TraceId } = require('../../dist/src/tracer/trace-id.js')
const { SpanRecord } = require('../../dist/src/tracer/record.js')
const { OtlpProtobuf } = require('../../dist/src/export/otlp-protobuf.js')
const { encodeOtlpJson } = require('../../dist/src/export/otlp-json.js')

const SERVICES = ['frontend', 'customer', 'driver', 'route']
const SPANS_A_REQUEST = 512
const START = Date.now() - 3_600_000

let ids = 1
const hex = (digits) => (ids++).toString(16).padStart(digits, '0')

/** Requests with `traces` traces of `spans` spans each, mixed as several processes would send them. */
function* requestsOf(traces, spans, isJson) {
  const senders = SERVICES.map((service) => senderOf(service, isJson))
  for (let trace = 0; trace < traces; trace++) {
    for (const record of recordsOf(trace, spans)) {
      const sender = senders[record.service]
      sender.records.push(record)
      if (sender.records.length === SPANS_A_REQUEST) yield sender.flush()
    }
  }
  for (const sender of senders) if (sender.records.length > 0) yield sender.flush()
}

function senderOf(service, isJson) {
  const resource = {
    'service.name': service,
    'service.instance.id': `${service}-1`,
    'host.name': 'bench',
    'process.pid': 1000,
    'telemetry.sdk.name': 'pretrace',
  }
  const encoder = new OtlpProtobuf(resource, '1.0.0')
  return {
    records: [],
    flush() {
      const batch = this.records.splice(0)
      return Buffer.from(isJson ? encodeOtlpJson(batch, resource, '1.0.0') : encoder.encode(batch))
    },
  }
}

/** A request that asks three services, each of which sends commands to Redis. */
function* recordsOf(number, count) {
  const trace = {
    id: TraceId.of(`abcd${(number + 1).toString(16).padStart(28, '0')}`),
    narrow: false,
    traceState: undefined,
    random: false,
  }
  const start = START + number * 100
  const root = recordOf(trace, undefined, 'GET /dispatch', 'server', 0, start, 20 + (number % 50))
  const each = Math.floor((count - 1) / 3)
  for (let service = 1; service <= 3; service++) {
    const begin = start + service * 5
    const call = recordOf(trace, root.context.spanId, 'GET', 'client', 0, begin, 4)
    call.tags.push(
      'http.url',
      `http://service-${service}:808${service}/findNearest?location=13.${number},52.5`,
      'http.status_code',
      200,
    )
    const served = recordOf(trace, call.context.spanId, 'GET /findNearest', 'server', service, begin, 4)
    served.tags.push('http.url', `http://service-${service}:808${service}/findNearest?location=13.${number},52.5`)
    served.tags.push('http.status_code', number % 100 === 0 ? 500 : 200)
    const commands = service === 3 ? count - 3 - 2 * each : each - 2
    for (let i = 0; i < commands; i++)
      yield commandOf(trace, served, service, begin + i * 0.2, number % 10 === 0 && i === 3)
    yield served
    yield call
  }
  yield root
}

function commandOf(trace, parent, service, start, isFailed) {
  const record = recordOf(trace, parent.context.spanId, 'HGETALL', 'client', service, start, 0.1)
  record.tags.push('db.type', 'redis', 'db.instance', '0', 'db.operation', 'HGETALL', 'db.statement', 'HGETALL ?')
  record.tags.push('peer.hostname', '127.0.0.1', 'peer.port', 6379)
  if (isFailed) record.tags.push('error', true)
  return record
}

function recordOf(trace, parentId, name, kind, service, start, duration) {
  const context = new SpanContext(
    trace,
    SpanId.of(hex(16)),
    parentId === undefined ? undefined : SpanId.of(parentId),
    2,
    undefined,
    undefined,
  )
  const record = new SpanRecord(context, name, kind, kind === 'server' ? 'http' : 'redis', false, start)
  record.end = start + duration
  if (kind === 'server' || name === 'GET') record.tags.push('http.method', 'GET')
  record.service = service
  return record
}

module.exports = { requestsOf }
