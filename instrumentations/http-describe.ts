/**
 * What `http` spans tell: pure functions of requests and responses.
 */
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { redactUrl, routeOf, type Description } from '../src/instrumentation.js'

/** OpenTelemetry's known methods; case counts. */
const METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE'])

/** The span's name as long as no route is known. */
export function methodOf(method: string | undefined): string {
  return method !== undefined && METHODS.has(method) ? method : 'HTTP'
}

/** A request received. */
export function describeServer(req: IncomingMessage, redacted: readonly string[]): Description {
  const { host, 'user-agent': userAgent } = req.headers
  const scheme = 'encrypted' in req.socket ? 'https' : 'http'
  const path = req.url ?? '/'
  const url = path.startsWith('/') || path === '*' ? `${scheme}://${host ?? ''}${path === '*' ? '' : path}` : path
  return {
    tags: {
      ...methodTags(req.method),
      'http.url': redactUrl(url, redacted),
      'http.user_agent': userAgent,
      ...peerTags(req.socket),
    },
  }
}

/** The end of a response; `name` is the span's name, which the route completes. */
export function describeResponse(res: ServerResponse, name: string): Description {
  const route = routeOf.get(res)
  const isCutOff = !res.writableFinished
  const status = res.headersSent ? res.statusCode : undefined
  return {
    ...(route !== undefined && { name: `${name} ${route}` }),
    tags: {
      'http.route': route,
      'http.status_code': status,
      error: isCutOff || (status !== undefined && status >= 500) ? true : undefined,
      'error.type': isCutOff ? 'aborted' : undefined,
    },
  }
}

/** A request to be sent. */
export function describeClient(req: ClientRequest, redacted: readonly string[]): Description {
  const { protocol, host, path } = req
  const authority = req.getHeader('host') ?? host
  const port = /:(\d+)$/.exec(String(authority))?.[1] ?? (protocol === 'https:' ? 443 : 80)
  const url = path.startsWith('/') ? `${protocol}//${String(authority)}${path}` : path
  return {
    tags: {
      ...methodTags(req.method),
      'http.url': redactUrl(url, redacted),
      'peer.hostname': host,
      'peer.port': Number(port),
    },
  }
}

/** What came back. A status of 400 or more is the caller's failure. */
export function describeAnswer(req: ClientRequest, { statusCode }: IncomingMessage): Description {
  return { tags: { ...answerTags(statusCode), ...(req.socket != null && addressTags(req.socket)) } }
}

/** What a client tells of a response's status. */
export function answerTags(statusCode: number | undefined): Description['tags'] {
  return {
    'http.status_code': statusCode,
    error: statusCode !== undefined && statusCode >= 400 ? true : undefined,
  }
}

/**
 * Whether a request carries an AWS signature, which covers its headers.
 *
 * @param path with the query
 * @param authorization the header of that name, or text that has it somewhere
 */
export function isSigned(path: string, authorization: string): boolean {
  return authorization.includes('AWS4-') || /[?&]X-Amz-Signature=/i.test(path)
}

/** A caller that gives up on purpose has not failed (OpenTelemetry HTTP conventions). */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

export function methodTags(method = 'GET'): Record<string, string> {
  if (METHODS.has(method)) return { 'http.method': method }
  return { 'http.method': '_OTHER', 'http.request.method_original': method }
}

function peerTags(socket: Socket): Description['tags'] {
  return { ...addressTags(socket), 'peer.port': socket.remotePort }
}

/** The address at the other end of a socket: the peer's, or that of a proxy on the way. */
export function addressTags({ remoteAddress }: Socket): Record<string, string> {
  if (remoteAddress === undefined) return {}
  const address = remoteAddress.startsWith('::ffff:') ? remoteAddress.slice(7) : remoteAddress
  return { [address.includes(':') ? 'peer.ipv6' : 'peer.ipv4']: address }
}
