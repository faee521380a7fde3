/**
 * Several header formats as one. All are written; when reading, the first listed that has valid ids gives them, and the
 * others may add what it left open.
 */
import { NO_TRACE, Sampling, SpanContext, type Baggage } from '../tracer/context.js'
import type { Found, Propagator, Reader, Writer } from './propagator.js'

export class Composite {
  readonly propagators: readonly Propagator[]

  constructor(propagators: readonly Propagator[]) {
    this.propagators = propagators
  }

  /**
   * Writes `context` in every format, never an invalid id.
   *
   * @param taken tells whether a header is already there; a format any of whose headers is, is left out whole: the
   *   caller has spoken in that format. No header is written twice.
   */
  inject(context: SpanContext, write: Writer, taken?: (field: string) => boolean): void {
    if (context.spanId === '' || context.trace.traceId === '') return
    const writeNew: Writer = taken === undefined ? write : (name, value) => taken(name) || write(name, value)
    for (const propagator of this.propagators) {
      if (taken === undefined || !propagator.fields.some(taken)) propagator.inject(context, writeNew)
    }
  }

  /** Reads a context, or null if no format found anything. */
  extract(reader: Reader): SpanContext | null {
    let all: Found[] | undefined
    for (const propagator of this.propagators) {
      const found = propagator.extract(reader)
      if (found !== undefined) (all ??= []).push(found)
    }
    return all === undefined ? null : combine(all)
  }
}

function combine(all: readonly Found[]): SpanContext | null {
  const main = all.find((found) => found.ids !== undefined)
  const ids = main?.ids
  const debugId = ids === undefined ? firstOf(all, 'debugId') : undefined
  const baggage = ids === undefined ? merged(all, ['baggage', 'rootBaggage']) : merged(all, ['baggage'])
  const sampling = debugId === undefined ? decide(all, main) : Sampling.Debug
  if (ids === undefined && baggage === undefined && sampling === Sampling.Undecided) return null
  const trace =
    ids === undefined
      ? NO_TRACE
      : {
          traceId: ids.traceId,
          narrow: ids.narrow,
          traceState: stateFor(all, ids.traceId),
          random: randomFor(all, ids.traceId),
        }
  return new SpanContext(trace, ids?.spanId ?? '', undefined, sampling, baggage, undefined, debugId)
}

/**
 * The main format's decision; where it left that open, the first one of a format that carries no other trace. A debug
 * flag of the same trace beats a plain accept, which W3C cannot tell apart.
 */
function decide(all: readonly Found[], main: Found | undefined): Sampling {
  const related = all.filter((found) => found.ids === undefined || found.ids.traceId === main?.ids?.traceId)
  const own = main?.sampling ?? Sampling.Undecided
  const decided = (found: Found): boolean => (found.sampling ?? Sampling.Undecided) !== Sampling.Undecided
  const first = own !== Sampling.Undecided ? own : (related.find(decided)?.sampling ?? Sampling.Undecided)
  const debug = related.some((found) => found.sampling === Sampling.Debug)
  return first === Sampling.Accepted && debug ? Sampling.Debug : first
}

function stateFor(all: readonly Found[], traceId: string): string | undefined {
  return all.find((found) => found.traceState !== undefined && found.ids?.traceId === traceId)?.traceState
}

function randomFor(all: readonly Found[], traceId: string): boolean {
  return all.some((found) => found.random === true && found.ids?.traceId === traceId)
}

function firstOf<Key extends keyof Found>(all: readonly Found[], key: Key): Found[Key] | undefined {
  return all.find((found) => found[key] !== undefined)?.[key]
}

/** All baggage; where two formats name a key, the one listed first has its way. */
function merged(all: readonly Found[], keys: readonly ('baggage' | 'rootBaggage')[]): Baggage | undefined {
  let items: Map<string, string> | undefined
  for (const found of all) {
    for (const key of keys) {
      for (const [name, value] of found[key] ?? []) {
        items ??= new Map()
        if (!items.has(name)) items.set(name, value)
      }
    }
  }
  return items
}

export type { Propagator, Reader, Writer }
