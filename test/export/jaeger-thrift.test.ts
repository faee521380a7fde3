import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { encodePackets, encodeProcess } from '../../src/export/jaeger-thrift.js'
import { ThriftCompact } from '../../src/export/thrift-compact.js'
import { ThriftBinary, type ThriftWriter } from '../../src/export/thrift.js'
import { asText } from '../../src/tracer/limits.js'
import { SpanRecord, type TagValue } from '../../src/tracer/record.js'
import { PARENT, SPAN, TRACE, contextOf, type Parts } from '../support/headers.js'
import { randomBatch, wellFormed } from '../support/random-spans.js'
import {
  decodeBatch,
  decodeCall,
  values,
  type Batch,
  type JaegerSpan,
  type ProtocolName,
  type Tag,
} from '../support/thrift.js'

/** The reference's message, as bytes that two other libraries agree on. */
const BINARY = `
0c00010b00010000000464656d6f0f00020c000000010b0001000000026970080002000000000b000300000007312e322e332e3400000f00020c00000001
0a0001d269b633813fc60c0a00025b8efff7980381030a0003eee19b7ec3c1b1740a0004eee19b7ec3c1b1730b000500000005474554202f
0f00060c00000001080001000000000a0002d269b633813fc60c0a00035b8efff7980381030a0004eee19b7ec3c1b17300
080007000000010a000800057ce871611d000a000900000000000f4240
0f000a0c000000030b0001000000056572726f720800020000000202000501000b000100000010687474702e7374617475735f636f6465080002000000030a000600000000000001f4000b00010000000172080002000000010400043fe000000000000000
0f000b0c000000010a000100057ce87168be200f00020c000000010b0001000000056576656e74080002000000000b0003000000056572726f7200000000`
const COMPACT = `
1c180464656d6f191c1802697015001807312e322e332e340000191c16e7e781ec8ff3a4965b1686849c80f3fdff8eb7011697baf2c3a7a0b29e221699baf2c3a7a0b29e221805474554202f
191c150016e7e781ec8ff3a4965b1686849c80f3fdff8eb7011699baf2c3a7a0b29e2200
15021680f488968ebabe051680897a193c18056572726f72150431001810687474702e7374617475735f636f6465150646e80700180172150227000000000000e03f00
191c16c0f8c5968ebabe05191c18056576656e74150018056572726f7200000000`

const protocols: readonly { readonly name: ProtocolName; readonly make: () => ThriftWriter }[] = [
  { name: 'binary', make: () => new ThriftBinary() },
  { name: 'compact', make: () => new ThriftCompact() },
]

function recordOf(parts: Parts = {}, name = 'span'): SpanRecord {
  const record = new SpanRecord(contextOf(parts), name, undefined, undefined, true, 1544712660000)
  record.end = 1544712661000
  return record
}

function referenceSpan(): SpanRecord {
  const record = recordOf({ parent: PARENT }, 'GET /')
  record.tags.push('error', true, 'http.status_code', 500, 'r', 0.5)
  record.logs = [{ time: 1544712660500, fields: { event: 'error' } }]
  return record
}

function encode(writer: ThriftWriter, records: readonly SpanRecord[], limit: number, isCall: boolean) {
  const process = encodeProcess(writer, { 'service.name': 'demo', ip: '1.2.3.4' })
  return encodePackets(writer, process, records, { limit, isCall })
}

function sent(...records: readonly SpanRecord[]): readonly JaegerSpan[] {
  const { packets } = encode(new ThriftBinary(), records, Infinity, false)
  return decodeBatch(packets[0] as Buffer, 'binary').spans
}

