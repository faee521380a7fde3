/**
 * Bounds on what one span may hold.
 */
import type { LinkRecord, LogRecord, SpanRecord, Tags, TagValue } from './record.js'

export interface SpanLimits {
  /** Tags a span. */
  readonly tags: number
  /** Characters of a tag's text; longer ones are cut. */
  readonly valueLength: number
  /** Logs a span. */
  readonly logs: number
  /** References a span beside its parent. */
  readonly links: number
  /** Recorded spans a local trace; any number if left out. */
  readonly spans?: number
}

/** Appends a tag. At the limit, values that a later one replaced make room before anything is dropped. */
export function setTag(record: SpanRecord, limits: SpanLimits, key: string, value: unknown): void {
  if (value === undefined) return
  putTag(record, limits, typeof key === 'string' ? key : asText(key), tagValue(value, limits.valueLength))
}

/** As {@link setTag}, for a value that is fit to be one. */
export function putTag(record: SpanRecord, limits: SpanLimits, key: string, value: TagValue): void {
  const { tags } = record
  if (tags.length >= limits.tags * 2 && !makeRoom(record, key)) {
    record.droppedTags++
    return
  }
  tags.push(key, value)
}

/**
 * Adds several tags. The first list that a span gets it keeps.
 *
 * @param tags a list of nobody else's
 */
export function putTags(record: SpanRecord, limits: SpanLimits, tags: Tags): void {
  let end = 0
  for (let i = 0; i < tags.length; i += 2) {
    const value = tags[i + 1]
    if (value === undefined) continue
    // What is where it belongs stays as it is: a store takes longer than a look.
    if (end !== i) tags[end] = tags[i]
    if (end !== i || !isTagValue(value, limits.valueLength)) tags[end + 1] = tagValue(value, limits.valueLength)
    end += 2
  }
  // To set the length takes as long as all the rest.
  while (tags.length > end) tags.pop()
  const told = tags as (string | TagValue)[]
  if (record.tags.length === 0 && end <= limits.tags * 2) record.tags = told
  else for (let i = 0; i < end; i += 2) putTag(record, limits, told[i] as string, told[i + 1] as TagValue)
}

/** Adds a log. At the limit it is dropped and counted. */
export function addLog(record: SpanRecord, limits: SpanLimits, log: LogRecord): void {
  if (record.logs === undefined) record.logs = [log]
  else if (record.logs.length < limits.logs) record.logs.push(log)
  else record.droppedLogs++
}

/** Adds links. Beyond the limit they are dropped and counted. */
export function addLinks(record: SpanRecord, limits: SpanLimits, links: readonly LinkRecord[]): void {
  for (const link of links) {
    if (record.links === undefined) record.links = [link]
    else if (record.links.length < limits.links) record.links.push(link)
    else record.droppedLinks++
  }
}

/** A value as a tag or a log may hold it: other things than text, numbers and booleans become text. */
export function tagValue(value: unknown, longest: number): TagValue {
  return isTagValue(value, longest) ? (value as TagValue) : truncate(asText(value), longest)
}

/** Whether a value may stay as it is. */
function isTagValue(value: unknown, longest: number): boolean {
  return typeof value === 'string' ? value.length <= longest : typeof value === 'number' || typeof value === 'boolean'
}

/** Cuts `text` to at most `length` UTF-16 units, never inside a surrogate pair. */
export function truncate(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  const splitsPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, splitsPair ? length - 1 : length)
}

/** The fields of a log, fixed here and now: the application may change or keep what it passed. */
export function logFields(fields: Readonly<Record<string, unknown>>, limits: SpanLimits): Record<string, TagValue> {
  const fixed: Record<string, TagValue> = {}
  let room = limits.tags
  for (const key of Object.keys(fields)) {
    const value = fields[key]
    if (value === undefined) continue
    if (room-- === 0) break
    if (key === 'error.object' && value instanceof Error)
      Object.assign(fixed, { ...errorFields(value, limits), ...fixed })
    else fixed[key] = tagValue(value, limits.valueLength)
  }
  return fixed
}

/** OpenTracing's fields for an error without the error itself, whose other properties may hold anything. */
function errorFields({ name, message, stack }: Error, { valueLength }: SpanLimits): Record<string, TagValue> {
  const fields = { 'error.kind': tagValue(name, valueLength), message: tagValue(message, valueLength) }
  return typeof stack === 'string' ? { ...fields, stack: tagValue(stack, valueLength) } : fields
}

/** Any value as text. A value that refuses to be text is named by its type. */
export function asText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    if (typeof value === 'object' && value !== null && !(value instanceof Error)) return JSON.stringify(value) ?? ''
    return String(value)
  } catch {
    return `[${typeof value}]`
  }
}

/** Drops every value that a later one, or the coming one for `key`, replaces. */
function makeRoom(record: SpanRecord, key: string): boolean {
  const { tags } = record
  const latest = new Map<string, TagValue>()
  for (let i = 0; i < tags.length; i += 2) latest.set(tags[i] as string, tags[i + 1] as TagValue)
  latest.delete(key)
  if (latest.size * 2 === tags.length) return false
  tags.splice(0, tags.length, ...[...latest].flat())
  return true
}
