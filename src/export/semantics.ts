/**
 * From OpenTracing's vocabulary, which the instrumentations speak, to OpenTelemetry's stable names, which OTLP backends
 * read (semantic conventions 1.44).
 */
import { asText } from '../tracer/limits.js'
import type { LogRecord, SpanRecord, TagValue } from '../tracer/record.js'

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
const CONSUMED = new Set(['sampling.priority'])

/** What `db.type: sql` of a component really is. */
const SQL_PRODUCTS: Readonly<Record<string, string>> = { pg: 'postgresql' }

type Translate = (value: TagValue, record: SpanRecord, emit: Emit) => void

/** Tags whose meaning depends on the side of the call, or that become several attributes. */
const TRANSLATED = new Map<string, Translate>([
  ['http.url', translateUrl],
  ['peer.hostname', (value, record, emit) => emit(isIncoming(record) ? 'client.address' : 'server.address', value)],
  ['peer.port', translatePort],
  ['peer.ipv4', translateAddress],
  ['peer.ipv6', translateAddress],
  [
    'peer.service',
    (value, _record, emit) => {
      emit('service.peer.name', value)
      emit('peer.service', value)
    },
  ],
  ['db.type', (value, record, emit) => emit('db.system.name', value === 'sql' ? sqlProduct(record) : value)],
  ['error', (value, _record, emit) => isBoolean(value) || emit('error', value)],
])

/** Emits the attributes of a span, each key once. Those of spans made by OpenTelemetry's API stay as they are. */
export function attributesOf(record: SpanRecord, emit: Emit): void {
  const { tags, scope } = record
  emitted.clear()
  const emitNew: Emit = (key, value) => {
    if (emitted.has(key)) return
    emitted.add(key)
    emit(key, value)
  }
  for (let i = 0; i < tags.length; i += 2) {
    const key = tags[i] as string
    if ((scope === undefined && CONSUMED.has(key)) || isSetAgain(tags, key, i)) continue
    const value = tags[i + 1] as TagValue
    const translate = TRANSLATED.get(key)
    if (scope !== undefined) emit(key, value)
    else if (translate === undefined) emitNew(RENAMED.get(key) ?? key, value)
    else translate(value, record, emitNew)
  }
  if (scope === undefined && hasFailed(record)) emitNew('error.type', errorTypeOf(record))
}

/** Keys of the span at hand: a collector may refuse a key that stands twice. The one emitted first has its way. */
const emitted = new Set<string>()

/**
 * Whether the span failed: the application's own verdict says so, else the tag `error` alone. Any value of it counts but
 * those that say no.
 */
export function hasFailed(record: SpanRecord): boolean {
  if (record.status !== undefined) return !record.status.ok
  const error = record.tag('error')
  return error !== undefined && error !== false && error !== 'false' && error !== 0 && error !== ''
}

function isBoolean(value: TagValue): boolean {
  return typeof value === 'boolean' || value === 'true' || value === 'false'
}

/** The name and attributes of an event. An error log becomes an `exception` event. */
export function eventOf({ fields, name }: LogRecord, emit: Emit): string {
  if (name !== undefined) {
    for (const key of Object.keys(fields)) emit(key, fields[key] as TagValue)
    return name
  }
  const { event } = fields
  const isError = event === 'error'
  for (const key of Object.keys(fields)) {
    if (key === 'event') continue
    emit((isError ? EXCEPTION_FIELDS.get(key) : undefined) ?? key, fields[key] as TagValue)
  }
  if (isError) return 'exception'
  return event === undefined ? 'log' : asText(event)
}

const EXCEPTION_FIELDS = new Map<string, string>([
  ['error.kind', 'exception.type'],
  ['message', 'exception.message'],
  ['stack', 'exception.stacktrace'],
])

function isSetAgain(tags: readonly unknown[], key: string, at: number): boolean {
  for (let i = at + 2; i < tags.length; i += 2) if (tags[i] === key) return true
  return false
}

function isIncoming({ kind }: SpanRecord): boolean {
  return kind === 'server' || kind === 'consumer'
}

function sqlProduct(record: SpanRecord): string {
  return SQL_PRODUCTS[record.component ?? asText(record.tag('component'))] ?? 'other_sql'
}

function translateAddress(value: TagValue, record: SpanRecord, emit: Emit): void {
  if (isIncoming(record)) emit('client.address', value)
  emit('network.peer.address', value)
}

/** The port belongs to the peer's address if that is told, else to its name. */
function translatePort(value: TagValue, record: SpanRecord, emit: Emit): void {
  if (!isIncoming(record)) emit('server.port', value)
  else if (record.tag('peer.ipv4') === undefined && record.tag('peer.ipv6') === undefined) emit('client.port', value)
  else emit('network.peer.port', value)
}

/** Clients tell the URL whole, servers in pieces. */
function translateUrl(value: TagValue, record: SpanRecord, emit: Emit): void {
  const match =
    record.kind === 'server' ? /^(\w+):\/\/(?:[^/?]*@)?([^/?]*)([^?]*)(?:\?(.*))?$/s.exec(String(value)) : null
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
  if (host !== '') emit('server.address', host.replace(/^\[|\]$/g, ''))
  if (port !== null) emit('server.port', Number(port[1]))
}

/** The low-cardinality reason of a failure: a database's code, the class of the error, or a status. */
function errorTypeOf(record: SpanRecord): string {
  const kind = record.logs?.find((log) => log.fields['event'] === 'error')?.fields['error.kind']
  const reason = record.tag('db.error_code') ?? kind ?? record.tag('http.status_code')
  return reason === undefined ? '_OTHER' : asText(reason)
}
