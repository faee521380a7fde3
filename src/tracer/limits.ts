/**
 * Bounds on what one span may hold.
 */
import type { SpanRecord, TagValue } from './record.js'

export interface SpanLimits {
  /** Tags a span. */
  readonly tags: number
  /** Characters of a tag's text; longer ones are cut. */
  readonly valueLength: number
  /** Logs a span. */
  readonly logs: number
  /** References a span beside its parent. */
  readonly links: number
}

/** Appends a tag. At the limit, values that a later one replaced make room before anything is dropped. */
export function setTag(record: SpanRecord, limits: SpanLimits, key: string, value: unknown): void {
  if (value === undefined) return
  const { tags } = record
  if (tags.length >= limits.tags * 2 && !makeRoom(record, key)) {
    record.droppedTags++
    return
  }
  tags.push(key, tagValue(value, limits.valueLength))
}

function tagValue(value: unknown, longest: number): TagValue {
  if (typeof value === 'string') return value.length > longest ? truncate(value, longest) : value
  if (typeof value === 'number' || typeof value === 'boolean') return value
  return truncate(asText(value), longest)
}

/** Cuts `text` to at most `length` UTF-16 units, never inside a surrogate pair. */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? length - 1 : length)
}

/** Any value as text. A value that refuses to be text is named by its type. */
export function asText(value: unknown): string {
  try {
    if (typeof value === 'object' && value !== null && !(value instanceof Error)) return JSON.stringify(value) ?? ''
    return String(value)
  } catch {
    return `[${typeof value}]`
  }
}

function makeRoom(record: SpanRecord, key: string): boolean {
  const { tags } = record
  const latest = new Map<string, TagValue>()
  for (let i = 0; i < tags.length; i += 2) latest.set(tags[i] as string, tags[i + 1] as TagValue)
  const freed = tags.length - latest.size * 2
  if (freed > 0) tags.splice(0, tags.length, ...[...latest].flat())
  if (freed > 0) return true
  const at = tags.indexOf(key)
  if (at === -1 || at % 2 === 1) return false
  tags.splice(at, 2)
  return true
}
