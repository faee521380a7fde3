'use strict'

// pretrace's encoders, one for each format. What they write to, and the names they write for once a process, is left out.

const { eventsOf, lanesOf } = require('../../dist/src/export/chrome-events')
const { encodePackets, encodeProcess } = require('../../dist/src/export/jaeger-thrift')
const { OtlpJson } = require('../../dist/src/export/otlp-json')
const { OtlpProtobuf } = require('../../dist/src/export/otlp-protobuf')
const { ThriftBinary } = require('../../dist/src/export/thrift')
const { ThriftCompact } = require('../../dist/src/export/thrift-compact')
const { treeLines } = require('../../dist/src/export/tree')
const { treeSpanOf } = require('../../dist/src/export/tree-span')
const { finished } = require('../../dist/src/export/steps')
const { ZipkinJson } = require('../../dist/src/export/zipkin-json')

const SERVICE = 'bench'
const resource = { 'service.name': SERVICE, 'process.pid': 1 }
const DATAGRAM = 65_000

function encoders(records) {
  const protobuf = new OtlpProtobuf(resource, '1')
  const json = new OtlpJson(resource, '1')
  const zipkin = new ZipkinJson({ endpoint: { serviceName: SERVICE }, tags: { 'process.pid': 1 } })
  const lanes = lanesOf(1, 0)
  const { traceId } = records[0].context
  const look = { width: undefined, colour: false }
  const all = {
    'OTLP/JSON': () => finished(json.encode(records)),
    'OTLP/protobuf': () => protobuf.encode(records),
    Zipkin: () => finished(zipkin.encode(records)),
    'Jaeger over HTTP': jaeger(new ThriftBinary(), records, { limit: Infinity, isCall: false }),
    'Jaeger over UDP, compact': jaeger(new ThriftCompact(), records, { limit: DATAGRAM, isCall: true }),
    Chrome: () =>
      eventsOf(records, lanes)
        .map((event) => `${JSON.stringify(event)},\n`)
        .join(''),
    console: () =>
      treeLines(
        records.map((record) => treeSpanOf(record, SERVICE)),
        { traceId },
        look,
      ).join('\n'),
  }
  return Object.entries(all).map(([name, encode]) => ({
    name: `encode 512 spans, ${name}`,
    run(count) {
      for (let i = 0; i < count; i++) encode()
    },
  }))
}

function jaeger(writer, records, options) {
  const owner = encodeProcess(writer, resource)
  return () => encodePackets(writer, owner, records, options)
}

module.exports = { encoders }
