/**
 * Attributes as OTLP protobuf has them: of spans, most of which say what others of their kind have said before, and of
 * whatever else has some.
 */
import type { SpanRecord, TagArray, TagValue } from '../tracer/record.js'
import { Patterns, type Pattern } from './otlp-pattern.js'
import { ProtobufWriter } from './protobuf.js'
import { attributesOf, attributesOfTag, beginAttributes, termOf, type Emit, type Term } from './semantics.js'

/** Field number and wire type, message by message (opentelemetry-proto 1.9). */
const SPAN = { attributes: 0x4a } as const
const KEY_VALUE = { key: 0x0a, value: 0x12 } as const
const ANY_VALUE = { string: 0x0a, bool: 0x10, int: 0x18, double: 0x21, array: 0x2a } as const
const ARRAY_VALUE = { values: 0x0a } as const

/** A message that holds a text of this length still has a length of one byte. */
const ONE_BYTE = 120
/** Makers of spans whose patterns are kept. Applications may have tracers without end. */
const MOST_MAKERS = 16

export class OtlpAttributes {
  private readonly writer: ProtobufWriter
  private readonly makers = new Map<string | undefined, Patterns>()
  /** Of whoever made the spans at hand. */
  private patterns: Patterns | undefined
  /** What the last URL of a request received began with, as `http://shop:80` … */
  private origin = ''
  /** … and the attributes that came of it. */
  private originBytes: Uint8Array = new Uint8Array()

  constructor(writer: ProtobufWriter) {
    this.writer = writer
  }

  /** @param component the instrumentation that made the spans to come */
  setMaker(component: string | undefined): void {
    this.patterns = this.makers.get(component)
    if (this.patterns !== undefined || this.makers.size === MOST_MAKERS) return
    this.patterns = new Patterns()
    this.makers.set(component, this.patterns)
  }

  /** What is known of spans that say the like; undefined for one that has to be looked at by itself. */
  patternOf(record: SpanRecord): Pattern | undefined {
    return this.patterns?.of(record)
  }

  /** Writes what the tags of a span become, of a pattern or none. */
  ofSpan(record: SpanRecord, pattern: Pattern | undefined): void {
    if (pattern === undefined) return attributesOf(record, this.emit)
    if (pattern.isNew) return this.learn(record, pattern)
    const start = this.writer.length
    const same = pattern.alike(record, 0)
    if (same > 0) this.writer.append(pattern.part(0, same))
    this.repeat(record, pattern, same, start)
  }

  /**
   * Writes the rest of what the tags of a span become: what is the same as before is copied, what is not is made.
   *
   * @param from the first key of which it is not
   * @param start where the first attribute begins
   */
  repeat(record: SpanRecord, pattern: Pattern, from: number, start: number): void {
    const { writer } = this
    const { length } = pattern.keys
    let isOutdated = false
    for (let i = from; i < length;) {
      if (this.isOtherwise(record, pattern, i)) isOutdated = true
      const next = pattern.alike(record, i + 1)
      if (next > i + 1) writer.append(pattern.part(i + 1, next))
      i = next
    }
    if (!isOutdated) return
    writer.rewind(start)
    this.keep(record, pattern)
  }

  /** Writes one attribute. */
  write(tag: number, value: TagValue, term: Term): void {
    const { writer } = this
    const key = (term.bytes ??= encodeKey(term.key))
    if (typeof value === 'string' && writer.shortText(tag, key, KEY_VALUE.value, ANY_VALUE.string, value)) return
    const size = typeof value === 'string' ? value.length : 0
    const width = key.length + size < ONE_BYTE ? 1 : 2
    const valueWidth = size < ONE_BYTE ? 1 : 2
    const start = writer.open(tag, width)
    writer.append(key)
    const valueStart = writer.open(KEY_VALUE.value, valueWidth)
    this.value(value)
    writer.close(valueStart, valueWidth)
    writer.close(start, width)
  }

  private readonly emit: Emit = (_key, value, term) => this.write(SPAN.attributes, value, term)

