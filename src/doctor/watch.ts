/**
 * Counts what passes while the doctor watches: spans on their way to the exporters, and the headers of requests. Without
 * the doctor nothing of this is in the way.
 */
import type { Composite } from '../propagation/composite.js'
import type { Reader } from '../propagation/propagator.js'
import { Sampling, type SpanContext } from '../tracer/context.js'
import type { SpanRecord } from '../tracer/record.js'
import type { SpanSink } from '../tracer/tracer.js'
import type { Headers, SpanCount } from './report.js'

/** The header by which each format is known. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  'x-b3-traceid': ['b3multi', 'b3'],
  b3: ['b3', 'b3multi'],
  'uber-trace-id': ['jaeger'],
  traceparent: ['tracecontext'],
  'x-amzn-trace-id': ['xray'],
  'ot-tracer-traceid': ['ottrace'],
  'x-cloud-trace-context': ['gcp'],
  sw8: ['sw8'],
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }
type Counts = Record<string, number>

const headers = {
  requests: 0,
  continued: 0,
  denied: 0,
  seen: {} as Counts,
  unread: {} as Counts,
  malformed: {} as Counts,
}
const spans: Record<string, Mutable<SpanCount>> = {}
let handedOver = 0

export function headersSeen(): Headers {
  return headers
}

export function spansSeen(): { readonly spans: Readonly<Record<string, SpanCount>>; readonly handedOver: number } {
  return { spans, handedOver }
}

/** Where the spans go. */
interface Exporting extends SpanSink {
  flush(): Promise<void>
}

let exporting: Exporting | undefined

/** Sends what waits. Keeps no process up. */
export async function flushWatched(): Promise<void> {
  await exporting?.flush()
}

/** Counts the spans that reach `sink`. */
export function watchedSink(sink: Exporting): SpanSink {
  exporting = sink
  return {
    add(record: SpanRecord): void {
      count(record)
      sink.add(record)
    },
  }
}

function count({ scope, component = '', context }: SpanRecord): void {
  handedOver++
  const counted = (spans[scope?.name ?? component] ??= { spans: 0, withoutParent: 0 })
  counted.spans++
  if (context.parentId === undefined) counted.withoutParent++
}

/**
 * Counts whose headers are read, and what comes of it.
 *
 * @param formats the names of those that are configured
 */
export function watchedPropagation(propagation: Composite, formats: readonly string[]): Composite {
  const watched = Object.create(propagation) as Composite
  watched.extract = (reader) => {
    const context = propagation.extract(reader)
    enter(reader, context, formats)
    return context
  }
  return watched
}

function enter(reader: Reader, context: SpanContext | null, formats: readonly string[]): void {
  headers.requests++
  const present = Object.keys(FORMATS).filter((name) => reader.get(name) !== undefined)
  for (const name of present) add(headers.seen, name)
  if (context !== null && context.traceId !== '') {
    headers.continued++
    if (context.sampling === Sampling.Denied) headers.denied++
    return
  }
  for (const name of present) {
    const isConfigured = FORMATS[name]?.some((format) => formats.includes(format)) === true
    // A decision without ids is as good as `b3` gets.
    if (context === null || !isConfigured) add(isConfigured ? headers.malformed : headers.unread, name)
  }
}

function add(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}
