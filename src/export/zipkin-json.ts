/**
 * Zipkin's model, version 2, as JSON. Names are in lower case, as its own reporters and its server have them; values of
 * tags are always text.
 */
import { isIPv4, isIPv6 } from 'node:net'
import { Sampling } from '../tracer/context.js'
import { asText } from '../tracer/limits.js'
import type { LogRecord, SpanKind, SpanRecord, TagValue } from '../tracer/record.js'
import { fieldsOf, microseconds, reasonOf, tagsOf } from './opentracing.js'
import { hasFailed } from './semantics.js'

export interface Endpoint {
  readonly serviceName?: string
  readonly ipv4?: string
  readonly ipv6?: string
  readonly port?: number
}

/** What all spans of a process have in common. */
export interface Local {
  readonly endpoint: Endpoint
  /** Put on every span, which may overrule them. */
  readonly tags: Readonly<Record<string, TagValue>>
}

type Tags = ReadonlyMap<string, TagValue>

const KINDS: Readonly<Record<SpanKind, string>> = {
  server: 'SERVER',
  client: 'CLIENT',
  producer: 'PRODUCER',
  consumer: 'CONSUMER',
}
const NO_SPAN = '0000000000000000'
const LARGEST_IPV4 = 0xffff_ffff

/** What names the other side of a call, the best first (OpenTelemetry's mapping, which names OpenTracing's tags too). */
const REMOTE_NAMES = [
  'peer.service',
  'server.address',
  'net.peer.name',
  'network.peer.address',
  'server.socket.domain',
  'server.socket.address',
  'net.sock.peer.name',
  'net.sock.peer.addr',
  'peer.hostname',
  'peer.address',
  'db.name',
  'db.instance',
] as const

/** A batch as the JSON array that `/api/v2/spans` takes. */
export function encodeZipkinJson(batch: readonly SpanRecord[], local: Local): string {
  return JSON.stringify(batch.map((record) => zipkinSpan(record, local)))
}

function zipkinSpan(record: SpanRecord, local: Local): object {
  const { context, kind, logs } = record
  const { trace, spanId, parentId } = context
  const tags = tagsOf(record)
  const [start, end] = [microseconds(record.start), microseconds(record.end)]
  const remote = remoteEndpoint(kind, tags)
  return {
    traceId: trace.narrow ? context.traceId.slice(16) : context.traceId,
    id: spanId,
    ...(parentId !== undefined && parentId !== NO_SPAN && parentId !== spanId && { parentId }),
    ...(kind !== undefined && { kind: KINDS[kind] }),
    ...(record.name !== '' && { name: record.name.toLowerCase() }),
    ...(start > 0 && { timestamp: start }),
    // Zero would mean that it is not known.
    duration: Math.max(1, end - start),
    localEndpoint: local.endpoint,
    ...(remote !== undefined && { remoteEndpoint: remote }),
    ...(logs !== undefined && { annotations: logs.map(annotation) }),
    tags: { ...texts(local.tags), ...zipkinTags(record, tags) },
    ...(context.sampling === Sampling.Debug && { debug: true }),
  }
}

function zipkinTags(record: SpanRecord, tags: Map<string, TagValue>): Record<string, string> {
  // That `error` is there marks a failure, whatever it says.
  tags.delete('error')
  if (hasFailed(record)) tags.set('error', reasonOf(record))
  const url = tags.get('http.url')
  if (url !== undefined && !tags.has('http.path')) {
    const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(asText(url))?.[1]
    if (path !== undefined) tags.set('http.path', path === '' ? '/' : path)
  }
  return texts(Object.fromEntries(tags))
}

function texts(tags: Readonly<Record<string, TagValue>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, asText(value)]))
}

/** A log as text: its event, and what else it says. */
function annotation(log: LogRecord): object {
  const { event = 'log', ...rest } = fieldsOf(log)
  const name = asText(event)
  const value = Object.keys(rest).length === 0 ? name : `${JSON.stringify(name)}: ${JSON.stringify(rest)}`
  return { timestamp: microseconds(log.time), value }
}

/** The other side of a call. Without its name, Zipkin draws no line to a service that is not traced. */
function remoteEndpoint(kind: SpanKind | undefined, tags: Tags): Endpoint | undefined {
  if (kind === undefined) return undefined
  const isOutgoing = kind === 'client' || kind === 'producer'
  const names = isOutgoing ? REMOTE_NAMES : (['peer.service'] as const)
  const name = names.map((key) => tags.get(key)).find((value) => value !== undefined && value !== '')
  const port = Number(tags.get('peer.port'))
  const endpoint = {
    ...(name !== undefined && { serviceName: asText(name).toLowerCase() }),
    ...address(tags),
    ...(Number.isInteger(port) && port > 0 && port <= 65535 && { port }),
  }
  return Object.keys(endpoint).length === 0 ? undefined : endpoint
}

/** The other side's address, where it is one. OpenTracing also allows an IPv4 address as a number. */
function address(tags: Tags): Endpoint {
  const v4 = tags.get('peer.ipv4')
  const ipv4 = typeof v4 === 'number' ? dotted(v4) : asText(v4 ?? '')
  if (isIPv4(ipv4)) return { ipv4 }
  const ipv6 = asText(tags.get('peer.ipv6') ?? '')
  const mapped = /^::ffff:(.*)$/i.exec(ipv6)?.[1] ?? ''
  if (isIPv4(mapped)) return { ipv4: mapped }
  return isIPv6(ipv6) ? { ipv6 } : {}
}

function dotted(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > LARGEST_IPV4) return ''
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.')
}
