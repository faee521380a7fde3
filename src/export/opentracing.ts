/**
 * What a span tells in OpenTracing's own vocabulary, for backends whose tools know it.
 */
import { networkInterfaces } from 'node:os'
import { asText } from '../tracer/limits.js'
import type { LogRecord, SpanRecord, TagValue } from '../tracer/record.js'
import { isSetAgain } from './semantics.js'

/** Epoch milliseconds as whole microseconds. */
export function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000)
}

/**
 * Calls `visit` for each tag of a span as it counts: each key once, with what was set last. What only steers the tracer is
 * left out.
 */
export function eachTag(record: SpanRecord, visit: (key: string, value: TagValue) => void): void {
  const { component, tags } = record
  const besides = besidesTags(record)
  if (component !== undefined && record.tag('component') === undefined) visit('component', component)
  for (let i = 0; i < tags.length; i += 2) {
    const key = tags[i] as string
    if (key === 'sampling.priority' || isSetAgain(tags, i) || besides?.has(key) === true) continue
    visit(key, tags[i + 1] as TagValue)
  }
  besides?.forEach((value, key) => visit(key, value))
}

/** The tags of a span as they count. */
export function tagsOf(record: SpanRecord): Map<string, TagValue> {
  const found = new Map<string, TagValue>()
  eachTag(record, (key, value) => found.set(key, value))
  return found
}

/** What a span says beside its tags, under the keys that OpenTelemetry's exporters have for it; nearly none says any. */
function besidesTags(record: SpanRecord): Map<string, TagValue> | undefined {
  const { scope, status, droppedTags, droppedLogs, droppedLinks } = record
  if (scope === undefined && status === undefined && droppedTags + droppedLogs + droppedLinks === 0) return undefined
  const found = new Map<string, TagValue>()
  if (scope !== undefined) found.set('otel.scope.name', scope.name)
  if (scope?.version !== undefined) found.set('otel.scope.version', scope.version)
  if (status !== undefined) found.set('otel.status_code', status.ok ? 'OK' : 'ERROR')
  if (droppedTags > 0) found.set('otel.dropped_attributes_count', droppedTags)
  if (droppedLogs > 0) found.set('otel.dropped_events_count', droppedLogs)
  if (droppedLinks > 0) found.set('otel.dropped_links_count', droppedLinks)
  return found
}

/** What a log tells, its name in the field `event`. */
export function fieldsOf({ name, fields }: LogRecord): Readonly<Record<string, TagValue>> {
  return name === undefined ? fields : { ...fields, event: name }
}

/** Why a failed span failed, in a few words; empty where nothing tells. */
export function reasonOf(record: SpanRecord): string {
  const said = record.status?.message
  if (said !== undefined) return said
  const error = record.tag('error')
  if (typeof error === 'string' && error !== 'true') return error
  const fields = record.logs?.findLast((log) => log.fields['event'] === 'error')?.fields
  const logged = fields?.['message'] ?? fields?.['error.kind']
  return asText(logged ?? record.tag('db.error_code') ?? record.tag('http.status_code') ?? '')
}

/** An address of this host that others may know, if there is one: the first of IPv4, else of IPv6. */
export function ownAddress(): { readonly ipv4?: string; readonly ipv6?: string } {
  const addresses = Object.values(interfaces()).flatMap((list) => list ?? [])
  const outward = addresses.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
  const ipv4 = outward.find(({ family }) => family === 'IPv4')?.address
  if (ipv4 !== undefined) return { ipv4 }
  const ipv6 = outward.find(({ family }) => family === 'IPv6')?.address
  return ipv6 === undefined ? {} : { ipv6 }
}

/** Some sandboxes forbid the question. */
function interfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces()
  } catch {
    return {}
  }
}
