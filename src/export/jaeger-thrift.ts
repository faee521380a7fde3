/**
 * Jaeger's own model (jaeger.thrift): a batch of spans behind the process that they come from.
 */
import { Sampling, isSampled } from '../tracer/context.js'
import { asText } from '../tracer/limits.js'
import type { LogRecord, SpanRecord, TagValue } from '../tracer/record.js'
import { NO_SPAN, type SpanId } from '../tracer/span-id.js'
import type { TraceId } from '../tracer/trace-id.js'
import { eachTag, fieldsOf, microseconds } from './opentracing.js'
import type { Resource } from './resource.js'
import { hasFailed } from './semantics.js'
import { SPANS_A_STEP, finished, type Steps } from './steps.js'
import type { ThriftWriter } from './thrift.js'

const TagType = { string: 0, double: 1, bool: 2, long: 3 } as const
const RefType = { child_of: 0, follows_from: 1 } as const
const SAMPLED_FLAG = 1
const DEBUG_FLAG = 2

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
  writeTags(writer, 2, Object.entries(tags).flat())
  writer.end()
  return taken(writer, start)
}

/** Spans as batches, as few as the limit allows. */
export function encodePackets(
  writer: ThriftWriter,
  process: Buffer,
  records: readonly SpanRecord[],
  options: PacketOptions,
): Packets {
  return finished(packetsOf(writer, process, records, options))
}

/** As {@link encodePackets}, in steps, between which nothing else may use the writer. */
export function* packetsOf(
  writer: ThriftWriter,
  process: Buffer,
  records: readonly SpanRecord[],
  { limit, isCall }: PacketOptions,
): Steps<Packets> {
  const { bytes } = writer
  bytes.reset()
  const room = limit - frame(writer, process, Buffer.alloc(0), records.length, isCall).length
  const packets: Buffer[] = []
  let [count, oversized, step] = [0, 0, 0]
  const first = bytes.length
  const close = (): void => {
    const spans = taken(writer, first)
    if (count > 0) packets.push(frame(writer, process, spans, count, isCall))
    count = 0
  }
  for (const record of records) {
    if (++step % SPANS_A_STEP === 0) yield
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
  writeTraceId(writer, 1, context.trace.id)
  writeSpanId(writer, 3, context.id)
  writeSpanId(writer, 4, context.parent ?? NO_SPAN)
  writer.word(5, record.name)
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
function writeTraceId(writer: ThriftWriter, firstField: number, { a, b, c, d }: TraceId): void {
  writer.id64(firstField, c, d)
  writer.id64(firstField + 1, a, b)
}

function writeSpanId(writer: ThriftWriter, field: number, { high, low }: SpanId): void {
  writer.id64(field, high, low)
}

function writeReferences(writer: ThriftWriter, field: number, { context, links = [] }: SpanRecord): void {
  const { trace, parent } = context
  const count = links.length + (parent === undefined ? 0 : 1)
  if (count === 0) return
  writer.list(field, count)
  if (parent !== undefined) writeReference(writer, RefType.child_of, trace.id, parent)
  for (const { context: target, type } of links) writeReference(writer, RefType[type], target.trace.id, target.id)
}

function writeReference(writer: ThriftWriter, type: number, trace: TraceId, span: SpanId): void {
  writer.begin()
  writer.int32(1, type)
  writeTraceId(writer, 2, trace)
  writeSpanId(writer, 4, span)
  writer.end()
}

/**
 * OpenTracing's tags; the role is one of them, and a failure is `error=true`, for that is what the UI looks for.
 *
 * @returns flat: key, value, key, value
 */
function jaegerTags(record: SpanRecord): TagValue[] {
  const { kind, status, context } = record
  const { traceState } = context.trace
  const all: TagValue[] = []
  const failed = hasFailed(record)
  if (kind !== undefined) all.push('span.kind', kind)
  if (failed) {
    const reason = status?.message ?? record.tag('error')
    if (typeof reason === 'string' && reason !== 'true') all.push('otel.status_description', reason)
    all.push('error', true)
  }
  if (traceState !== undefined) all.push('w3c.tracestate', traceState)
  const isErrorSaid = failed || status?.ok === true
  eachTag(record, (key, value) => {
    if (key !== 'error' || !isErrorSaid) all.push(key, value)
  })
  return all
}

/** @param tags flat */
function writeTags(writer: ThriftWriter, field: number, tags: readonly TagValue[]): void {
  if (tags.length === 0) return
  writer.list(field, tags.length / 2)
  for (let i = 0; i < tags.length; i += 2) writeTag(writer, tags[i] as string, tags[i + 1] as TagValue)
}

function writeTag(writer: ThriftWriter, key: string, value: TagValue): void {
  writer.begin()
  writer.word(1, key)
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
