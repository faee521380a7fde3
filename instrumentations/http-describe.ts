/**
 * What `http` spans tell: pure functions of requests and responses.
 */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isKnownMethod, redactUrl, type Description, type Tags } from '../src/instrumentation.js'
import { peerOf, unmapped, type Peer } from './http-peer.js'

/** The span's name as long as no route is known. */
export function methodOf(method: string | undefined): string {
  return method !== undefined && isKnownMethod(method) ? method : 'HTTP'
}

/** A request received. One that the application made up may lack the socket. */
export function describeServer(req: IncomingMessage, redacted: readonly string[]): Description {
  const { method = 'GET', url: path = '/', headers } = req
  const socket = req.socket as Socket | undefined | null
  const peer = peerOf(socket)
  const authority = authorityOf(req, socket)
  const agent = headers['user-agent']
  return { tags: () => serverTags(method, path, authority, agent, peer, redacted) }
}

function serverTags(
  method: string,
  path: string,
  authority: string,
  agent: string | undefined,
  peer: Peer,
  redacted: readonly string[],
): Tags {
  const scheme = peer.isSecure ? 'https' : 'http'
  // A request to a proxy brings a whole URL, `OPTIONS *` none.
  const isWhole = !path.startsWith('/') && path !== '*'
  const url = isWhole ? path : `${scheme}://${authority}${path === '*' ? '' : path}`
  const isKnown = isKnownMethod(method)
  return [
    'http.method',
    isKnown ? method : OTHER_METHOD,
    'http.url',
    redactUrl(url, redacted),
    'http.user_agent',
    agent,
    peer.tag,
    peer.address,
    'peer.port',
    peer.port,
    // What is seldom told comes last: without it the rest need not move up.
    'http.request.method_original',
    isKnown ? undefined : method,
    // Room for what is told in the end. Without it V8 makes a longer list then, and copies this one.
    'http.route',
    undefined,
    'http.status_code',
    undefined,
  ]
}

/** What the client calls this server; HTTP/1.0 need not say. */
function authorityOf({ headers }: IncomingMessage, socket: Socket | undefined | null): string {
  if (headers.host !== undefined) return headers.host
  if (socket?.localAddress === undefined) return ''
  const address = unmapped(socket.localAddress)
  return `${address.includes(':') ? `[${address}]` : address}:${socket.localPort}`
}

/** The end of a response; `name` is the span's name, which the route completes if there is one. */
export function describeResponse(res: ServerResponse, name: string, route: string | undefined): Description {
  const isCutOff = !res.writableFinished
  const status = res.headersSent ? res.statusCode : undefined
  return describeServed(name, route, status, isCutOff)
}

/** What is told of a request once it has been served. One of 500 or more is the server's failure. */
export function describeServed(
  name: string,
  route: string | undefined,
  status: number | undefined,
  isCutOff: boolean,
): Description {
  return {
    name: route === undefined ? undefined : nameWith(name, route),
    tags: () => [
      'http.route',
      route,
      'http.status_code',
      status,
      'error',
      isCutOff || (status !== undefined && status >= 500) ? true : undefined,
      'error.type',
      isCutOff ? 'aborted' : undefined,
    ],
  }
}

/** Applications may make up routes without end. */
const MOST_NAMES = 1000
/** By route: the name last made of it. Whoever compares names finds the same one, and V8 has no text to put together. */
const names = new Map<string, { readonly first: string; readonly whole: string }>()

function nameWith(first: string, route: string): string {
  const known = names.get(route)
  if (known?.first === first) return known.whole
  const whole = `${first} ${route}`
  if (names.size === MOST_NAMES) names.clear()
  names.set(route, { first, whole })
  return whole
}

/** A request to be sent as far as it is described. */
export type Outgoing = Pick<ClientRequest, 'protocol' | 'host' | 'path' | 'method'> & {
  readonly socketPath?: string | null | undefined
}

/** @param hostHeader the `Host` that will be sent */
export function describeClient(
  { protocol, host, path, method, socketPath }: Outgoing,
  hostHeader: string | undefined,
  redacted: readonly string[],
): Description {
  const authority = hostHeader ?? host
  return {
    tags: () => [
      'http.method',
      knownMethod(method),
      'http.url',
      redactUrl(urlOf(protocol, authority, path), redacted),
      'peer.hostname',
      socketPath ?? host,
      'peer.port',
      socketPath == null ? portOf(authority, host, protocol) : undefined,
      'http.request.method_original',
      unknownMethod(method),
    ],
  }
}

/** A request to a proxy has a whole URL for its path. */
export function urlOf(protocol: string, authority: string, path: string): string {
  return path.startsWith('/') || path === '*' ? `${protocol}//${authority}${path === '*' ? '' : path}` : path
}

/** The port as the `Host` header tells it. One that names another host tells nothing: wait for the connection. */
function portOf(authority: string, host: string, protocol: string): number | undefined {
  const port = /:(\d+)$/.exec(authority)
  const name = port === null ? authority : authority.slice(0, port.index)
  if (name !== host && name !== `[${host}]`) return undefined
  return port === null ? (protocol === 'https:' ? 443 : 80) : Number(port[1])
}

/** What came back. */
export function describeAnswer(
  { socket }: { readonly socket: Socket | null },
  { statusCode }: Pick<IncomingMessage, 'statusCode'>,
): Description {
  const { tag, address, port } = peerOf(socket)
  return { tags: () => [...answerTags(statusCode), tag, address, 'peer.port', port] }
}

/** What a client tells of a response's status. One of 400 or more is the caller's failure. */
export function answerTags(statusCode: number | undefined): Tags {
  return ['http.status_code', statusCode, 'error', statusCode !== undefined && statusCode >= 400 ? true : undefined]
}

/**
 * Whether a request carries an AWS signature, which covers its headers.
 *
 * @param path with the query
 * @param authorization the header of that name
 */
export function isSigned(path: string, authorization: unknown): boolean {
  return (typeof authorization === 'string' && authorization.startsWith('AWS4-')) || /[?&]X-Amz-Signature=/i.test(path)
}

/**
 * A caller that gives up on purpose has not failed (OpenTelemetry HTTP conventions). `AbortSignal.timeout()` looks the
 * same but for the cause.
 */
export function isAbort(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== 'AbortError') return false
  return (error.cause as Partial<Error> | undefined)?.name !== 'TimeoutError'
}

/** `ECONNREFUSED` tells more than the class, which is `Error` for all of its kind. */
export function describeFailure(error: unknown): Description {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined
  return { tags: ['error.type', typeof code === 'string' ? code : undefined] }
}

const OTHER_METHOD = '_OTHER'

/** What is told of a request's method. */
export function knownMethod(method = 'GET'): string {
  return isKnownMethod(method) ? method : OTHER_METHOD
}

/** The method as it is, where it is none of those that are known. */
export function unknownMethod(method = 'GET'): string | undefined {
  return isKnownMethod(method) ? undefined : method
}
