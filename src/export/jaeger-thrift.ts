/**
 * Jaeger's own model (jaeger.thrift): a batch of spans behind the process that they come from.
 */
import { Sampling, isSampled } from '../tracer/context.js'
import { asText } from '../tracer/limits.js'
import type { LogRecord, SpanRecord, TagValue } from '../tracer/record.js'
import { fieldsOf, microseconds, tagsOf } from './opentracing.js'
import type { Resource } from './resource.js'
import { hasFailed } from './semantics.js'
import type { ThriftWriter } from './thrift.js'

const TagType = { string: 0, double: 1, bool: 2, long: 3 } as const
const RefType = { child_of: 0, follows_from: 1 } as const
const SAMPLED_FLAG = 1
const DEBUG_FLAG = 2
const NO_SPAN = '0000000000000000'

/** What becomes of a batch of spans. */
export interface Packets {
  readonly packets: readonly Buffer[]
  /** Spans that alone are larger than a packet may be. */
  readonly oversized: number
}

export interface PacketOptions {
  /** Bytes a packet may have. */
  readonly limit: number
  /** Whether each is a call of the agent's `emitBatch`, or a bare Batch. */
  readonly isCall: boolean
}

/** The Process struct, which is the same in every batch of a process. */
export function encodeProcess(writer: ThriftWriter, resource: Resource): Buffer {
  const { 'service.name': service, ...tags } = resource
  const start = writer.bytes.length
  writer.begin()
  writer.text(1, asText(service))
  writeTags(writer, 2, Object.entries(tags))
  writer.end()
  return taken(writer, start)
}

/** Spans as batches, as few as the limit allows. */
export function encodePackets(
  writer: ThriftWriter,
  process: Buffer,
  records: readonly SpanRecord[],
  { limit, isCall }: PacketOptions,
): Packets {
  const { bytes } = writer
  const room = limit - frame(writer, process, Buffer.alloc(0), records.length, isCall).length
  const packets: Buffer[] = []
  let [count, oversized] = [0, 0]
  const first = bytes.length
  const close = (): void => {
    const spans = taken(writer, first)
    if (count > 0) packets.push(frame(writer, process, spans, count, isCall))
    count = 0
  }
  for (const record of records) {
    const start = bytes.length
    writeSpan(writer, record)
    const span = bytes.length - start
    if (bytes.length - first <= room) {
      count++
      continue
    }
    const held = taken(writer, start)
    close()
    if (span > room) {
      oversized++
      continue
    }
    bytes.append(held)
    count = 1
  }
  close()
  return { packets, oversized }
}

/** What was written since `start`, taken out of the writer again. */
function taken({ bytes }: ThriftWriter, start: number): Buffer {
  const copy = bytes.copy(start)
  bytes.length = start
  return copy
}

/** A Batch around spans that are encoded already. */
function frame(writer: ThriftWriter, process: Buffer, spans: Buffer, count: number, isCall: boolean): Buffer {
  const start = writer.bytes.length
  if (isCall) {
    writer.oneway('emitBatch')
    writer.begin()
    writer.struct(1)
  }
  writer.begin()
  writer.struct(1)
  writer.bytes.append(process)
  writer.list(2, count)
  writer.bytes.append(spans)
  writer.end()
  if (isCall) writer.end()
  return taken(writer, start)
}

function writeSpan(writer: ThriftWriter, record: SpanRecord): void {
  const { context, logs } = record
  const start = microseconds(record.start)
  writer.begin()
  writeTraceId(writer, 1, context.traceId)
  writer.id64(3, context.spanId)
  writer.id64(4, context.parentId ?? NO_SPAN)
  writer.text(5, record.name)
  writeReferences(writer, 6, record)
  writer.int32(7, flagsOf(context.sampling))
  writer.int64(8, start)
  writer.int64(9, microseconds(record.end) - start)
  writeTags(writer, 10, jaegerTags(record))
  if (logs !== undefined) {
    writer.list(11, logs.length)
    for (const log of logs) writeLog(writer, log)
  }
  writer.end()
}

function flagsOf(sampling: Sampling): number {
  return (isSampled(sampling) ? SAMPLED_FLAG : 0) | (sampling === Sampling.Debug ? DEBUG_FLAG : 0)
}

/** The low half comes first. */
function writeTraceId(writer: ThriftWriter, firstField: number, traceId: string): void {
  writer.id64(firstField, traceId.slice(16))
  writer.id64(firstField + 1, traceId.slice(0, 16))
}

function writeReferences(writer: ThriftWriter, field: number, { context, links = [] }: SpanRecord): void {
  const { traceId, parentId } = context
  const count = links.length + (parentId === undefined ? 0 : 1)
  if (count === 0) return
  writer.list(field, count)
  if (parentId !== undefined) writeReference(writer, RefType.child_of, traceId, parentId)
  for (const { context: target, type } of links) writeReference(writer, RefType[type], target.traceId, target.spanId)
}

function writeReference(writer: ThriftWriter, type: number, traceId: string, spanId: string): void {
  writer.begin()
  writer.int32(1, type)
  writeTraceId(writer, 2, traceId)
  writer.id64(4, spanId)
  writer.end()
}

/** OpenTracing's tags; the role is one of them, and a failure is `error=true`, for that is what the UI looks for. */
function* jaegerTags(record: SpanRecord): Iterable<readonly [string, TagValue]> {
  const tags = tagsOf(record)
  if (record.kind !== undefined) yield ['span.kind', record.kind]
  if (hasFailed(record)) {
    tags.set('error', true)
    const reason = record.status?.message ?? record.tag('error')
    if (typeof reason === 'string' && reason !== 'true') yield ['otel.status_description', reason]
  } else if (record.status?.ok === true) tags.delete('error')
  if (record.context.trace.traceState !== undefined) yield ['w3c.tracestate', record.context.trace.traceState]
  yield* tags
}

function writeTags(writer: ThriftWriter, field: number, tags: Iterable<readonly [string, TagValue]>): void {
  const list = [...tags]
  if (list.length === 0) return
  writer.list(field, list.length)
  for (const [key, value] of list) writeTag(writer, key, value)
}

function writeTag(writer: ThriftWriter, key: string, value: TagValue): void {
  writer.begin()
  writer.text(1, key)
  if (typeof value === 'string' || typeof value === 'object') {
    writer.int32(2, TagType.string)
    writer.text(3, asText(value))
  } else if (typeof value === 'boolean') {
    writer.int32(2, TagType.bool)
    writer.bool(5, value)
  } else if (Number.isSafeInteger(value)) {
    writer.int32(2, TagType.long)
    writer.int64(6, value)
  } else {
    writer.int32(2, TagType.double)
    writer.double(4, value)
  }
  writer.end()
}

function writeLog(writer: ThriftWriter, log: LogRecord): void {
  writer.begin()
  writer.int64(1, microseconds(log.time))
  const entries = Object.entries(fieldsOf(log))
  // Unlike a span's, a log's list is not optional.
  writer.list(2, entries.length)
  for (const [key, value] of entries) writeTag(writer, key, value)
  writer.end()
}
