/**
 * What `fetch` spans tell: pure functions of undici's requests.
 */
import type { Socket } from 'node:net'
import { redactUrl, type Description } from '../src/instrumentation.js'
import { addressOf, addressTag, answerTags, knownMethod, unknownMethod } from './http-describe.js'

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
interface Peer {
  readonly host: string | undefined
  readonly port: number
}

/** So many origins are remembered. */
const MOST_PEERS = 100
const peers = new Map<string, Peer>()

function peerOf(origin: string): Peer {
  const known = peers.get(origin)
  if (known !== undefined) return known
  const [, scheme, ipv6, host, port] = ORIGIN.exec(origin) ?? []
  const peer = { host: ipv6 ?? host, port: Number(port ?? (scheme?.toLowerCase() === 'https' ? 443 : 80)) }
  if (peers.size === MOST_PEERS) peers.clear()
  peers.set(origin, peer)
  return peer
}

/** A request to be sent. */
export function describeRequest(request: UndiciRequest, redacted: readonly string[]): Description {
  const { host, port } = peerOf(String(request.origin))
  return {
    tags: [
      'http.method',
      knownMethod(request.method),
      'http.request.method_original',
      unknownMethod(request.method),
      'http.url',
      redactUrl(urlOf(request), redacted),
      'peer.hostname',
      host,
      'peer.port',
      port,
    ],
  }
}

export function urlOf({ origin, path }: UndiciRequest): string {
  const base = String(origin)
  return path.startsWith('/') ? `${base.endsWith('/') ? base.slice(0, -1) : base}${path}` : path
}

/** The connection that it went out on. */
export function describeConnection(socket: Socket): Description {
  const address = addressOf(socket)
  return { tags: [addressTag(address), address] }
}

/** What came back. */
export function describeResponse({ statusCode }: UndiciResponse): Description {
  return { tags: answerTags(statusCode ?? undefined) }
}

/** The headers that the caller has set: their names in lower case, and the one that may hold a signature. */
export function callersHeaders(headers: unknown): {
  readonly names: readonly string[]
  readonly authorization: string
} {
  const list = listOf(headers)
  const names: string[] = []
  for (let i = 0; i < list.length; i += 2) names.push(String(list[i]).toLowerCase())
  const at = names.indexOf('authorization')
  return { names, authorization: at === -1 ? '' : String(list[2 * at + 1]) }
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
