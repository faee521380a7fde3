/**
 * Attributes as OTLP protobuf has them: of spans, most of which say what others of their kind have said before, and of
 * whatever else has some.
 */
import type { SpanRecord, TagArray, TagValue } from '../tracer/record.js'
import { Patterns, type Pattern } from './otlp-pattern.js'
import { ProtobufWriter } from './protobuf.js'
import { attributesOf, attributesOfTag, beginAttributes, type Emit, type Term } from './semantics.js'

/** Field number and wire type, message by message (opentelemetry-proto 1.9). */
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
  /** The field that the attributes of the span at hand are. */
  private tag = 0

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

  /** Writes what the tags of a span become. */
  ofSpan(tag: number, record: SpanRecord): void {
    this.tag = tag
    const pattern = this.patterns?.of(record)
    if (pattern === undefined) attributesOf(record, this.emit)
    else if (pattern.isNew) this.learn(record, pattern)
    else this.repeat(record, pattern)
  }

  /** Writes one attribute. */
  write(tag: number, value: TagValue, term: Term): void {
    const { writer } = this
    const key = (term.bytes ??= encodeKey(term.key))
    const size = typeof value === 'string' ? value.length : 0
    const width = key.length + size < ONE_BYTE ? 1 : 2
    const valueWidth = size < ONE_BYTE ? 1 : 2
    const start = writer.open(tag, width)
    writer.raw(key)
    const valueStart = writer.open(KEY_VALUE.value, valueWidth)
    this.value(value)
    writer.close(valueStart, valueWidth)
    writer.close(start, width)
  }

  private readonly emit: Emit = (_key, value, term) => this.write(this.tag, value, term)

  /** What is the same as before is copied, what is not is made. */
  private repeat(record: SpanRecord, pattern: Pattern): void {
    const { writer } = this
    const { tags } = record
    const { values } = pattern
    const start = writer.position
    let isOutdated = false
    /** From here on up to the key at hand all is the same. */
    let same = 0
    for (let i = 0; i < values.length; i++) {
      const value = tags[i * 2 + 1] as TagValue
      if (value === values[i]) {
        pattern.hit(i)
        continue
      }
      if (same < i) writer.raw(pattern.part(same, i))
      same = i + 1
      if (pattern.miss(i, value)) isOutdated = true
      beginAttributes(this.emit)
      attributesOfTag(record, i * 2)
    }
    if (same < values.length) writer.raw(pattern.part(same, values.length))
    if (!isOutdated) return
    writer.rewind(start)
    this.keep(record, pattern)
  }

  /** The first span of a pattern, unless two of its tags become the same attribute. */
  private learn(record: SpanRecord, pattern: Pattern): void {
    const start = this.writer.position
    pattern.isAmbiguous = !this.keep(record, pattern)
    if (!pattern.isAmbiguous) return
    this.writer.rewind(start)
    attributesOf(record, this.emit)
  }

  /** Writes a span's attributes tag by tag, for the pattern to keep. @returns whether each key came once */
  private keep(record: SpanRecord, pattern: Pattern): boolean {
    const { writer } = this
    const start = writer.position
    const terms: Term[] = []
    const ends = pattern.keys.map((_, i) => {
      beginAttributes((key, value, term) => {
        terms.push(term)
        this.emit(key, value, term)
      })
      attributesOfTag(record, i * 2)
      return writer.position - start
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

const keyWriter = new ProtobufWriter()

/** A KeyValue's key with its tag. */
function encodeKey(key: string): Uint8Array {
  keyWriter.reset()
  keyWriter.string(KEY_VALUE.key, key)
  return new Uint8Array(keyWriter.written())
}
