/**
 * Several header formats as one. All are written; when reading, the first listed that has a valid pair of ids gives them,
 * and the others may add what it left open. A trace without a parent (X-Ray, Google) counts where there is no such pair.
 */
import { ledger } from '../ledger.js'
import { NO_TRACE, Sampling, SpanContext, type Baggage, type TraceIdentity } from '../tracer/context.js'
import { SpanId } from '../tracer/span-id.js'
import { TraceId } from '../tracer/trace-id.js'
import { Beginnings, initialOf, initialsOf } from './beginnings.js'
import type { Found, Propagator, Reader, TraceIds, Writer } from './propagator.js'

const NONE: readonly string[] = []

export class Composite {
  readonly propagators: readonly Propagator[]
  private readonly fields: ReadonlySet<string>
  /** Their first letters: few headers of an application get past these. */
  private readonly initials: number
  private readonly beginnings: Beginnings
  /** The list of names that was looked at last … */
  private seen: readonly string[] = NONE
  /** … and whether any of its names is one of ours. A caller that sends the same headers again has the same list. */
  private hasOurs = false

  constructor(propagators: readonly Propagator[]) {
    this.propagators = propagators
    this.fields = new Set(propagators.flatMap(({ fields }) => fields))
    this.initials = initialsOf([...this.fields])
    this.beginnings = new Beginnings(propagators.flatMap(({ reads }) => reads))
  }

  /**
   * Writes `context` in every format, never an invalid id.
   *
   * @param present lower-case names of the headers that are already there; a format any of whose headers is, is left out
   *   whole: the caller has spoken in that format. No header is written twice.
   * @param isPlain see {@link Propagator.inject}
   */
  inject(context: SpanContext, write: Writer, present: readonly string[] = NONE, isPlain?: boolean): void {
    const writeNew = this.mayClash(context, present) ? besides(present, write) : write
    for (const propagator of this.propagators) {
      if (writeNew === write || !present.some((name) => propagator.fields.includes(name)))
        propagator.inject(context, writeNew, isPlain)
    }
  }

  /**
   * Those of `present` with which the caller passes on what the request came with that is being served, as a proxy does.
   * Left as they are, the next service would be called by the one before this.
   *
   * @param valueOf the value of one of them
   */
  passedOn(context: SpanContext, present: readonly string[], valueOf: (name: string) => unknown): readonly string[] {
    const sender = context.local?.root?.context().parentId
    if (sender === undefined || !present.some((name) => this.fields.has(name))) return NONE
    const reader: Reader = { get: (name) => textOf(valueOf(name)), names: () => present }
    return this.propagators.flatMap((propagator) => {
      const own = present.filter((name) => propagator.fields.includes(name))
      const ids = own.length === 0 ? undefined : propagator.extract(reader)?.ids
      return ids?.traceId === context.traceId && ids.spanId === sender ? own : NONE
    })
  }

  /** `present` where one of its formats may be among those that are written, else none. */
  clashing(context: SpanContext, present: readonly string[]): readonly string[] {
    return this.mayClash(context, present) ? present : NONE
  }

  /** Hardly ever. Baggage has headers that no list names. */
  private mayClash({ baggage }: SpanContext, present: readonly string[]): boolean {
    if (present.length === 0) return false
    if (baggage !== undefined) return true
    if (present !== this.seen) {
      this.hasOurs = present.some((name) => (this.initials & initialOf(name)) !== 0 && this.fields.has(name))
      this.seen = present
    }
    return this.hasOurs
  }

