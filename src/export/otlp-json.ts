/**
 * OTLP over HTTP with JSON (OTLP 1.9, "JSON Protobuf Encoding"): ids as hex, enums as numbers, 64-bit integers as text.
 */
import type { SpanContext } from '../tracer/context.js'
import type { LinkRecord, LogRecord, SpanRecord, TagArray, TagValue } from '../tracer/record.js'
import type { SpanId } from '../tracer/span-id.js'
import { JsonWriter, keptBytes } from './json-writer.js'
import {
  areOfOneScope,
  firstOfEachScope,
  flagsOf,
  kindOf,
  linkAttributesOf,
  linkFlagsOf,
  microseconds,
  scopeOf,
  statusOf,
} from './otlp-model.js'
import type { Resource } from './resource.js'
import { attributesOf, eventAttributesOf, eventNameOf, type Emit } from './semantics.js'
import { SPANS_A_STEP, finished, type Steps } from './steps.js'

/** A batch as an ExportTraceServiceRequest. */
export function encodeOtlpJson(batch: readonly SpanRecord[], resource: Resource, version: string): Buffer {
  return finished(new OtlpJson(resource, version).encode(batch))
}

/** Encodes batches that have a resource in common. */
export class OtlpJson {
  private readonly writer = new JsonWriter()
  private readonly head: Uint8Array
  private readonly version: string

  constructor(resource: Resource, version: string) {
    this.version = version
    this.writer.utf8('{"resourceSpans":[{"resource":{"attributes":')
    this.attributesIn(resource)
    this.writer.utf8('},"scopeSpans":')
    this.head = this.writer.copyFrom(0)
  }

  /** A batch, in steps. */
  *encode(batch: readonly SpanRecord[]): Steps<Buffer> {
    const { writer } = this
    writer.reset()
    writer.append(this.head)
    const start = writer.length
    let step = 0
    for (const first of firstOfEachScope(batch)) {
      writer.utf8(`,{"scope":${JSON.stringify(scopeOf(first, this.version))},"spans":`)
      const spans = writer.length
      for (const record of batch) {
        if (++step % SPANS_A_STEP === 0) yield
        if (areOfOneScope(first, record)) this.span(record)
      }
      writer.enclose(spans, '[]')
      writer.utf8('}')
    }
    writer.enclose(start, '[]')
    writer.utf8('}]}')
    return writer.copy()
  }

  private span(record: SpanRecord): void {
    const { writer } = this
    const { context, logs, links, droppedTags, droppedLogs, droppedLinks } = record
    const { parent } = context
    const status = statusOf(record)
    this.ids(context)
    if (parent !== undefined) {
      writer.utf8(',"parentSpanId":"')
      this.spanId(parent)
    }
    this.number(',"flags":', flagsOf(record))
    writer.utf8(',"name":')
    writer.string(record.name)
    this.number(',"kind":', kindOf(record))
    this.time(',"startTimeUnixNano":"', record.start)
    this.time(',"endTimeUnixNano":"', record.end)
    this.attributes((emit) => attributesOf(record, emit))
    if (droppedTags > 0) this.number(',"droppedAttributesCount":', droppedTags)
    if (logs !== undefined) this.list(',"events":', logs, (log) => this.event(log))
    if (droppedLogs > 0) this.number(',"droppedEventsCount":', droppedLogs)
    if (links !== undefined) this.list(',"links":', links, (link) => this.link(link))
    if (droppedLinks > 0) this.number(',"droppedLinksCount":', droppedLinks)
    if (status !== undefined) writer.utf8(`,"status":${JSON.stringify(status)}`)
    writer.utf8('}')
  }

  private event(log: LogRecord): void {
    const { writer } = this
    this.time(',{"timeUnixNano":"', log.time)
    writer.utf8(',"name":')
    writer.string(eventNameOf(log))
    this.attributes((emit) => eventAttributesOf(log, emit))
    writer.utf8('}')
  }

  private link(link: LinkRecord): void {
    this.ids(link.context)
    this.number(',"flags":', linkFlagsOf(link))
    this.writer.utf8(',"attributes":')
    this.attributesIn(linkAttributesOf(link))
    this.writer.utf8('}')
  }

  /** What names a span, at the beginning of an object. */
  private ids({ trace, id }: SpanContext): void {
    const { writer } = this
    const { a, b, c, d } = trace.id
    writer.utf8(',{"traceId":"')
    for (const word of [a, b, c, d]) writer.hex(word)
    writer.utf8('","spanId":"')
    this.spanId(id)
    if (trace.traceState === undefined) return
    writer.utf8(',"traceState":')
    writer.string(trace.traceState)
  }

  /** With the quote behind it. */
  private spanId({ high, low }: SpanId): void {
    this.writer.hex(high)
    this.writer.hex(low)
    this.writer.utf8('"')
  }

  private number(head: string, value: number): void {
    this.writer.utf8(head)
    this.writer.uint(value)
  }

  /** @param milliseconds since 1970, written as a decimal count of nanoseconds */
  private time(head: string, milliseconds: number): void {
    const micros = microseconds(milliseconds)
    this.number(head, micros)
    this.writer.utf8(micros === 0 ? '"' : '000"')
  }

  private list<Item>(head: string, items: readonly Item[], write: (item: Item) => void): void {
    this.writer.utf8(head)
    const start = this.writer.length
    items.forEach(write)
    this.writer.enclose(start, '[]')
  }

  /** All attributes that `say` emits. */
  private attributes(say: (emit: Emit) => void): void {
    const { writer } = this
    writer.utf8(',"attributes":')
    const start = writer.length
    say((_key, value, term) => {
      writer.append((term.json ??= beginningOf(term.key)))
      this.value(value)
      writer.utf8('}')
    })
    writer.enclose(start, '[]')
  }

  private attributesIn(attributes: Readonly<Record<string, TagValue>>): void {
    const { writer } = this
    const start = writer.length
    for (const [key, value] of Object.entries(attributes)) {
      writer.append(beginningOf(key))
      this.value(value)
      writer.utf8('}')
    }
    writer.enclose(start, '[]')
  }

  /** An AnyValue. */
  private value(value: TagValue): void {
    const { writer } = this
    if (typeof value === 'string') {
      writer.utf8('{"stringValue":')
      writer.string(value)
      writer.utf8('}')
    } else if (typeof value === 'boolean') writer.utf8(value ? '{"boolValue":true}' : '{"boolValue":false}')
    else if (typeof value !== 'number') this.array(value)
    else if (Number.isSafeInteger(value)) writer.utf8(`{"intValue":"${value}"}`)
    else writer.utf8(`{"doubleValue":${Number.isFinite(value) ? value : `"${value}"`}}`)
  }

  private array(values: TagArray): void {
    const { writer } = this
    writer.utf8('{"arrayValue":{"values":')
    const start = writer.length
    for (const value of values) {
      writer.utf8(',')
      // A value that is null has no kind.
      if (value === null) writer.utf8('{}')
      else this.value(value)
    }
    writer.enclose(start, '[]')
    writer.utf8('}}')
  }
}

/** An attribute's beginning, with the comma before it. */
function beginningOf(key: string): Uint8Array {
  return keptBytes(`,{"key":${JSON.stringify(key)},"value":`)
}
