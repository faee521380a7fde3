/**
 * From OpenTracing's vocabulary, which the instrumentations speak, to OpenTelemetry's stable names, which OTLP backends
 * read (semantic conventions 1.44).
 */
import { asText } from '../tracer/limits.js'
import type { LogRecord, SpanKind, SpanRecord, TagValue } from '../tracer/record.js'

/** Called for each attribute. */
export type Emit = (key: string, value: TagValue) => void

/** Tags that only change their name. */
const RENAMED = new Map<string, string>([
  ['http.method', 'http.request.method'],
  ['http.status_code', 'http.response.status_code'],
  ['http.user_agent', 'user_agent.original'],
  ['db.instance', 'db.namespace'],
  ['db.statement', 'db.query.text'],
  ['db.operation', 'db.operation.name'],
  ['db.batch_size', 'db.operation.batch.size'],
  ['db.error_code', 'db.response.status_code'],
  ['message_bus.destination', 'messaging.destination.name'],
])

/** Tags that become something else than an attribute. */
const CONSUMED = new Set(['span.kind', 'error', 'sampling.priority', 'component'])

/** What `db.type: sql` of a component really is. */
const SQL_PRODUCTS: Readonly<Record<string, string>> = { pg: 'postgresql' }

type Translate = (value: TagValue, kind: SpanKind | undefined, emit: Emit, component: string | undefined) => void

/** Tags whose meaning depends on the side of the call, or that become several attributes. */
const TRANSLATED = new Map<string, Translate>([
  ['http.url', translateUrl],
  ['peer.hostname', (value, kind, emit) => emit(isOutgoing(kind) ? 'server.address' : 'client.address', value)],
  ['peer.port', (value, kind, emit) => emit(isOutgoing(kind) ? 'server.port' : 'network.peer.port', value)],
  ['peer.ipv4', translateAddress],
  ['peer.ipv6', translateAddress],
  [
    'peer.service',
    (value, _kind, emit) => {
      emit('service.peer.name', value)
      emit('peer.service', value)
    },
  ],
  [
    'db.type',
    (value, _kind, emit, component) =>
      emit('db.system.name', value === 'sql' ? (SQL_PRODUCTS[component ?? ''] ?? 'other_sql') : value),
  ],
])

/** Emits the attributes of a span, each key once. */
export function attributesOf(record: SpanRecord, emit: Emit): void {
  const { tags, kind, component } = record
  for (let i = 0; i < tags.length; i += 2) {
    const key = tags[i] as string
    if (CONSUMED.has(key) || isSetAgain(tags, key, i)) continue
    const value = tags[i + 1] as TagValue
    const translate = TRANSLATED.get(key)
    if (translate === undefined) emit(RENAMED.get(key) ?? key, value)
    else translate(value, kind, emit, component)
  }
  const errorType = errorTypeOf(record)
  if (errorType !== undefined) emit('error.type', errorType)
}

/** Whether the span failed: the tag `error` alone says so. */
export function hasFailed(record: SpanRecord): boolean {
  const error = record.tag('error')
  return error === true || error === 'true'
}

/** The name and attributes of an event. An error log becomes an `exception` event. */
export function eventOf(log: LogRecord, emit: (key: string, value: unknown) => void): string {
  const { event, ...fields } = log.fields
  const isError = event === 'error'
  for (const [key, value] of Object.entries(fields)) emitField(key, value, isError, emit)
  if (isError) return 'exception'
  return typeof event === 'string' ? event : 'log'
}

const EXCEPTION_FIELDS = new Map<string, string>([
  ['error.kind', 'exception.type'],
  ['message', 'exception.message'],
  ['stack', 'exception.stacktrace'],
])

function emitField(key: string, value: unknown, isError: boolean, emit: (key: string, value: unknown) => void): void {
  if (isError && key === 'error.object' && value instanceof Error) {
    emit('exception.type', value.name)
    emit('exception.message', value.message)
    if (value.stack !== undefined) emit('exception.stacktrace', value.stack)
    return
  }
  emit((isError ? EXCEPTION_FIELDS.get(key) : undefined) ?? key, value)
}

function isSetAgain(tags: readonly unknown[], key: string, at: number): boolean {
  for (let i = at + 2; i < tags.length; i += 2) if (tags[i] === key) return true
  return false
}

function isOutgoing(kind: SpanKind | undefined): boolean {
  return kind === 'client' || kind === 'producer'
}

function translateAddress(value: TagValue, kind: SpanKind | undefined, emit: Emit): void {
  if (!isOutgoing(kind)) emit('client.address', value)
  emit('network.peer.address', value)
}

/** Clients tell the URL whole, servers in pieces. */
function translateUrl(value: TagValue, kind: SpanKind | undefined, emit: Emit): void {
  const match = kind === 'server' ? /^(\w+):\/\/([^/?]*)([^?]*)(?:\?(.*))?$/s.exec(String(value)) : null
  if (match === null) {
    emit('url.full', value)
    return
  }
  const [, scheme, authority, path, query] = match as unknown as [string, string, string, string, string?]
  emit('url.scheme', scheme)
  emit('url.path', path === '' ? '/' : path)
  if (query !== undefined && query !== '') emit('url.query', query)
  const port = /:(\d+)$/.exec(authority)
  const host = port === null ? authority : authority.slice(0, port.index)
  if (host !== '') emit('server.address', host)
  if (port !== null) emit('server.port', Number(port[1]))
}

/** The low-cardinality reason of a failure: a status, a database's code, or the class of the error. */
function errorTypeOf(record: SpanRecord): string | undefined {
  if (!hasFailed(record)) return undefined
  const kind = record.logs?.find((log) => log.fields['event'] === 'error')?.fields['error.kind']
  const code = record.tag('db.error_code') ?? kind ?? record.tag('http.status_code')
  return code === undefined ? '_OTHER' : asText(code)
}