  /** Reads a context, or null if no format found anything. */
  extract(reader: Reader): SpanContext | null {
    if (reader.lacks?.(this.beginnings) === true) return null
    let all: Found[] | undefined
    for (const propagator of this.propagators) {
      const found = propagator.extract(reader)
      if (found !== undefined) (all ??= []).push(found)
    }
    return all === undefined ? null : contextFrom(all)
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** A writer that leaves alone what is there. */
function besides(present: readonly string[], write: Writer): Writer {
  return (name, value) => present.includes(name) || write(name, value)
}

/** What the formats found, in their order, as one context; null if it comes to nothing. */
export function contextFrom(all: readonly Found[]): SpanContext | null {
  const main = mainOf(all)
  const ids = main?.ids
  const debugId = ids === undefined ? firstOf(all, 'debugId') : undefined
  const baggage = merged(all, ids === undefined)
  const sampling = debugId === undefined ? decide(all, main) : Sampling.Debug
  if (ids === undefined && baggage === undefined && sampling === Sampling.Undecided) return null
  const entryTags = debugId === undefined ? main?.entryTags : { 'jaeger-debug-id': debugId }
  const parent = ids?.parentId === undefined ? undefined : SpanId.of(ids.parentId)
  return new SpanContext(
    identity(all, ids),
    SpanId.of(ids?.spanId ?? ''),
    parent,
    sampling,
    baggage,
    undefined,
    entryTags,
  )
}

/** The first with a pair of ids, else the first with a trace. */
function mainOf(all: readonly Found[]): Found | undefined {
  let withTrace: Found | undefined
  for (const found of all) {
    if (found.ids === undefined) continue
    if (found.ids.spanId !== '') return found
    withTrace ??= found
  }
  return withTrace
}

/**
 * The main format's decision; where it left that open, the first one of a format that carries no other trace. A debug
 * flag of the same trace beats a plain accept, which W3C cannot tell apart.
 */
function decide(all: readonly Found[], main: Found | undefined): Sampling {
  if (all.length === 1) return all[0]?.sampling ?? Sampling.Undecided
  let decision: Sampling = main?.sampling ?? Sampling.Undecided
  let isDebug = false
  let isConflicting = false
  for (const { ids, sampling = Sampling.Undecided, isVague } of all) {
    if (ids !== undefined && ids.traceId !== main?.ids?.traceId) {
      isConflicting = true
      continue
    }
    isDebug ||= sampling === Sampling.Debug
    if (decision === Sampling.Undecided && isVague !== true) decision = sampling
  }
  if (isConflicting) ledger.headers.conflicting++
  return isDebug && decision === Sampling.Accepted ? Sampling.Debug : decision
}

/** A later format of the same trace adds what only it can tell. */
function identity(all: readonly Found[], ids: TraceIds | undefined): TraceIdentity {
  const properties = firstOf(all, 'properties')
  if (ids === undefined) return properties === undefined ? NO_TRACE : { ...NO_TRACE, properties }
  const { traceId, narrow } = ids
  let random = false
  let traceState: string | undefined
  let opaque: Record<string, string> | undefined
  for (const found of all) {
    if (found.ids?.traceId !== traceId) continue
    random ||= found.random === true
    traceState ??= found.traceState
    if (found.opaque !== undefined) opaque = Object.assign(opaque ?? {}, found.opaque)
  }
  return { id: TraceId.of(traceId), narrow, traceState, random, properties, opaque }
}

function firstOf<Key extends keyof Found>(all: readonly Found[], key: Key): Found[Key] | undefined {
  for (const found of all) if (found[key] !== undefined) return found[key]
  return undefined
}

/**
 * All baggage; where two formats name a key, the one listed first has its way.
 *
 * @param isRoot no format found ids, which is when what was set by hand counts too
 */
function merged(all: readonly Found[], isRoot: boolean): Baggage | undefined {
  let items: Map<string, string> | undefined
  for (const { baggage, rootBaggage } of all) {
    if (baggage !== undefined) items = joined(items, baggage)
    if (isRoot && rootBaggage !== undefined) items = joined(items, rootBaggage)
  }
  return items
}

function joined(items: Map<string, string> | undefined, more: Baggage): Map<string, string> {
  const all = items ?? new Map<string, string>()
  for (const [name, value] of more) if (!all.has(name)) all.set(name, value)
  return all
}

export type { Propagator, Reader, Writer }
