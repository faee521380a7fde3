/**
 * What spans of one kind have in common: the name, the keys of their tags, and most of what these say. The bytes that came
 * of that are kept, and copied as long as the same is said again.
 */
import type { SpanKind, SpanRecord, TagValue } from '../tracer/record.js'
import type { ProtobufWriter } from './protobuf.js'

/** Values of up to so many characters are kept for the next span, in which they may well come again. */
const LONGEST_KEPT = 512
/** Patterns of one maker of spans. */
const MOST = 128
/** Where there are as many, so many spans more go without before all are forgotten: what they are about may have changed. */
const MOST_WITHOUT = 4096
/** Names that have come once are remembered up to this number, to see whether they come again. */
const MOST_ONCE = 256
/** Stretches of attributes that are kept of one pattern. */
const MOST_PARTS = 32
/** Numbers of one key whose attributes are kept: ports of connections and the like, which come by turns. */
const MOST_NUMBERS = 32
/** A kept value that so many spans in a row have not had is outdated. */
const MOST_MISSES = 32

/**
 * Keys of which a value decides whether another key is told: of failures, and what the pieces of a URL become. A span that
 * has one has no pattern.
 */
const ENTANGLED = new Set([
  'error',
  'error.type',
  'url.full',
  'url.scheme',
  'url.path',
  'url.query',
  'server.address',
  'server.port',
])

/** How a span begins: all that comes before its attributes. */
export interface Opening {
  readonly bytes: Uint8Array
  /** Where in it the first of the times stands. */
  readonly timesAt: number
}

export class Pattern {
  readonly kind: SpanKind | undefined
  readonly keys: readonly string[]
  readonly hasParent: boolean
  /** Where among the keys the URL of a request received stands; -1 where there is none. */
  readonly urlAt: number
  /** Two of the keys become the same attribute: there is nothing to be kept. */
  isAmbiguous = false
  opening: Opening | undefined = undefined
  /** How many bytes the length of the last span of the kind took. */
  width: number | undefined = undefined
  /** By key: the value whose attributes are kept; undefined where none is. */
  private values: readonly (TagValue | undefined)[] = []
  /** By key: how many spans in a row have not had the kept value … */
  private readonly misses: number[]
  /** … and the value of the last of them. */
  private readonly others: (TagValue | undefined)[]
  /** All attributes. */
  private bytes: Uint8Array = new Uint8Array()
  /** By key: where in `bytes` its attributes end. */
  private ends: readonly number[] = []
  /** By the first key and the one behind the last: the stretches that have been asked for. */
  private parts: (Uint8Array | undefined)[][] = []
  private partCount = 0
  /** By key: numbers that have come besides the kept one, with their attributes from the second time on. */
  private readonly numbers: (Map<number, Uint8Array | undefined> | undefined)[] = []
  /** By number of keys: the opening with the attributes of as many. */
  private beginnings: (Uint8Array | undefined)[] = []

  constructor({ kind, tags, context }: SpanRecord) {
    this.kind = kind
    this.hasParent = context.parent !== undefined
    this.keys = tags.filter((_, i) => i % 2 === 0) as string[]
    this.urlAt = kind === 'server' ? this.keys.indexOf('http.url') : -1
    this.misses = this.keys.map(() => 0)
    this.others = this.keys.map(() => undefined)
  }

  /** No attributes are kept so far. */
  get isNew(): boolean {
    return this.values.length === 0
  }

  fits({ kind, tags, context }: SpanRecord): boolean {
    const { keys } = this
    if (kind !== this.kind || tags.length !== keys.length * 2) return false
    for (let i = 0; i < keys.length; i++) if (tags[i * 2] !== keys[i]) return false
    return (context.parent !== undefined) === this.hasParent
  }

  /** @param ends by key: where in `bytes` its attributes end */
  keep({ tags }: SpanRecord, bytes: Uint8Array, ends: readonly number[]): void {
    this.values = this.keys.map((_, i) => keepable(tags[i * 2 + 1] as TagValue))
    this.misses.fill(0)
    this.bytes = bytes
    this.ends = ends
    this.parts = []
    this.partCount = 0
    this.beginnings = []
  }