describe('Jaeger’s model', () => {
  it('is as the reference’s bytes have it, by the binary protocol', () => {
    const { packets } = encode(new ThriftBinary(), [referenceSpan()], Infinity, false)
    assert.equal(packets[0]?.toString('hex'), BINARY.replaceAll('\n', ''))
  })

  it('is as the reference’s bytes have it, by the compact protocol', () => {
    const { packets } = encode(new ThriftCompact(), [referenceSpan()], Infinity, false)
    assert.equal(packets[0]?.toString('hex'), COMPACT.replaceAll('\n', ''))
  })

  it('is framed for an agent as the reference’s bytes have it', () => {
    const [binary, compact] = [new ThriftBinary(), new ThriftCompact()].map((writer) =>
      encode(writer, [referenceSpan()], Infinity, true).packets[0]?.toString('hex'),
    )
    assert.equal(binary, `8001000400000009656d69744261746368000000000c0001${BINARY.replaceAll('\n', '')}00`)
    assert.equal(compact, `82810009656d697442617463681c${COMPACT.replaceAll('\n', '')}00`)
  })

  it('has the halves of a trace id, and no parent for a root', () => {
    const [span] = sent(recordOf())
    assert.deepEqual([span?.traceId, span?.spanId, span?.parentId], [TRACE, SPAN, '0000000000000000'])
    assert.deepEqual(span?.references, [])
  })

  it('references the parent and every link', () => {
    const record = recordOf({ parent: PARENT })
    const other = { trace: { traceId: '1'.repeat(32) }, span: '2'.repeat(16) }
    record.links = [
      { context: contextOf(other), type: 'follows_from' },
      { context: contextOf(other), type: 'child_of' },
    ]
    assert.deepEqual(sent(record)[0]?.references, [
      { type: 'child_of', traceId: TRACE, spanId: PARENT },
      { type: 'follows_from', traceId: '1'.repeat(32), spanId: '2'.repeat(16) },
      { type: 'child_of', traceId: '1'.repeat(32), spanId: '2'.repeat(16) },
    ])
  })

  it('flags a trace that is debugged', () => {
    assert.equal(sent(recordOf())[0]?.flags, 1)
    assert.equal(sent(recordOf({ sampling: 'debug' }))[0]?.flags, 3)
  })

  it('has tags by their OpenTracing names, with types, each key once', () => {
    const record = new SpanRecord(contextOf({ trace: { traceState: 'a=b' } }), 'x', 'client', 'pg', false, 0)
    record.tags.push('db.statement', 'old', 'db.statement', 'new', 'sampling.priority', 1, 'big', 2 ** 53, 'neg', -1)
    record.tags.push('nan', NaN, 'yes', true)
    record.droppedTags = 2
    const tags = sent(record)[0]?.tags ?? []
    assert.deepEqual(values(tags), {
      'span.kind': 'client',
      'w3c.tracestate': 'a=b',
      component: 'pg',
      'db.statement': 'new',
      big: 2 ** 53,
      neg: -1n,
      nan: NaN,
      yes: true,
      'otel.dropped_attributes_count': 2n,
    })
    assert.equal(tags.find(({ key }) => key === 'big')?.type, 'double')
  })

  it('marks a failure as the UI looks for it, whatever the tag says', () => {
    const failing = (error: TagValue): Record<string, unknown> => {
      const record = recordOf()
      record.tags.push('error', error)
      return values(sent(record)[0]?.tags ?? [])
    }
    assert.deepEqual(failing('true'), { error: true })
    assert.deepEqual(failing('out of beer'), { error: true, 'otel.status_description': 'out of beer' })
    assert.deepEqual(failing(false), { error: false })
  })
})

