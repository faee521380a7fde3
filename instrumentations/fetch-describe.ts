/**
 * What `fetch` spans tell: pure functions of undici's requests.
 */
import type { Socket } from 'node:net'
import { redactUrl, type Description, type Tags } from '../src/instrumentation.js'
import { answerTags, knownMethod, unknownMethod } from './http-describe.js'
import { peerOf } from './http-peer.js'

/** undici's request as far as it is relied upon. */
export interface UndiciRequest {
  readonly origin: string | URL
  /** With the query; `host:port` for CONNECT. */
  readonly path: string
  readonly method: string
  /** The protocol to change to. */
  readonly upgrade?: string | null
  /** `[name, value, …]`; lines of text in undici 5. */
  readonly headers: unknown
  addHeader(name: string, value: string): unknown
}

export interface UndiciResponse {
  /** Null for a WebSocket over HTTP/2. */
  readonly statusCode: number | null
  /** `[name, value, …]`, as bytes. */
  readonly headers?: unknown
}

/** Scheme, host and port of an origin. */
const ORIGIN = /^(https?):\/\/(?:[^@/]*@)?(?:\[([^\]]*)\]|([^:/]*))(?::(\d+))?/i

/** Whom an origin names. */
interface Named {
  readonly origin: string
  readonly host: string | undefined
  readonly port: number
}

/** So many origins are remembered. */
const MOST_ORIGINS = 100
const origins = new Map<string, Named>()
/** The last one: V8 compares two texts in less time than it takes to look for one that has just been made. */
let last: Named = readOrigin('')

function namedBy(origin: string): Named {
  if (origin !== last.origin) last = origins.get(origin) ?? learn(origin)
  return last
}

function learn(origin: string): Named {
  const named = readOrigin(origin)
  if (origins.size === MOST_ORIGINS) origins.clear()
  origins.set(origin, named)
  return named
}

function readOrigin(origin: string): Named {
  const [, scheme, ipv6, host, port] = ORIGIN.exec(origin) ?? []
  return { origin, host: ipv6 ?? host, port: Number(port ?? (scheme?.toLowerCase() === 'https' ? 443 : 80)) }
}

/** A request to be sent. */
export function describeRequest(request: UndiciRequest, redacted: readonly string[]): Description {
  const { method, path } = request
  const origin = String(request.origin)
  return { tags: () => requestTags(method, origin, path, redacted) }
}

function requestTags(method: string, origin: string, path: string, redacted: readonly string[]): Tags {
  const { host, port } = namedBy(origin)
  return [
    'http.method',
    knownMethod(method),
    'http.url',
    redactUrl(urlOf({ origin, path }), redacted),
    'peer.hostname',
    host,
    'peer.port',
    port,
    // The seldom and the room come last, as in `describeServer`.
    'http.request.method_original',
    unknownMethod(method),
    'http.status_code',
    undefined,
  ]
}

export function urlOf({ origin, path }: Pick<UndiciRequest, 'origin' | 'path'>): string {
  const base = String(origin)
  return path.startsWith('/') ? `${base.endsWith('/') ? base.slice(0, -1) : base}${path}` : path
}

/** The connection that it went out on. */
export function describeConnection(socket: Socket): Description {
  const { tag, address } = peerOf(socket)
  return { tags: () => [tag, address] }
}

/** What came back. */
export function describeResponse({ statusCode }: UndiciResponse): Description {
  return { tags: () => answerTags(statusCode ?? undefined) }
}

/** The headers that the caller has set: their names in lower case, and the one that may hold a signature. */
export function callersHeaders(headers: unknown): {
  readonly names: readonly string[]
  readonly authorization: string
} {
  const list = listOf(headers)
  const names = namesIn(list)
  const at = names.indexOf('authorization')
  return { names, authorization: at === -1 ? '' : String(list[2 * at + 1]) }
}

/** The headers of the last request, as `[name, value, …]` … */
let lastList: readonly unknown[] = []
/** … and their names in lower case: those of the next one are mostly the same. */
let lastNames: readonly string[] = []

function namesIn(list: readonly unknown[]): readonly string[] {
  if (hasSameNames(list)) return lastNames
  const names: string[] = []
  for (let i = 0; i < list.length; i += 2) names.push(String(list[i]).toLowerCase())
  // Without the values, which are nobody's business for longer than the request.
  lastList = list.map((text, i) => (i % 2 === 0 ? text : undefined))
  lastNames = names
  return names
}

function hasSameNames(list: readonly unknown[]): boolean {
  if (list.length !== lastList.length) return false
  for (let i = 0; i < list.length; i += 2) if (list[i] !== lastList[i]) return false
  return true
}

/** A request's headers as `[name, value, …]`, whichever way undici keeps them. */
export function listOf(headers: unknown): readonly unknown[] {
  if (typeof headers === 'string') return headerLines(headers)
  return Array.isArray(headers) ? headers : []
}

/** `name: value` lines as `[name, value, …]`. */
function headerLines(text: string): string[] {
  return text.split('\r\n').flatMap((line) => {
    const colon = line.indexOf(':')
    return colon === -1 ? [] : [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
}
