/**
 * From OpenTracing's vocabulary, which the instrumentations speak, to OpenTelemetry's stable names, which OTLP backends
 * read (semantic conventions 1.44).
 */
import { asText } from '../tracer/limits.js'
import type { LogRecord, SpanRecord, TagValue } from '../tracer/record.js'

/** Called for each attribute. `term` is the key again, with room for what an encoder makes of it. */
export type Emit = (key: string, value: TagValue, term: Term) => void

type Translate = (value: TagValue, record: SpanRecord) => void

/** A word of either vocabulary: one object a word, so that all that hangs on it is found by one look-up. */
export class Term {
  readonly key: string
  /** The key as OTLP's binary encoding has it; the encoder keeps it here. */
  bytes: Uint8Array | undefined = undefined
  /** What an attribute of that name begins with in OTLP's JSON. */
  json: Uint8Array | undefined = undefined
  /** Of a tag: the attribute that it becomes. */
  attribute: Term = this
  /** Of a tag that becomes several attributes, or now this one and now that. */
  translate: Translate | undefined = undefined
  /** The span, by a running number, that it was last emitted for. */
  round = 0

  constructor(key: string) {
    this.key = key
  }
}

/** Applications may make up keys without end. */
const MOST_TERMS = 1000
const terms = new Map<string, Term>()

/** Tags that only change their name. */
const RENAMED: Readonly<Record<string, string>> = {
  'http.method': 'http.request.method',
  'http.status_code': 'http.response.status_code',
  'http.user_agent': 'user_agent.original',
  'db.instance': 'db.namespace',
  'db.statement': 'db.query.text',
  'db.operation': 'db.operation.name',
  'db.batch_size': 'db.operation.batch.size',
  'db.error_code': 'db.response.status_code',
  'message_bus.destination': 'messaging.destination.name',
}

/** Tags whose meaning depends on the side of the call, or that become several attributes, or none. */
const TRANSLATED: Readonly<Record<string, Translate>> = {
  'sampling.priority': () => undefined,
  'http.url': translateUrl,
  'peer.hostname': (value, record) => put(isIncoming(record) ? 'client.address' : 'server.address', value),
  'peer.port': translatePort,
  'peer.ipv4': translateAddress,
  'peer.ipv6': translateAddress,
  'peer.service': (value) => {
    put('service.peer.name', value)
    put('peer.service', value)
  },
  'db.type': (value, record) => put('db.system.name', value === 'sql' ? sqlProduct(record) : value),
  error: (value) => isBoolean(value) || put('error', value),
}

for (const [tag, attribute] of Object.entries(RENAMED)) termOf(tag).attribute = termOf(attribute)
for (const [tag, translate] of Object.entries(TRANSLATED)) termOf(tag).translate = translate

/** What `db.type: sql` of a component really is. */
const SQL_PRODUCTS: Readonly<Record<string, string>> = { pg: 'postgresql' }

/** Where the attributes of the span at hand go, and its running number. Encoding is synchronous: there is but one. */
let emit: Emit = () => undefined
let round = 0

/**
 * Emits the attributes of a span, each key once: of several tags that become one attribute the first has its way. Those of
 * spans made by OpenTelemetry's API stay as they are.
 */
export function attributesOf(record: SpanRecord, to: Emit): void {
  const { tags, scope } = record
  beginAttributes(to)
  for (let i = 0; i < tags.length; i += 2) if (!isSetAgain(tags, i)) attributesOfTag(record, i)
  if (scope === undefined && hasFailed(record)) putTerm(ERROR_TYPE, errorTypeOf(record))
}

/** From here on attributes go to `to`, each key once. */
export function beginAttributes(to: Emit): void {
  emit = to
  round++
}

/** Emits what one tag of a span becomes. @param at where it stands among the tags */
export function attributesOfTag(record: SpanRecord, at: number): void {
  const { tags, scope } = record
  const term = termOf(tags[at] as string)
  const value = tags[at + 1] as TagValue
  if (scope !== undefined) putTerm(term, value)
  else if (term.translate === undefined) putTerm(term.attribute, value)
  else term.translate(value, record)
}

/** The name of an event. An error log is an `exception` event. */
export function eventNameOf({ name, fields: { event } }: LogRecord): string {
  if (name !== undefined) return name
  if (event === 'error') return 'exception'
  return event === undefined ? 'log' : asText(event)
}

/** Emits the attributes of an event, each key once. */
export function eventAttributesOf({ fields, name }: LogRecord, to: Emit): void {
  const isError = name === undefined && fields['event'] === 'error'
  beginAttributes(to)
  for (const key of Object.keys(fields)) {
    if (key === 'event' && name === undefined) continue
    put((isError ? EXCEPTION_FIELDS.get(key) : undefined) ?? key, fields[key] as TagValue)
  }
}

const EXCEPTION_FIELDS = new Map<string, string>([
  ['error.kind', 'exception.type'],
  ['message', 'exception.message'],
  ['stack', 'exception.stacktrace'],
])

/**
 * Whether the span failed: the application's own verdict says so, else the tag `error` alone. Any value of it counts but
 * those that say no.
 */
