/**
 * What a line of a tree tells of a span: the few tags that matter.
 */
import { asText } from '../tracer/limits.js'
import type { SpanKind, SpanRecord, TagValue } from '../tracer/record.js'
import { hasFailed } from './semantics.js'
import type { TreeSpan } from './tree.js'

/** Reads a tag by its OpenTracing name. */
export type TagReader = (key: string) => TagValue | undefined

/** Longer statements are no help on one line. */
const LONGEST_DETAIL = 200

/** A finished span as a tree shows it. */
export function treeSpanOf(record: SpanRecord, service: string): TreeSpan {
  const { context, name, kind, component, start, end } = record
  const failed = hasFailed(record)
  return {
    id: context.spanId,
    parentId: context.parentId,
    service,
    name,
    details: detailsOf(name, kind, component, (key) => record.tag(key)),
    failed,
    error: failed ? reasonOf(record) : undefined,
    start,
    end,
  }
}

/** Who made a span, and its status, statement or address, and peer. */
export function detailsOf(
  name: string,
  kind: SpanKind | undefined,
  component: string | undefined,
  tag: TagReader,
): string[] {
  const peer = peerOf(tag)
  const isQuery = tag('db.type') !== undefined || tag('db.statement') !== undefined
  const facts = isQuery
    ? [tag('db.statement'), peer]
    : [tag('http.status_code'), addressOf(kind, tag) ?? peer, attemptOf(tag)]
  // Who speaks to a database is its client; saying so on each line would be noise.
  const maker = [component, isQuery ? undefined : kind].filter((word) => word !== undefined).join(' ')
  return [maker, ...facts.map((fact) => asText(fact ?? ''))]
    .filter((text) => text !== '' && text !== name)
    .map((text) => (text.length > LONGEST_DETAIL ? `${text.slice(0, LONGEST_DETAIL - 1)}…` : text))
}

/** A server knows its own address: the path will do. Of a client's, the scheme is left out. */
function addressOf(kind: SpanKind | undefined, tag: TagReader): string | undefined {
  const url = tag('http.url')
  if (url === undefined) return undefined
  const address = asText(url).replace(/^\w+:\/\//, '')
  return kind === 'server' ? address.replace(/^[^/?]*/, '') : address
}

/** Of a request that follows a redirect, or tries again what has failed. */
function attemptOf(tag: TagReader): string | undefined {
  const count = tag('http.request.resend_count')
  return count === undefined ? undefined : `resend ${asText(count)}`
}

function peerOf(tag: TagReader): string | undefined {
  const host =
    tag('peer.service') ?? tag('peer.hostname') ?? tag('peer.ipv4') ?? tag('peer.ipv6') ?? tag('peer.address')
  if (host === undefined) return undefined
  const port = tag('peer.port')
  return port === undefined || tag('peer.service') !== undefined ? asText(host) : `${asText(host)}:${asText(port)}`
}

/** Why a span failed: its last error, or else its status. */
function reasonOf(record: SpanRecord): string | undefined {
  if (record.status?.message !== undefined) return record.status.message
  const fields = record.logs?.findLast((log) => log.fields['event'] === 'error')?.fields
  const words = [fields?.['error.kind'] ?? record.tag('error.type'), fields?.['message']]
  const known = words.filter((word) => word !== undefined).map(asText)
  if (known.length > 0) return known.join(': ')
  const status = record.tag('http.status_code')
  return status === undefined ? undefined : asText(status)
}