  /** Writes what a tag becomes that has not the value which is kept. @returns whether it is the one to be kept */
  private isOtherwise(record: SpanRecord, pattern: Pattern, index: number): boolean {
    if (index === pattern.urlAt) {
      this.url(record, index * 2)
      return false
    }
    const value = record.tags[index * 2 + 1] as TagValue
    if (typeof value === 'number') this.number(record, pattern, index, value)
    else this.tag(record, index * 2)
    return pattern.miss(index, value)
  }

  private tag(record: SpanRecord, at: number): void {
    beginAttributes(this.emit)
    attributesOfTag(record, at)
  }

  private number(record: SpanRecord, pattern: Pattern, index: number, value: number): void {
    const known = pattern.bytesOf(index, value)
    if (known !== undefined) return this.writer.append(known)
    const start = this.writer.length
    this.tag(record, index * 2)
    pattern.meet(index, value, this.writer, start)
  }

  /** The URL of a request received, which is told in pieces. Nearly all begin as the one before. */
  private url(record: SpanRecord, at: number): void {
    const { writer, origin } = this
    const url = record.tags[at + 1] as TagValue
    if (origin !== '' && typeof url === 'string' && isPathBehind(origin, url)) {
      writer.append(this.originBytes)
      return this.write(SPAN.attributes, url.slice(origin.length), URL_PATH)
    }
    const start = writer.length
    beginAttributes((key, value, term) => {
      if (term === URL_PATH) this.keepOrigin(String(url), String(value), start)
      this.emit(key, value, term)
    })
    attributesOfTag(record, at)
  }

  /** @param start where the attributes begin that came before the path */
  private keepOrigin(url: string, path: string, start: number): void {
    if (!url.endsWith(path)) return
    this.origin = url.slice(0, -path.length)
    this.originBytes = this.writer.copyFrom(start)
  }

  /** The first span of a pattern, unless two of its tags become the same attribute. */
  private learn(record: SpanRecord, pattern: Pattern): void {
    const start = this.writer.length
    pattern.isAmbiguous = !this.keep(record, pattern)
    if (!pattern.isAmbiguous) return
    this.writer.rewind(start)
    attributesOf(record, this.emit)
  }

  /** Writes a span's attributes tag by tag, for the pattern to keep. @returns whether each key came once */
  private keep(record: SpanRecord, pattern: Pattern): boolean {
    const { writer } = this
    const start = writer.length
    const terms: Term[] = []
    const ends = pattern.keys.map((_, i) => {
      beginAttributes((key, value, term) => {
        terms.push(term)
        this.emit(key, value, term)
      })
      attributesOfTag(record, i * 2)
      return writer.length - start
    })
    pattern.keep(record, writer.copyFrom(start), ends)
    return new Set(terms).size === terms.length
  }

  private value(value: TagValue): void {
    const { writer } = this
    if (typeof value === 'string') writer.string(ANY_VALUE.string, value)
    else if (typeof value === 'boolean') writer.uint(ANY_VALUE.bool, value ? 1 : 0)
    else if (typeof value !== 'number') this.array(value)
    else if (Number.isSafeInteger(value)) writer.int(ANY_VALUE.int, value)
    else writer.double(ANY_VALUE.double, value)
  }

  private array(values: TagArray): void {
    const { writer } = this
    const start = writer.open(ANY_VALUE.array, 1)
    for (const value of values) {
      const one = writer.open(ARRAY_VALUE.values, 1)
      // A value that is null has no kind.
      if (value !== null) this.value(value)
      writer.close(one, 1)
    }
    writer.close(start, 1)
  }
}

const URL_PATH = termOf('url.path')

/** Whether a URL is an origin and a path, and no more than that. */
function isPathBehind(origin: string, url: string): boolean {
  // V8 compares two texts by words, and looks for the beginning of one by characters.
  return url.slice(0, origin.length) === origin && url[origin.length] === '/' && !url.includes('?')
}

const keyWriter = new ProtobufWriter()

/** A KeyValue's key with its tag. */
function encodeKey(key: string): Uint8Array {
  keyWriter.reset()
  keyWriter.string(KEY_VALUE.key, key)
  return new Uint8Array(keyWriter.written())
}
