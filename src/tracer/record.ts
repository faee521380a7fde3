/**
 * What a recorded span has to tell, in the shape in which exporters get it. A span gives its record away when it
 * finishes and keeps only ids: a context held by a keep-alive socket then holds bytes, not the span's tags.
 */
import type { SpanContext } from './context.js'

/** Values that a tag may have; anything else is turned into text when it is set. */
export type TagValue = string | number | boolean | TagArray

/** Several values, which only OpenTelemetry's API sets. Where a format has no arrays, JSON text stands for one. */
export type TagArray = readonly (string | number | boolean | null)[]

/** Tags as a record has them: key, value, key, value. On the way there a value may be undefined: there is no such tag. */
export type Tags = (string | TagValue | undefined)[]

/** The role of a span (OpenTracing `span.kind`), undefined for work inside the process. */
export type SpanKind = 'server' | 'client' | 'producer' | 'consumer'

export function isKind(value: unknown): value is SpanKind {
  return value === 'server' || value === 'client' || value === 'producer' || value === 'consumer'
}

export interface LogRecord {
  /** Epoch milliseconds, fractions allowed. */
  readonly time: number
  readonly fields: Readonly<Record<string, TagValue>>
  /** The name of an OpenTelemetry event, whose `fields` are its attributes; OpenTracing's stands in the field `event`. */
  readonly name?: string | undefined
}

/** A further reference of a span beside its parent. */
export interface LinkRecord {
  readonly context: SpanContext
  readonly type: 'child_of' | 'follows_from'
  /** What OpenTelemetry's API said of the link. An OpenTracing reference has its type alone. */
  readonly attributes?: Readonly<Record<string, TagValue>>
}

/** The application's own verdict, by OpenTelemetry's API. It counts more than the tag `error`. */
export interface Status {
  readonly ok: boolean
  readonly message: string | undefined
}

/** Tags to be. */
export interface Untold {
  next: Untold | undefined
  /** Puts them to the record's. Never throws. */
  tell(record: SpanRecord): void
}

/** The OpenTelemetry tracer that made a span: the library or the part of the application that it was got for. */
export interface InstrumentationScope {
  readonly name: string
  readonly version: string | undefined
}

export class SpanRecord {
  context: SpanContext
  kind: SpanKind | undefined
  /** Which instrumentation made the span; the OTLP scope and the OpenTracing tag `component`. */
  readonly component: string | undefined
  /** The parent lives in another process. */
  readonly parentIsRemote: boolean
  /** Epoch milliseconds, fractions allowed. */
  readonly start: number
  end = 0
  name: string
  logs: LogRecord[] | undefined = undefined
  links: LinkRecord[] | undefined = undefined
  droppedTags = 0
  droppedLogs = 0
  droppedLinks = 0
  status: Status | undefined = undefined
  /** Set for spans made by OpenTelemetry's API: their tags are that API's attributes and mean what they say. */
  scope: InstrumentationScope | undefined = undefined
  /** Where it stands among the open ones. See open-spans.ts. */
  slot = 0
  private told: (string | TagValue)[] = []
  /** What is still to be put to the tags, in its order. */
  private untold: Untold | undefined = undefined

  constructor(
    context: SpanContext,
    name: string,
    kind: SpanKind | undefined,
    component: string | undefined,
    parentIsRemote: boolean,
    start: number,
  ) {
    this.context = context
    this.name = name
    this.kind = kind
    this.component = component
    this.parentIsRemote = parentIsRemote
    this.start = start
  }

  /** Flat: key, value, key, value. A key may stand twice; the last one counts. */
  get tags(): (string | TagValue)[] {
    if (this.untold !== undefined) this.tell()
    return this.told
  }

  set tags(tags: (string | TagValue)[]) {
    this.told = tags
  }

  /** Adds what is to become tags by the time when somebody asks for them. */
  tellLater(untold: Untold): void {
    if (this.untold === undefined) this.untold = untold
    else lastOf(this.untold).next = untold
  }

  /** Has all tags made that are to be, as the first look at them does. */
  tell(): void {
    let { untold } = this
    // What tells puts it to the tags.
    this.untold = undefined
    for (; untold !== undefined; untold = untold.next) untold.tell(this)
  }

  /** The last value set for `key`. For exporters and tests; O(number of tags). */
  tag(key: string): TagValue | undefined {
    const { tags } = this
    for (let i = tags.length - 2; i >= 0; i -= 2) if (tags[i] === key) return tags[i + 1]
    return undefined
  }
}

function lastOf(untold: Untold): Untold {
  let last = untold
  while (last.next !== undefined) last = last.next
  return last
}
