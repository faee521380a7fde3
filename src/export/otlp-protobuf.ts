/**
 * OTLP over HTTP with protobuf (OTLP 1.9). Spans are written straight into one buffer: no objects in between, and each
 * key is turned into bytes once.
 */
import type { InstrumentationScope, LinkRecord, LogRecord, SpanRecord, TagValue } from '../tracer/record.js'
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
  type OtlpStatus,
} from './otlp-model.js'
import { OtlpAttributes } from './otlp-attributes.js'
import type { Opening, Pattern } from './otlp-pattern.js'
import { ProtobufWriter } from './protobuf.js'
import type { Resource } from './resource.js'
import { eventAttributesOf, eventNameOf, termOf, type Emit } from './semantics.js'

/** Field number and wire type, message by message (opentelemetry-proto 1.9). */
const REQUEST = { resourceSpans: 0x0a } as const
const RESOURCE_SPANS = { resource: 0x0a, scopeSpans: 0x12 } as const
const RESOURCE = { attributes: 0x0a } as const
const SCOPE_SPANS = { scope: 0x0a, spans: 0x12 } as const
const SCOPE = { name: 0x0a, version: 0x12 } as const
const SPAN = {
  traceId: 0x0a,
  spanId: 0x12,
  traceState: 0x1a,
  parentSpanId: 0x22,
  name: 0x2a,
  kind: 0x30,
  startTimeUnixNano: 0x39,
  endTimeUnixNano: 0x41,
  droppedAttributesCount: 0x50,
  events: 0x5a,
  droppedEventsCount: 0x60,
  links: 0x6a,
  droppedLinksCount: 0x70,
  status: 0x7a,
  flags: (16 << 3) | 5,
} as const
const EVENT = { timeUnixNano: 0x09, name: 0x12, attributes: 0x1a } as const
const LINK = { traceId: 0x0a, spanId: 0x12, traceState: 0x1a, attributes: 0x22, flags: (6 << 3) | 5 } as const
const STATUS = { message: 0x12, code: 0x18 } as const
/** Where in a span the ids stand, counted from its first byte. */
const TRACE_ID_AT = 2
const SPAN_ID_AT = 20
const PARENT_ID_AT = 30
/** How far the second time is behind the first. */
const NEXT_TIME = 9
/** Bytes that the lengths of the larger messages usually take. */
const REQUEST_WIDTH = 3
const GROUP_WIDTH = 2
const SPAN_WIDTH = 2
const EVENT_WIDTH = 2
/** Encodes batches that have a resource in common. */
export class OtlpProtobuf {
  private readonly writer = new ProtobufWriter()
  private readonly attributes = new OtlpAttributes(this.writer)
  private readonly resource: Uint8Array
  private readonly version: string
  /** Where the request at hand begins. */
  private request = 0

  constructor(resource: Resource, version: string) {
    this.version = version
    this.writer.reset()
    const start = this.writer.open(RESOURCE_SPANS.resource, 2)
    for (const [key, value] of Object.entries(resource)) this.attributes.write(RESOURCE.attributes, value, termOf(key))
    this.writer.close(start, 2)
    this.resource = new Uint8Array(this.writer.written())
  }

  /** Begins an ExportTraceServiceRequest. The bytes of the previous one are no longer valid. */
  begin(): void {
    this.writer.reset()
    this.request = this.writer.open(REQUEST.resourceSpans, REQUEST_WIDTH)
    this.writer.append(this.resource)
  }

  /**
   * Adds spans to it, grouped by their scopes.
   *
   * @throws where one of them cannot be encoded: none of them is then in the request
   */
  add(spans: readonly SpanRecord[]): void {
    const { writer } = this
    const before = writer.length
    // All at once: each kind of span is described by the same code.
    for (let i = 0; i < spans.length; i++) (spans[i] as SpanRecord).tell()
    try {
      for (const first of firstOfEachScope(spans)) this.group(first, spans)
    } catch (error) {
      writer.rewind(before)
      throw error
    }
  }

  /** Bytes of the request so far. */
  get length(): number {
    return this.writer.length
  }

  /** The request's bytes, valid until the next one is begun. */
  end(): Uint8Array {
    this.writer.close(this.request, REQUEST_WIDTH)
    return this.writer.written()
  }

  /** A request with all of these spans, valid until the next one is begun. */
  encode(batch: readonly SpanRecord[]): Uint8Array {
    this.begin()
    this.add(batch)
    return this.end()
  }

  /** The spans of the scope of which `first` is the first. */
  private group(first: SpanRecord, spans: readonly SpanRecord[]): void {
    const { writer } = this
    const start = writer.open(RESOURCE_SPANS.scopeSpans, GROUP_WIDTH)
    this.scope(scopeOf(first, this.version))
    this.attributes.setMaker(first.component)
    for (let i = 0; i < spans.length; i++) {
      const span = spans[i] as SpanRecord
      if (areOfOneScope(first, span)) this.span(span)
    }
    writer.close(start, GROUP_WIDTH)
  }

