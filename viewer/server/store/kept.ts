/**
 * Spans as the viewer keeps them: half a million of them have to fit, so tags stand in flat lists, and what several spans
 * have in common is there once.
 */
import type { Kind, Link, Log, Process, Span, Tags, Value } from '../../model/trace.js'

/** A process, one object however many of its spans are kept. */
export interface KeptProcess extends Process {
  readonly key: string
}

/** key, value, key, value … */
export type FlatTags = readonly Value[]

export interface KeptSpan {
  readonly id: string
  readonly parentId: string | undefined
  readonly name: string
  readonly kind: Kind
  readonly process: KeptProcess
  readonly start: number
  readonly duration: number
  readonly failed: boolean
  readonly error: string | undefined
  readonly scope: string | undefined
  readonly tags: FlatTags
  readonly logs: readonly Log[]
  readonly links: readonly Link[]
  /** Approximate bytes. */
  readonly size: number
}

/** A span on its way into the store. */
export interface Arrival {
  readonly traceId: string
  readonly span: KeptSpan
}

/** What a request, or a file, brought. */
export interface Arrivals {
  readonly spans: readonly Arrival[]
  /** Spans that could not be read, such as those without a usable id. */
  readonly refused: number
}

export const NO_LOGS: readonly Log[] = []
export const NO_LINKS: readonly Link[] = []

/** An object that inherits nothing: whatever a key is, `__proto__` too, it is a key and nothing else. */
const Bag = function Bag() {} as unknown as new () => Record<string, Value>
Bag.prototype = Object.create(null) as object

/** The object, one field of it for each key. */
export function tagsOf(flat: FlatTags): Tags {
  const tags = new Bag()
  for (let i = 0; i < flat.length; i += 2) tags[flat[i] as string] = flat[i + 1] as Value
  return tags
}

/** The last value of a key. */
export function tagOf(flat: FlatTags, key: string): Value | undefined {
  for (let i = flat.length - 2; i >= 0; i -= 2) if (flat[i] === key) return flat[i + 1]
  return undefined
}

/** A span as the page sees it. */
export function spanOf(kept: KeptSpan, process: number, parentId: string | undefined): Span {
  const { id, name, kind, start, duration, failed, error, scope, tags, logs, links } = kept
  return { id, parentId, name, kind, process, start, duration, failed, error, scope, tags: tagsOf(tags), logs, links }
}
