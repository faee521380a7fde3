'use strict'

// Whether the two encoders that are timed say the same: the same spans, encoded here and by OpenTelemetry's transformer,
// are decoded by protobufjs and compared. Exits with an error where they differ.

const assert = require('node:assert/strict')
const { peer } = require('../peers')
const { tags } = require('./typical')
const { OtlpProtobuf } = require('../../dist/src/export/otlp-protobuf')
const { SpanContext, Sampling } = require('../../dist/src/tracer/context')
const { SpanId } = require('../../dist/src/tracer/span-id')
const { TraceId } = require('../../dist/src/tracer/trace-id')
const { LocalTrace } = require('../../dist/src/tracer/local-trace')
const { SpanRecord } = require('../../dist/src/tracer/record')
const { decodeOtlpProtobuf } = require('../../dist/test/support/otlp-schema')
const { ProtobufTraceSerializer } = require(peer('@opentelemetry/otlp-transformer'))

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const START = 1_792_000_000_000
const SPANS = 512
const resource = { 'service.name': 'shop', 'process.pid': 17 }
const scope = { name: 'bench', version: '1.0.0' }
const CLIENT = 2

const idOf = (i) => (i + 1).toString(16).padStart(16, '0')
const otherResource = { attributes: resource, asyncAttributesPending: false }
const hrTime = (ms) => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)]

/** As our tracer hands them over, for a tracer that the application got from OpenTelemetry's API. */
function ownSpan(i) {
  const trace = { id: TraceId.of(TRACE), narrow: false, traceState: undefined, random: false }
  const context = new SpanContext(
    trace,
    SpanId.of(idOf(i)),
    SpanId.of(idOf(SPANS)),
    Sampling.Accepted,
    undefined,
    new LocalTrace(),
  )
  const record = new SpanRecord(context, 'SELECT users', 'client', undefined, false, START + i)
  record.end = START + i + 2.5
  record.scope = scope
  record.tags.push(...tags.flat())
  record.logs = [{ time: START + i + 1, name: 'row', fields: { count: i } }]
  if (i % 2 === 1) record.status = { ok: false, message: 'no such user' }
  return record
}

/** As OpenTelemetry's SDK does. */
function otherSpan(i) {
  const context = (spanId) => ({ traceId: TRACE, spanId, traceFlags: 1 })
  return {
    name: 'SELECT users',
    kind: CLIENT,
    spanContext: () => context(idOf(i)),
    parentSpanContext: context(idOf(SPANS)),
    startTime: hrTime(START + i),
    endTime: hrTime(START + i + 2.5),
    duration: hrTime(2.5),
    ended: true,
    status: i % 2 === 1 ? { code: 2, message: 'no such user' } : { code: 0 },
    attributes: Object.fromEntries(tags),
    links: [],
    events: [{ name: 'row', time: hrTime(START + i + 1), attributes: { count: i } }],
    resource: otherResource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

const each = (spanOf) => Array.from({ length: SPANS }, (_, i) => spanOf(i))
const own = decodeOtlpProtobuf(new OtlpProtobuf(resource, '1.0.0').encode(each(ownSpan)))
/** A status that says nothing may as well be left out. */
const withoutEmptyStatus = (key, value) => (key === 'status' && Object.keys(value).length === 0 ? undefined : value)
const other = JSON.parse(
  JSON.stringify(decodeOtlpProtobuf(ProtobufTraceSerializer.serializeRequest(each(otherSpan))), withoutEmptyStatus),
)
assert.deepEqual(own, other)
process.stdout.write(`The two encoders of protobuf say the same of ${SPANS} spans, once decoded.`)
