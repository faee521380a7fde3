/**
 * What a line tells of a span: by the names of OpenTelemetry as by those of OpenTracing.
 */
import { detailsOf } from '../../src/export/tree-span.js'
import { textOf } from './text.js'
import type { Span, Tags, Value } from './trace.js'

/** OpenTelemetry's names, stable and earlier, of what OpenTracing calls otherwise. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  'http.status_code': ['http.response.status_code'],
  'http.method': ['http.request.method'],
  'db.type': ['db.system.name', 'db.system'],
  'db.statement': ['db.query.text'],
  'peer.hostname': ['server.address', 'net.peer.name'],
  'peer.port': ['server.port', 'net.peer.port'],
}

/** A tag by its OpenTracing name, whatever name it came under. */
export function tagOf(tags: Tags, key: string): Value | undefined {
  if (key === 'http.url') return tags['http.url'] ?? tags['url.full'] ?? pathOf(tags)
  return tags[key] ?? OTHER_NAMES[key]?.map((name) => tags[name]).find((value) => value !== undefined)
}

function pathOf({ 'url.path': path, 'url.query': query, 'http.target': target }: Tags): Value | undefined {
  if (path === undefined || path === null) return target
  return query === undefined || query === '' ? path : `${textOf(path)}?${textOf(query)}`
}

/** Who made a span, its status, statement or address, its peer; the most telling first. */
export function factsOf({ name, kind, scope, tags }: Span): string[] {
  const maker = scope?.replace(/^pretrace\//, '').replace(/^@opentelemetry\/instrumentation-/, '')
  return detailsOf(name, kind === 'internal' ? undefined : kind, maker === '' ? undefined : maker, (key) => {
    const value = tagOf(tags, key)
    return value === undefined || value === null ? undefined : textOf(value)
  })
}

/** The statement of a query or command, where a span is one. */
export function statementOf({ tags }: Span): string | undefined {
  const statement = tagOf(tags, 'db.statement')
  return typeof statement === 'string' ? statement : undefined
}