  private scope({ name, version }: InstrumentationScope): void {
    const { writer } = this
    const start = writer.open(SCOPE_SPANS.scope, 1)
    writer.string(SCOPE.name, name)
    if (version !== undefined) writer.string(SCOPE.version, version)
    writer.close(start, 1)
  }

  private span(record: SpanRecord): void {
    const { writer, attributes } = this
    const { logs, links } = record
    const pattern = attributes.patternOf(record)
    const width = pattern?.width ?? SPAN_WIDTH
    const start = writer.open(SCOPE_SPANS.spans, width)
    if (pattern?.opening === undefined || record.context.trace.traceState !== undefined) this.anew(record, pattern)
    else this.again(record, pattern, pattern.opening, start)
    if (record.droppedTags > 0) writer.uint(SPAN.droppedAttributesCount, record.droppedTags)
    if (logs !== undefined) for (const log of logs) this.event(log)
    if (record.droppedLogs > 0) writer.uint(SPAN.droppedEventsCount, record.droppedLogs)
    if (links !== undefined) for (const link of links) this.link(link)
    if (record.droppedLinks > 0) writer.uint(SPAN.droppedLinksCount, record.droppedLinks)
    // A span that has a pattern has neither a verdict nor the tag `error`.
    const status = pattern === undefined ? statusOf(record) : undefined
    if (status !== undefined) this.status(status)
    writer.fixed32(SPAN.flags, flagsOf(record))
    const needed = writer.close(start, width)
    if (pattern !== undefined) pattern.width = needed
  }

  /** A span up to its attributes, field by field. */
  private anew(record: SpanRecord, pattern: Pattern | undefined): void {
    const { writer } = this
    const { trace, id, parent } = record.context
    const start = writer.length
    writer.quad(SPAN.traceId, trace.id)
    writer.pair(SPAN.spanId, id.high, id.low)
    if (trace.traceState !== undefined) writer.string(SPAN.traceState, trace.traceState)
    if (parent !== undefined) writer.pair(SPAN.parentSpanId, parent.high, parent.low)
    writer.string(SPAN.name, record.name)
    writer.uint(SPAN.kind, kindOf(record))
    const times = writer.length
    writer.thousands(SPAN.startTimeUnixNano, microseconds(record.start))
    writer.thousands(SPAN.endTimeUnixNano, microseconds(record.end))
    if (pattern !== undefined && trace.traceState === undefined) {
      pattern.opening = { bytes: writer.copyFrom(start), timesAt: times + 1 - start }
    }
    this.attributes.ofSpan(record, pattern)
  }

  /** A span up to its attributes that begins as one before, but for ids and times. */
  private again(record: SpanRecord, pattern: Pattern, opening: Opening, start: number): void {
    const { writer } = this
    const { trace, id, parent } = record.context
    const same = pattern.alike(record, 0)
    writer.append(pattern.beginning(opening, same))
    writer.putQuad(start + TRACE_ID_AT, trace.id)
    writer.putPair(start + SPAN_ID_AT, id.high, id.low)
    if (parent !== undefined) writer.putPair(start + PARENT_ID_AT, parent.high, parent.low)
    const times = start + opening.timesAt
    writer.putThousands(times, microseconds(record.start))
    writer.putThousands(times + NEXT_TIME, microseconds(record.end))
    if (same < pattern.keys.length) this.attributes.repeat(record, pattern, same, start + opening.bytes.length)
  }

  private readonly eventAttribute: Emit = (_key, value, term) => this.attributes.write(EVENT.attributes, value, term)

  private event(log: LogRecord): void {
    const { writer } = this
    const start = writer.open(SPAN.events, EVENT_WIDTH)
    writer.thousands(EVENT.timeUnixNano, microseconds(log.time))
    writer.string(EVENT.name, eventNameOf(log))
    eventAttributesOf(log, this.eventAttribute)
    writer.close(start, EVENT_WIDTH)
  }

  private link(link: LinkRecord): void {
    const { writer } = this
    const { trace, id } = link.context
    const start = writer.open(SPAN.links, 1)
    writer.quad(LINK.traceId, trace.id)
    writer.pair(LINK.spanId, id.high, id.low)
    if (trace.traceState !== undefined) writer.string(LINK.traceState, trace.traceState)
    const attributes = linkAttributesOf(link)
    for (const key of Object.keys(attributes))
      this.attributes.write(LINK.attributes, attributes[key] as TagValue, termOf(key))
    writer.fixed32(LINK.flags, linkFlagsOf(link))
    writer.close(start, 1)
  }

  private status({ code, message }: OtlpStatus): void {
    const { writer } = this
    const start = writer.open(SPAN.status, 1)
    if (message !== undefined) writer.string(STATUS.message, message)
    writer.uint(STATUS.code, code)
    writer.close(start, 1)
  }
}
