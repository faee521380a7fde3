'use strict'

// How many spans a message holds: OTLP (protobuf or JSON), Datadog's MessagePack, Elastic's lines. No decoder is needed
// for that: lengths and types are enough.

function countSpans(url, body, headers) {
  const path = url.split('?')[0]
  if (path === '/v1/traces') return headers['content-type'].includes('json') ? inJson(body) : inProtobuf(body)
  if (path === '/v0.4/traces') return inMessagePack(body)
  if (path.startsWith('/intake/')) return inLines(body)
  return 0
}

function inJson(body) {
  return JSON.parse(body)
    .resourceSpans.flatMap(({ scopeSpans }) => scopeSpans)
    .reduce((sum, { spans }) => sum + spans.length, 0)
}

/** ExportTraceServiceRequest.resource_spans (1) → scope_spans (2) → spans (2). */
function inProtobuf(body) {
  const spansIn = (scope) => [...fields(scope)].filter(({ number }) => number === 2).length
  let spans = 0
  for (const resource of fields(body)) {
    for (const { number, bytes } of fields(resource.bytes)) if (number === 2) spans += spansIn(bytes)
  }
  return spans
}

function* fields(bytes) {
  let at = 0
  const varint = () => {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = bytes[at++]
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
  }
  while (at < bytes.length) {
    const tag = varint()
    const start = at
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0:
        varint()
        break
      case 1:
        at += 8
        break
      case 5:
        at += 4
        break
      default: {
        const length = varint()
        yield { number, bytes: bytes.subarray(at, at + length) }
        at += length
      }
    }
    if (at <= start) throw new Error('no protobuf')
  }
}

function inLines(body) {
  return body
    .toString('latin1')
    .split('\n')
    .filter((line) => /^\{"(?:transaction|span)"/.test(line)).length
}

/** An array of traces, each an array of spans: what is inside of those is passed over. */
function inMessagePack(body) {
  const reader = new MessagePack(body)
  let spans = 0
  for (let traces = reader.count(); traces > 0; traces--) {
    const length = reader.count()
    spans += length
    for (let i = 0; i < length; i++) reader.skip()
  }
  return spans
}

/** Bytes that follow a type byte of fixed length (from 0xc0), or how many bytes hold the length. */
const FIXED = {
  0xc0: 0,
  0xc2: 0,
  0xc3: 0,
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
}
const LENGTH_BYTES = { 0xc4: 1, 0xc5: 2, 0xc6: 4, 0xd9: 1, 0xda: 2, 0xdb: 4 }
const ITEMS = { 0xdc: [2, 1], 0xdd: [4, 1], 0xde: [2, 2], 0xdf: [4, 2] }

class MessagePack {
  constructor(bytes) {
    this.bytes = bytes
    this.at = 0
  }

  uint(size) {
    this.at += size
    return this.bytes.readUIntBE(this.at - size, size)
  }

  count() {
    const type = this.uint(1)
    return type >> 4 === 9 ? type & 15 : this.uint(ITEMS[type][0])
  }

  skip() {
    const type = this.uint(1)
    if (type < 0x80 || type >= 0xe0) return
    if (type < 0xa0) return this.skipItems((type & 15) * (type < 0x90 ? 2 : 1))
    if (type >= 0xdc) return this.skipItems(this.uint(ITEMS[type][0]) * ITEMS[type][1])
    const length = type < 0xc0 ? type & 31 : (FIXED[type] ?? this.uint(LENGTH_BYTES[type]))
    this.at += length
  }

  skipItems(items) {
    for (let i = 0; i < items; i++) this.skip()
  }
}

module.exports = { countSpans }