export function hasFailed(record: SpanRecord): boolean {
  if (record.status !== undefined) return !record.status.ok
  const error = record.tag('error')
  return error !== undefined && error !== false && error !== 'false' && error !== 0 && error !== ''
}

/** The term for a key; one that is new may be forgotten again. */
export function termOf(key: string): Term {
  const known = terms.get(key)
  if (known !== undefined) return known
  const term = new Term(key)
  if (terms.size < MOST_TERMS) terms.set(key, term)
  return term
}

function put(key: string, value: TagValue): void {
  putTerm(termOf(key), value)
}

/** A collector may refuse a key that stands twice. */
function putTerm(term: Term, value: TagValue): void {
  if (term.round === round) return
  term.round = round
  emit(term.key, value, term)
}

function isBoolean(value: TagValue): boolean {
  return typeof value === 'boolean' || value === 'true' || value === 'false'
}

/** Whether the key that stands there among the tags stands there once more later, and counts there. */
export function isSetAgain(tags: readonly unknown[], at: number): boolean {
  for (let i = at + 2; i < tags.length; i += 2) if (tags[i] === tags[at]) return true
  return false
}

function isIncoming({ kind }: SpanRecord): boolean {
  return kind === 'server' || kind === 'consumer'
}

function sqlProduct(record: SpanRecord): string {
  return SQL_PRODUCTS[record.component ?? asText(record.tag('component'))] ?? 'other_sql'
}

function translateAddress(value: TagValue, record: SpanRecord): void {
  if (isIncoming(record)) putTerm(CLIENT_ADDRESS, value)
  putTerm(PEER_ADDRESS, value)
}

/** The port belongs to the peer's address if that is told, else to its name. */
function translatePort(value: TagValue, record: SpanRecord): void {
  if (!isIncoming(record)) putTerm(SERVER_PORT, value)
  else if (record.tag('peer.ipv4') === undefined && record.tag('peer.ipv6') === undefined) put('client.port', value)
  else putTerm(PEER_PORT, value)
}

/** Clients tell the URL whole, servers in pieces. */
function translateUrl(value: TagValue, record: SpanRecord): void {
  if (record.kind !== 'server') return putTerm(URL_FULL, value)
  const url = asText(value)
  const origin = originOf(url)
  if (origin === undefined) return putTerm(URL_FULL, value)
  const { scheme, host, port } = origin
  const end = origin.text.length
  const question = url.indexOf('?', end)
  const path = question === -1 ? url.slice(end) : url.slice(end, question)
  putTerm(URL_SCHEME, scheme)
  if (host !== '') putTerm(SERVER_ADDRESS, host)
  if (port !== undefined) putTerm(SERVER_PORT, port)
  putTerm(URL_PATH, path === '' ? '/' : path)
  if (question !== -1 && question !== url.length - 1) putTerm(URL_QUERY, url.slice(question + 1))
}

const URL_FULL = termOf('url.full')
const URL_SCHEME = termOf('url.scheme')
const URL_PATH = termOf('url.path')
const URL_QUERY = termOf('url.query')
const SERVER_ADDRESS = termOf('server.address')
const SERVER_PORT = termOf('server.port')
const CLIENT_ADDRESS = termOf('client.address')
const PEER_ADDRESS = termOf('network.peer.address')
const PEER_PORT = termOf('network.peer.port')
const ERROR_TYPE = termOf('error.type')

/** `scheme://host:port`. */
interface Origin {
  readonly text: string
  readonly scheme: string
  readonly host: string
  readonly port: number | undefined
}

let lastOrigin: Origin | undefined

/** What a URL begins with; undefined if it is no absolute one. Most requests to a server are to the same. */
function originOf(url: string): Origin | undefined {
  const isLast = lastOrigin !== undefined && url.startsWith(lastOrigin.text) && endsOrigin(url, lastOrigin.text.length)
  return isLast ? lastOrigin : (lastOrigin = readOrigin(url))
}

function readOrigin(url: string): Origin | undefined {
  const [text, scheme = '', authority = ''] = /^(\w+):\/\/([^/?]*)/.exec(url) ?? []
  if (text === undefined) return undefined
  const whole = authority.slice(authority.lastIndexOf('@') + 1)
  const port = /:(\d+)$/.exec(whole)
  const host = port === null ? whole : whole.slice(0, port.index)
  return { text, scheme, host: host.replace(/^\[|\]$/g, ''), port: port === null ? undefined : Number(port[1]) }
}

/** Whether the path or the query begins there. */
function endsOrigin(url: string, at: number): boolean {
  return at === url.length || url[at] === '/' || url[at] === '?'
}

/** The low-cardinality reason of a failure: a database's code, the class of the error, or a status. */
function errorTypeOf(record: SpanRecord): string {
  const kind = record.logs?.find((log) => log.fields['event'] === 'error')?.fields['error.kind']
  const reason = record.tag('db.error_code') ?? kind ?? record.tag('http.status_code')
  return reason === undefined ? '_OTHER' : asText(reason)
}
