/**
 * Spans as Chrome trace events, which chrome://tracing and Perfetto open.
 *
 * Requests overlap, so spans are asynchronous events (`b` and `e`). Those with one id share a lane and nest there by
 * time. A child goes into its parent's lane where it nests; a sibling that overlaps another one, or a child that outlives
 * its parent, opens a lane of its own, with its span id. As nobody else has that id, the batches of a process, and the
 * processes that write to one file, need not know of each other.
 */
import type { LogRecord, SpanRecord } from '../tracer/record.js'
import { fieldsOf, microseconds, tagsOf } from './opentracing.js'
import { hasFailed } from './semantics.js'
import { asText } from '../tracer/limits.js'

export type ChromeEvent = Readonly<Record<string, unknown>>

/** Where in the viewer a process's events go. */
export interface Lanes {
  readonly pid: number
  readonly spans: number
  readonly calls: number
  readonly collections: number
  readonly loop: number
}

/** Perfetto knows threads by their number alone, whatever process they are of: none may stand twice. */
const LARGEST_PID = 2 ** 23
const LANES_A_THREAD = 4

/** The lanes of a thread (0: the main one) of a process. */
export function lanesOf(pid: number, thread: number): Lanes {
  const lane = (index: number): number => pid + ((thread % 128) * LANES_A_THREAD + index) * LARGEST_PID
  return { pid, spans: lane(0), calls: lane(1), collections: lane(2), loop: lane(3) }
}

/** The names of a process and its lanes. */
export function namesOf(service: string, { pid, spans, calls, collections, loop }: Lanes): ChromeEvent[] {
  const named = (what: string, tid: number, name: string): ChromeEvent => ({
    ph: 'M',
    name: what,
    pid,
    tid,
    args: { name },
  })
  return [
    named('process_name', spans, service),
    named('thread_name', spans, 'spans'),
    named('thread_name', calls, 'calls between services'),
    named('thread_name', collections, 'garbage collection'),
    named('thread_name', loop, 'event loop'),
  ]
}

/** A span with its place. */
interface Placed {
  readonly record: SpanRecord
  readonly start: number
  readonly end: number
  readonly lane: string
  /** Children in the same lane. */
  readonly nested: Placed[]
  /** Until when the lane is taken by them. */
  taken: number
}

/** The events of a batch. Within a lane they stand in the order in which they happened. */
export function eventsOf(batch: readonly SpanRecord[], lanes: Lanes): ChromeEvent[] {
  const events: ChromeEvent[] = []
  for (const top of layOut(batch)) writeSpan(top, lanes, events)
  for (const record of batch) writeFlow(record, lanes, events)
  return events
}

/** The spans that open a lane, with those nested in them. */
function layOut(batch: readonly SpanRecord[]): Placed[] {
  // Parents first: they begin earlier, end later, and are the last of equals to finish.
  const sorted = [...batch].reverse().sort((a, b) => a.start - b.start || b.end - a.end)
  const placed = new Map<string, Placed>()
  const tops: Placed[] = []
  for (const record of sorted) {
    const { spanId, parentId } = record.context
    const parent = record.parentIsRemote || parentId === undefined ? undefined : placed.get(parentId)
    const [start, end] = [microseconds(record.start), microseconds(record.end)]
    const isNested = parent !== undefined && start >= parent.taken && end <= parent.end
    const lane = isNested ? parent.lane : `0x${spanId}`
    const place: Placed = { record, start, end, lane, nested: [], taken: start }
    placed.set(spanId, place)
    if (isNested) {
      parent.nested.push(place)
      parent.taken = end
    } else tops.push(place)
  }
  return tops
}

function writeSpan(place: Placed, lanes: Lanes, events: ChromeEvent[]): void {
  const { record, start, end, lane, nested } = place
  const common = { cat: 'span', id: lane, pid: lanes.pid, tid: lanes.spans }
  const { name } = record
  events.push({
    ph: 'b',
    name,
    ...common,
    ts: start,
    ...(hasFailed(record) && { cname: 'terrible' }),
    ...boundFlow(record),
    args: argsOf(record),
  })
  for (const log of record.logs ?? []) events.push({ ph: 'n', ...common, ...instant(log) })
  for (const child of nested) writeSpan(child, lanes, events)
  events.push({ ph: 'e', name, ...common, ts: end })
}

function argsOf(record: SpanRecord): ChromeEvent {
  const { traceId, spanId, parentId } = record.context
  const ids = { traceId, spanId, ...(parentId !== undefined && { parentId }) }
  return {
    ...ids,
    ...(record.kind !== undefined && { 'span.kind': record.kind }),
    ...Object.fromEntries(tagsOf(record)),
  }
}

function instant(log: LogRecord): ChromeEvent {
  const { event, ...rest } = fieldsOf(log)
  return { name: asText(event ?? 'log'), ts: microseconds(log.time), args: rest }
}

/** The id of the arrow that leaves a span, or that ends at it: the client's span id. */
function flowOf({
  kind,
  context,
  parentIsRemote,
}: SpanRecord): { readonly id: string; readonly isOut: boolean } | undefined {
  if (kind === 'client' || kind === 'producer') return { id: `0x${context.spanId}`, isOut: true }
  return parentIsRemote && context.parentId !== undefined ? { id: `0x${context.parentId}`, isOut: false } : undefined
}

/** Perfetto draws an arrow between asynchronous events that say so themselves. */
function boundFlow(record: SpanRecord): ChromeEvent {
  const flow = flowOf(record)
  if (flow === undefined) return {}
  return { bind_id: flow.id, ...(flow.isOut ? { flow_out: true } : { flow_in: true }) }
}

/** chrome://tracing draws arrows between synchronous events alone: a mark on a lane of their own holds each end. */
function writeFlow(record: SpanRecord, { pid, calls }: Lanes, events: ChromeEvent[]): void {
  const flow = flowOf(record)
  if (flow === undefined) return
  const common = { pid, tid: calls, ts: microseconds(record.start) }
  events.push({ ph: 'X', cat: 'call', name: record.name, ...common, dur: 1 })
  const end = flow.isOut ? { ph: 's' } : { ph: 'f', bp: 'e' }
  events.push({ ...end, cat: 'call', name: 'call', id: flow.id, ...common })
}