  /** How far, from the key at `from` on, the values are those that are kept. @returns the first key of which it is not */
  alike({ tags }: SpanRecord, from: number): number {
    const { values, misses } = this
    for (let i = from; i < values.length; i++) {
      const value = tags[i * 2 + 1]
      const kept = values[i]
      // Each comparison by itself: V8 has a short one for text, and none for what may be anything.
      if (typeof value === 'string' ? typeof kept !== 'string' || value !== kept : value !== kept) return i
      misses[i] = 0
    }
    return values.length
  }

  /** Another value came. @returns whether it is the one to be kept: it has come twice, and the kept one for long not */
  miss(index: number, value: TagValue): boolean {
    const isAgain = this.others[index] === value
    this.others[index] = keepable(value)
    return ++(this.misses[index] as number) > MOST_MISSES && isAgain
  }

  /** The attributes that a number has become before; undefined if it has not come twice. */
  bytesOf(index: number, value: number): Uint8Array | undefined {
    return this.numbers[index]?.get(value)
  }

  /** Learns what a number becomes: what has been written since there were `start` bytes. */
  meet(index: number, value: number, writer: ProtobufWriter, start: number): void {
    const known = (this.numbers[index] ??= new Map<number, Uint8Array | undefined>())
    const isAgain = known.has(value)
    if (!isAgain && known.size === MOST_NUMBERS) known.clear()
    known.set(value, isAgain ? writer.copyFrom(start) : undefined)
  }

  /** The attributes of the keys `from` up to the one before `to`. */
  part(from: number, to: number): Uint8Array {
    return this.parts[from]?.[to] ?? this.cutOut(from, to)
  }

  private cutOut(from: number, to: number): Uint8Array {
    if (this.partCount++ === MOST_PARTS) {
      this.parts = []
      this.partCount = 1
    }
    const part = this.bytes.slice(this.ends[from - 1] ?? 0, this.ends[to - 1])
    ;(this.parts[from] ??= [])[to] = part
    return part
  }

  /** A span up to the attributes of the key before `to`. */
  beginning({ bytes: opening }: Opening, to: number): Uint8Array {
    return (this.beginnings[to] ??= joined(opening, this.bytes.subarray(0, this.ends[to - 1] ?? 0)))
  }
}

/** The patterns of one maker's spans. */
export class Patterns {
  private readonly known = new Map<string, Pattern[]>()
  private readonly once = new Set<string>()
  private count = 0
  /** Spans that have gone without because there are as many as there may be. */
  private without = 0

  /** Undefined for a span that has none. */
  of(record: SpanRecord): Pattern | undefined {
    if (record.status !== undefined) return undefined
    const patterns = this.known.get(record.name)
    if (patterns === undefined) return this.meet(record)
    for (let i = 0; i < patterns.length; i++) {
      const pattern = patterns[i] as Pattern
      if (pattern.fits(record)) return pattern.isAmbiguous ? undefined : pattern
    }
    return this.begin(record, patterns)
  }

  /** A name that comes for the first time may never come again. */
  private meet(record: SpanRecord): Pattern | undefined {
    if (this.once.delete(record.name)) return this.begin(record, [])
    if (this.once.size === MOST_ONCE) this.once.clear()
    this.once.add(record.name)
    return undefined
  }

  private begin(record: SpanRecord, others: Pattern[]): Pattern | undefined {
    if (!isPredictable(record) || !this.hasRoom()) return undefined
    const pattern = new Pattern(record)
    this.count++
    others.push(pattern)
    this.known.set(record.name, others)
    return pattern
  }

  private hasRoom(): boolean {
    if (this.count < MOST) return true
    if (++this.without < MOST_WITHOUT) return false
    this.known.clear()
    this.count = this.without = 0
    return false
  }
}

/** Whether each key is there once and says the same, whatever the others say. */
function isPredictable({ tags, scope, component }: SpanRecord): boolean {
  if (tags.length === 0 || scope !== undefined || component === undefined) return false
  const keys = new Set<unknown>()
  for (let i = 0; i < tags.length; i += 2) {
    if (keys.has(tags[i]) || ENTANGLED.has(tags[i] as string)) return false
    keys.add(tags[i])
  }
  return true
}

/** Not what is long. */
function keepable(value: TagValue): TagValue | undefined {
  return typeof value === 'string' && value.length > LONGEST_KEPT ? undefined : value
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length)
  both.set(one)
  both.set(other, one.length)
  return both
}