for (const { name, make } of protocols) {
  describe(`the ${name} protocol`, () => {
    it('carries any span, to be read by another library', () => {
      const writer = make()
      fc.assert(
        fc.property(randomBatch, (batch) => {
          const { packets, oversized } = encode(writer, batch, Infinity, false)
          assert.equal(oversized, 0)
          assert.equal(packets.length, 1)
          checkBatch(decodeBatch(packets[0] as Buffer, name), batch)
        }),
        { numRuns: 100 },
      )
    })

    it('splits a batch into packets of at most so many bytes, no span lost but those that alone are larger', () => {
      const writer = make()
      fc.assert(
        fc.property(randomBatch, fc.integer({ min: 300, max: 3000 }), (batch, limit) => {
          const { packets, oversized } = encode(writer, batch, limit, true)
          const alone = batch.filter(
            (record) => (encode(writer, [record], Infinity, true).packets[0]?.length ?? 0) <= limit,
          )
          for (const packet of packets) assert.ok(packet.length <= limit)
          const spans = packets.flatMap((packet) => decodeCall(packet, name).spans)
          // Heads of lists grow with their length, so that a span that just fits alone may not fit among others.
          assert.ok(spans.length <= alone.length && spans.length + oversized === batch.length)
          if (packets.length > 1) assert.ok(packets.every((packet) => packet.length > 0))
          const ids = batch.map(({ context }) => context.spanId)
          assert.deepEqual(
            spans.map(({ spanId }) => spanId),
            ids.filter((id) => spans.some(({ spanId }) => spanId === id)),
          )
        }),
        { numRuns: 100 },
      )
    })
  })
}

describe('packets', () => {
  it('are as full as they can be, and a span too large for any is left out alone', () => {
    const large = recordOf({}, 'large')
    large.tags.push('text', 'x'.repeat(2000))
    const small = (count: number): SpanRecord[] => Array.from({ length: count }, () => recordOf({}, 'small'))
    const { packets, oversized } = encode(new ThriftCompact(), [...small(30), large, ...small(30)], 1000, true)
    assert.equal(oversized, 1)
    const counts = packets.map((packet) => decodeCall(packet, 'compact').spans.length)
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      60,
    )
    const size = (packets[0]?.length ?? 0) / (counts[0] ?? 1)
    assert.ok((packets[0]?.length ?? 0) > 1000 - size, 'the first packet has room for one more')
  })
})

/** What Jaeger gets of a batch is what the spans say. */
function checkBatch({ service, tags, spans }: Batch, batch: readonly SpanRecord[]): void {
  assert.equal(service, 'demo')
  assert.deepEqual(values(tags), { ip: '1.2.3.4' })
  assert.equal(spans.length, batch.length)
  for (const [index, span] of spans.entries()) checkSpan(span, batch[index] as SpanRecord)
}

function checkSpan(span: JaegerSpan, record: SpanRecord): void {
  const { context, logs = [], links = [] } = record
  assert.equal(span.traceId, context.traceId)
  assert.equal(span.spanId, context.spanId)
  assert.equal(span.parentId, context.parentId ?? '0000000000000000')
  assert.equal(span.name, wellFormed(record.name))
  assert.equal(span.start, BigInt(Math.round(record.start * 1000)))
  assert.equal(span.duration, BigInt(Math.round(record.end * 1000) - Math.round(record.start * 1000)))
  assert.equal(span.references.length, links.length + (context.parentId === undefined ? 0 : 1))
  const last = new Map<string, TagValue>()
  for (let i = 0; i < record.tags.length; i += 2) last.set(record.tags[i] as string, record.tags[i + 1] as TagValue)
  last.delete('error')
  for (const [key, value] of last) {
    const matching = span.tags.filter((tag) => tag.key === wellFormed(key))
    assert.ok(
      matching.some((tag) => isSame(tag.value, value)),
      `${key} is not ${String(value)}`,
    )
  }
  assert.equal(span.logs.length, logs.length)
  for (const [index, { time, fields }] of logs.entries()) {
    assert.equal(span.logs[index]?.time, BigInt(Math.round(time * 1000)))
    const entries = Object.entries(fields)
    assert.equal(span.logs[index]?.fields.length, entries.length)
    for (const [at, [key, value]] of entries.entries()) {
      const field: Tag | undefined = span.logs[index]?.fields[at]
      assert.equal(field?.key, wellFormed(key))
      assert.ok(isSame(field.value, value))
    }
  }
}

function isSame(sent: unknown, value: TagValue): boolean {
  if (typeof value === 'string' || typeof value === 'object') return sent === wellFormed(asText(value))
  // Thrift's integers know no negative zero.
  return typeof sent === 'bigint' ? sent === BigInt(value) : Object.is(sent, value)
}
