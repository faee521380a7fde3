/**
 * Jaeger's Thrift messages, decoded by Apache's own library.
 */
import assert from 'node:assert/strict'

/** What is used of Apache's library, which has no types of its own. */
interface Protocol {
  readMessageBegin(): { readonly fname: string; readonly mtype: number }
  readMessageEnd(): void
  readStructBegin(): void
  readStructEnd(): void
  readFieldBegin(): { readonly ftype: number; readonly fid: number }
  readFieldEnd(): void
  readListBegin(): { readonly etype: number; readonly size: number }
  readListEnd(): void
  readBool(): boolean
  readI32(): number
  readI64(): { toOctetString(): string }
  readDouble(): number
  readBinary(): Buffer
}
interface Transport {
  readonly readCursor: number
  readonly writeCursor: number
}
type Receiver = (onTransport: (transport: Transport) => void) => (bytes: Buffer) => void
interface Library {
  readonly Thrift: { readonly Type: Readonly<Record<string, number>> }
  readonly TBufferedTransport: { readonly receiver: Receiver }
  readonly TBinaryProtocol: new (transport: Transport) => Protocol
  readonly TCompactProtocol: new (transport: Transport) => Protocol
}

const library = require('thrift') as Library
const { Type } = library.Thrift
const ONEWAY = 4

export type ProtocolName = 'binary' | 'compact'

export interface Tag {
  readonly key: string
  readonly type: 'string' | 'double' | 'bool' | 'long'
  readonly value: unknown
}
export interface Reference {
  readonly type: 'child_of' | 'follows_from'
  readonly traceId: string
  readonly spanId: string
}
export interface JaegerSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string
  readonly name: string
  readonly references: readonly Reference[]
  readonly flags: number
  /** Microseconds. */
  readonly start: bigint
  readonly duration: bigint
  readonly tags: readonly Tag[]
  readonly logs: readonly { readonly time: bigint; readonly fields: readonly Tag[] }[]
}
export interface Batch {
  readonly service: string
  readonly tags: readonly Tag[]
  readonly spans: readonly JaegerSpan[]
}

type Fields = Readonly<Record<number, unknown>>

/** Decodes a bare Batch; fails on bytes that are left over. */
export function decodeBatch(bytes: Uint8Array, protocol: ProtocolName): Batch {
  return read(bytes, protocol, (from) => batchOf(readStruct(from)))
}

/** Decodes a call of the agent's `emitBatch`. */
export function decodeCall(bytes: Uint8Array, protocol: ProtocolName): Batch {
  return read(bytes, protocol, (from) => {
    assert.deepEqual({ ...from.readMessageBegin() }, { fname: 'emitBatch', mtype: ONEWAY, rseqid: 0 })
    const args = readStruct(from)
    from.readMessageEnd()
    assert.deepEqual(Object.keys(args), ['1'])
    return batchOf(args[1] as Fields)
  })
}

/** The tags of a span or process by key; fails on one that stands twice. */
export function values(tags: readonly Tag[]): Record<string, unknown> {
  const found = Object.fromEntries(tags.map(({ key, value }) => [key, value]))
  assert.equal(Object.keys(found).length, tags.length)
  return found
}

function read<Result>(bytes: Uint8Array, name: ProtocolName, decode: (from: Protocol) => Result): Result {
  let result: Result | undefined
  const receive = library.TBufferedTransport.receiver((transport) => {
    result = decode(new library[name === 'binary' ? 'TBinaryProtocol' : 'TCompactProtocol'](transport))
    assert.equal(transport.readCursor, transport.writeCursor, 'bytes are left over')
  })
  receive(Buffer.from(bytes))
  return result as Result
}

function readStruct(from: Protocol): Fields {
  const fields: Record<number, unknown> = {}
  from.readStructBegin()
  for (;;) {
    const { ftype, fid } = from.readFieldBegin()
    if (ftype === Type?.['STOP']) break
    assert.ok(!(fid in fields), `field ${fid} stands twice`)
    fields[fid] = readValue(from, ftype)
    from.readFieldEnd()
  }
  from.readStructEnd()
  return fields
}

function readValue(from: Protocol, type: number): unknown {
  switch (type) {
    case Type?.['BOOL']:
      return from.readBool()
    case Type?.['I32']:
      return from.readI32()
    case Type?.['I64']:
      return BigInt.asIntN(64, BigInt(`0x${from.readI64().toOctetString()}`))
    case Type?.['DOUBLE']:
      return from.readDouble()
    case Type?.['STRING']:
      return from.readBinary().toString('utf8')
    case Type?.['STRUCT']:
      return readStruct(from)
    case Type?.['LIST']:
      return readList(from)
    default:
      throw new Error(`jaeger.thrift has no field of type ${type}`)
  }
}

function readList(from: Protocol): unknown[] {
  const { etype, size } = from.readListBegin()
  const list = Array.from({ length: size }, () => readValue(from, etype))
  from.readListEnd()
  return list
}

// ---- jaeger.thrift ----

function batchOf(fields: Fields): Batch {
  const process = fields[1] as Fields
  return {
    service: process[1] as string,
    tags: listOf(process[2], tagOf),
    spans: listOf(fields[2], spanOf),
  }
}

function spanOf(fields: Fields): JaegerSpan {
  return {
    traceId: hex(fields[2]) + hex(fields[1]),
    spanId: hex(fields[3]),
    parentId: hex(fields[4]),
    name: fields[5] as string,
    references: listOf(fields[6], referenceOf),
    flags: fields[7] as number,
    start: fields[8] as bigint,
    duration: fields[9] as bigint,
    tags: listOf(fields[10], tagOf),
    logs: listOf(fields[11], (log) => ({ time: log[1] as bigint, fields: listOf(log[2], tagOf) })),
  }
}

function referenceOf(fields: Fields): Reference {
  const type = (['child_of', 'follows_from'] as const)[fields[1] as number]
  assert.ok(type)
  return { type, traceId: hex(fields[3]) + hex(fields[2]), spanId: hex(fields[4]) }
}

function tagOf(fields: Fields): Tag {
  const [type, field] = (
    [
      ['string', 3],
      ['double', 4],
      ['bool', 5],
      ['long', 6],
    ] as const
  )[fields[2] as number] as readonly [Tag['type'], number]
  assert.deepEqual(Object.keys(fields), ['1', '2', String(field)])
  return { key: fields[1] as string, type, value: fields[field] }
}

function listOf<Result>(list: unknown, map: (fields: Fields) => Result): Result[] {
  return ((list ?? []) as Fields[]).map(map)
}

function hex(id: unknown): string {
  return BigInt.asUintN(64, id as bigint)
    .toString(16)
    .padStart(16, '0')
}
