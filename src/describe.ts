/**
 * How an instrumentation says what a span is about. One of the two places where our own errors are caught; the other is the
 * loader.
 */
import { ledger } from './ledger.js'
import { debug, messageOf } from './log.js'
import { putTags, type SpanLimits } from './tracer/limits.js'
import type { SpanRecord, Tags, Untold } from './tracer/record.js'
import type { Span } from './tracer/span.js'

/** What a describer found out: pure data, so that it can be tested without a span. */
export interface Description {
  readonly name?: string | undefined
  /**
   * A list of nobody else's: it becomes the span's. Or what makes one when the tags are asked for, as a rule when the span is
   * encoded among others: code that runs for many spans in a row takes less than amid a request. It is to hold
   * on to nothing but values that are told, and to look at nothing that may change.
   */
  readonly tags: Tags | (() => Tags)
}

/**
 * Names and tags a recording span by a describer. A describer that throws loses its tags, never the call that is traced.
 */
export function describe<Args extends readonly [unknown?, unknown?, unknown?, unknown?, unknown?]>(
  span: Span,
  describer: (...args: Args) => Description,
  ...args: Args
): void
/** Spelt out: to gather arguments and spread them again takes as long as most describers. */
export function describe(
  span: Span,
  describer: (...args: unknown[]) => Description,
  first?: unknown,
  second?: unknown,
  third?: unknown,
  fourth?: unknown,
  fifth?: unknown,
): void {
  const { record } = span
  if (record === undefined) return
  try {
    const { name, tags } = describer(first, second, third, fourth, fifth)
    if (name !== undefined) span.setOperationName(name)
    const { limits } = span.tracer()
    if (typeof tags === 'function') record.tellLater(new Later(tags, limits))
    else putTags(record, limits, tags)
  } catch (error) {
    noteFailure(error)
  }
}

/** Tags that are made when they are asked for. */
class Later implements Untold {
  next: Untold | undefined = undefined
  private readonly make: () => Tags
  private readonly limits: SpanLimits

  constructor(make: () => Tags, limits: SpanLimits) {
    this.make = make
    this.limits = limits
  }

  tell(record: SpanRecord): void {
    try {
      putTags(record, this.limits, this.make())
    } catch (error) {
      noteFailure(error)
    }
  }
}

function noteFailure(error: unknown): void {
  ledger.describeErrors++
  debug(`a describer failed: ${messageOf(error)}`)
}

/**
 * What `look` finds out about the application's objects; undefined where they throw when they are looked at, as a getter of
 * an error may. For what must be known outside of a describer.
 */
export function glimpse<Args extends unknown[], Found>(
  look: (...args: Args) => Found,
  ...args: Args
): Found | undefined {
  try {
    return look(...args)
  } catch (error) {
    ledger.describeErrors++
    debug(`an object cannot be looked at: ${messageOf(error)}`)
    return undefined
  }
}
