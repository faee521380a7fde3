/**
 * OTLP's ExportTraceServiceRequest as protobuf (opentelemetry-proto 1.9). Field numbers stand where they are read.
 */
import type { Link, Log, Value } from '../../model/trace.js'
import { tagsOf, type FlatTags, type KeptProcess } from '../store/kept.js'
import { errorIn, spanIdOf, traceIdOf, type Intake } from './intake.js'
import { ERROR, kindOf, serviceOf } from './otlp.js'
import { between, BYTES, milliseconds, ProtobufReader, type Halves } from './protobuf.js'

const DEEPEST = 16

/** Puts a request's spans into `intake`. @throws Malformed where it is no protobuf */
export function readOtlpProtobuf(bytes: Buffer, intake: Intake): void {
  new OtlpReader(bytes, intake).request()
}

class OtlpReader {
  private readonly from: ProtobufReader
  private readonly intake: Intake
  private readonly start: Halves = { low: 0, high: 0 }
  private readonly end: Halves = { low: 0, high: 0 }
  private readonly time: Halves = { low: 0, high: 0 }

  constructor(bytes: Buffer, intake: Intake) {
    this.from = new ProtobufReader(bytes)
    this.intake = intake
  }

  request(): void {
    const { from } = this
    while (from.next(from.length)) {
      if (from.field === 1 && from.type === BYTES) this.resourceSpans(from.block())
      else from.skip()
    }
  }

  /** Who made the spans may stand before or behind them. */
  private resourceSpans(end: number): void {
    const { from } = this
    const begin = from.at
    const tags: Value[] = []
    this.each(end, 1, (end) => this.attributes(end, 1, tags))
    const process = this.intake.process(serviceOf(tags), tags)
    from.at = begin
    this.each(end, 2, (end) => this.scopeSpans(end, process))
  }

  private scopeSpans(end: number, process: KeptProcess): void {
    const { from } = this
    const begin = from.at
    let scope: string | undefined
    this.each(end, 1, (end) => (scope = this.text(end, 1)))
    from.at = begin
    this.each(end, 2, (end) => this.span(end, process, scope))
  }

  private span(end: number, process: KeptProcess, scope: string | undefined): void {
    const { from, intake } = this
    let [traceId, id, parentId, name, kind, failed, message] = ['', '', '', '', 0, false, '']
    let logs: Log[] | undefined
    let links: Link[] | undefined
    const tags: Value[] = []
    this.start.low = this.start.high = this.end.low = this.end.high = 0
    while (from.next(end)) {
      const { field } = from
      if (field === 1) traceId = from.hex()
      else if (field === 2) id = from.hex()
      else if (field === 4) parentId = from.hex()
      else if (field === 5) name = from.string()
      else if (field === 6) kind = from.number()
      else if (field === 7) from.fixed64(this.start)
      else if (field === 8) from.fixed64(this.end)
      else if (field === 9) this.attribute(from.block(), tags)
      else if (field === 11) (logs ??= []).push(this.event(from.block()))
      else if (field === 13) (links ??= []).push(this.link(from.block()))
      else if (field === 15) {
        const end = from.block()
        while (from.next(end)) {
          if (from.field === 2) message = from.string()
          else if (from.field === 3) failed = from.number() === ERROR
          else from.skip()
        }
      } else from.skip()
    }
    intake.add({
      traceId: traceIdOf(traceId),
      id: spanIdOf(id),
      parentId: spanIdOf(parentId),
      name: intake.text(name),
      kind: kindOf(kind),
      process,
      start: milliseconds(this.start),
      duration: between(this.start, this.end),
      failed,
      error: failed ? (message === '' ? errorIn(tags, logs) : intake.text(message)) : undefined,
      scope,
      tags,
      logs,
      links,
    })
  }

  private event(end: number): Log {
    const { from } = this
    const tags: Value[] = []
    let name = ''
    this.time.low = this.time.high = 0
    while (from.next(end)) {
      if (from.field === 1) from.fixed64(this.time)
      else if (from.field === 2) name = this.intake.text(from.string())
      else if (from.field === 3) this.attribute(from.block(), tags)
      else from.skip()
    }
    return { time: milliseconds(this.time), name, tags: tagsOf(tags) }
  }

  private link(end: number): Link {
    const { from } = this
    const tags: Value[] = []
    let [traceId, spanId] = ['', '']
    while (from.next(end)) {
      if (from.field === 1) traceId = from.hex()
      else if (from.field === 2) spanId = from.hex()
      else if (from.field === 4) this.attribute(from.block(), tags)
      else from.skip()
    }
    return { traceId: traceIdOf(traceId) ?? '', spanId: spanIdOf(spanId) ?? '', tags: tagsOf(tags) }
  }

  private attributes(end: number, field: number, into: Value[]): void {
    this.each(end, field, (end) => this.attribute(end, into))
  }

  /** A KeyValue. */
  private attribute(end: number, into: Value[], depth = 0): void {
    const { from } = this
    let key = ''
    let value: Value = null
    while (from.next(end)) {
      if (from.field === 1) key = this.intake.text(from.string())
      else if (from.field === 2) value = this.value(from.block(), depth)
      else from.skip()
    }
    into.push(key, value)
  }

  /** An AnyValue. */
  private value(end: number, depth: number): Value {
    const { from, intake } = this
    let value: Value = null
    while (from.next(end)) {
      const { field } = from
      if (field === 1) value = intake.text(from.string())
      else if (field === 2) value = from.number() !== 0
      else if (field === 3) value = from.int64()
      else if (field === 4) value = finite(from.double())
      else if (field === 7) value = from.base64()
      else if ((field === 5 || field === 6) && depth < DEEPEST) value = this.many(from.block(), field, depth + 1)
      else from.skip()
    }
    return value
  }

  /** An ArrayValue or a KeyValueList. */
  private many(end: number, kind: number, depth: number): Value {
    const list: Value[] = []
    this.each(end, 1, (end) => {
      if (kind === 5) list.push(this.value(end, depth))
      else this.attribute(end, list, depth)
    })
    return kind === 5 ? list : tagsOf(list satisfies FlatTags)
  }

  /** The first text of a message's `field`. */
  private text(end: number, field: number): string | undefined {
    const { from } = this
    let text: string | undefined
    while (from.next(end)) {
      if (from.field === field && from.type === BYTES) text = this.intake.text(from.string())
      else from.skip()
    }
    return text === '' ? undefined : text
  }

  /** Calls `read` for each of a message's `field`, which must leave the reader at the given end. */
  private each(end: number, field: number, read: (end: number) => void): void {
    const { from } = this
    while (from.next(end)) {
      if (from.field === field && from.type === BYTES) read(from.block())
      else from.skip()
    }
  }
}

function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}
