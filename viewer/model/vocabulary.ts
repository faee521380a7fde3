/**
 * What spans are about, whichever names their tags go by: OpenTelemetry's of today and of yesterday, OpenTracing's,
 * Zipkin's.
 */
import { textOf } from './text.js'
import type { Span, Tags } from './trace.js'

function first(tags: Tags, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = tags[key]
    if (value !== undefined && value !== null && value !== '') return textOf(value)
  }
  return undefined
}

const SYSTEM = ['db.system.name', 'db.system', 'db.type']
const STATEMENT = ['db.query.text', 'db.statement', 'sql.query', 'redis.command']
const OPERATION = ['db.operation.name', 'db.operation']
const NAMESPACE = ['db.namespace', 'db.name', 'db.instance']
const URL = ['url.full', 'http.url']
const METHOD = ['http.request.method', 'http.method']
const HOST = ['server.address', 'net.peer.name', 'peer.hostname', 'network.peer.address', 'peer.ipv4', 'peer.address']
const PORT = ['server.port', 'net.peer.port', 'peer.port']
const SERVICE = ['service.peer.name', 'peer.service']
const MESSAGING = ['messaging.system', 'message_bus.system']
const DESTINATION = ['messaging.destination.name', 'messaging.destination', 'message_bus.destination']

const CACHES = /redis|memcache|valkey|keydb|dragonfly|hazelcast|ehcache/i

/** The database that a span calls, such as `postgresql`; undefined where it calls none. */
export function systemOf({ kind, tags }: Pick<Span, 'kind' | 'tags'>): string | undefined {
  return kind === 'client' || kind === 'internal' ? first(tags, SYSTEM) : undefined
}

export function isCache(system: string): boolean {
  return CACHES.test(system)
}

/** A statement as it was recorded. */
export function statementOf({ tags }: Pick<Span, 'tags'>): string | undefined {
  return first(tags, STATEMENT)
}

export function operationOf({ tags }: Pick<Span, 'tags'>): string | undefined {
  return first(tags, OPERATION)
}

export function namespaceOf({ tags }: Pick<Span, 'tags'>): string | undefined {
  return first(tags, NAMESPACE)
}

export function urlOf({ tags }: Pick<Span, 'tags'>): string | undefined {
  return first(tags, URL)
}

export function methodOf({ tags }: Pick<Span, 'tags'>): string | undefined {
  return first(tags, METHOD)
}

/** Host and port of whoever a span calls. */
export function peerOf({ tags }: Pick<Span, 'tags'>): string | undefined {
  const host = first(tags, HOST)
  const port = first(tags, PORT)
  return host === undefined || port === undefined ? host : `${host}:${port}`
}

/** The name by which a span calls the service at the other end. */
export function peerServiceOf({ tags }: Pick<Span, 'tags'>): string | undefined {
  return first(tags, SERVICE)
}

export function messagingOf({ tags }: Pick<Span, 'tags'>): string | undefined {
  return first(tags, MESSAGING)
}

export function destinationOf({ tags }: Pick<Span, 'tags'>): string | undefined {
  return first(tags, DESTINATION)
}
