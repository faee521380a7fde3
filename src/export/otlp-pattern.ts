/**
 * What spans of one kind have in common: the keys of their tags, and most of what these say. The attributes that came of
 * that are kept as bytes, and copied as long as the same is said again.
 */
import type { SpanKind, SpanRecord, TagValue } from '../tracer/record.js'

/** Values of up to so many characters are kept for the next span, in which they may well come again. */
const LONGEST_KEPT = 512
/** Patterns of one maker of spans. */
const MOST = 16
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

/** Bytes of neighbouring attributes, up to the one before `to`. */
interface Part {
  readonly to: number
  readonly bytes: Uint8Array
}

export class Pattern {
  readonly kind: SpanKind | undefined
  readonly keys: readonly string[]
  /** Two of the keys become the same attribute: there is nothing to be kept. */
  isAmbiguous = false
  /** By key: the value whose attributes are kept; undefined where none is. */
  values: readonly (TagValue | undefined)[] = []
  /** By key: how many spans in a row have not had the kept value … */
  private readonly misses: number[]
  /** … and the value of the last of them. */
  private readonly others: (TagValue | undefined)[]
  private bytes: Uint8Array = new Uint8Array()
  /** By key: where in `bytes` its attributes end. */
  private ends: readonly number[] = []
  /** By the first key: the stretch that was last asked for. */
  private parts: (Part | undefined)[] = []

  constructor({ kind, tags }: SpanRecord) {
    this.kind = kind
    this.keys = tags.filter((_, i) => i % 2 === 0) as string[]
    this.misses = this.keys.map(() => 0)
    this.others = this.keys.map(() => undefined)
  }

  /** Nothing is kept so far. */
  get isNew(): boolean {
    return this.values.length === 0
  }

  fits({ kind, tags }: SpanRecord): boolean {
    const { keys } = this
    if (kind !== this.kind || tags.length !== keys.length * 2) return false
    for (let i = 0; i < keys.length; i++) if (tags[i * 2] !== keys[i]) return false
    return true
  }

  /** @param ends by key: where in `bytes` its attributes end */
  keep({ tags }: SpanRecord, bytes: Uint8Array, ends: readonly number[]): void {
    this.values = this.keys.map((_, i) => keepable(tags[i * 2 + 1] as TagValue))
    this.misses.fill(0)
    this.bytes = bytes
    this.ends = ends
    this.parts = []
  }

  /** The kept value came. */
  hit(index: number): void {
    this.misses[index] = 0
  }

  /** Another value came. @returns whether it is the one to be kept: it has come twice, and the kept one for long not */
  miss(index: number, value: TagValue): boolean {
    const isAgain = this.others[index] === value
    this.others[index] = keepable(value)
    return ++(this.misses[index] as number) > MOST_MISSES && isAgain
  }

  /** The attributes of the keys `from` up to the one before `to`. */
  part(from: number, to: number): Uint8Array {
    const known = this.parts[from]
    if (known?.to === to) return known.bytes
    const bytes = this.bytes.slice(this.ends[from - 1] ?? 0, this.ends[to - 1])
    this.parts[from] = { to, bytes }
    return bytes
  }
}

/** The patterns of one maker's spans. */
export class Patterns {
  private readonly known: Pattern[] = []

  /** Undefined for a span that has none. */
  of(record: SpanRecord): Pattern | undefined {
    const { known } = this
    for (let i = 0; i < known.length; i++) {
      const pattern = known[i] as Pattern
      if (pattern.fits(record)) return pattern.isAmbiguous || record.status !== undefined ? undefined : pattern
    }
    if (known.length === MOST || !isPredictable(record)) return undefined
    const pattern = new Pattern(record)
    known.push(pattern)
    return pattern
  }
}

/** Whether each key is there once and says the same, whatever the others say. */
function isPredictable({ tags, status, scope, component }: SpanRecord): boolean {
  if (tags.length === 0 || status !== undefined || scope !== undefined || component === undefined) return false
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
