/**
 * What `http2` spans tell: pure functions of streams and headers.
 */
import type { Socket } from 'node:net'
import { redactUrl, type Description, type Tags } from '../src/instrumentation.js'
import { answerTags, describeServed, knownMethod, unknownMethod } from './http-describe.js'
import { peerOf } from './http-peer.js'

/** As Node gives them: lower-case names, those of the protocol with a colon before them. */
export type Headers = Readonly<Record<string, string | string[] | undefined>> & {
  readonly ':method'?: string
  readonly ':path'?: string
  readonly ':scheme'?: string
  readonly ':authority'?: string
  readonly host?: string
  readonly 'user-agent'?: string
}

/** A stream as far as it is described. */
export interface StreamFacts {
  readonly session?: { readonly socket?: unknown } | undefined
  readonly sentHeaders?: object | undefined
  readonly rstCode?: number | undefined
  readonly aborted?: boolean
}

const VERSION = '2'

/** A stream received. */
export function describeStream(stream: StreamFacts, headers: Headers, redacted: readonly string[]): Description {
  const { ':method': method, ':path': path = '', ':scheme': scheme = 'http' } = headers
  const authority = headers[':authority'] ?? headers.host ?? ''
  return {
    tags: [
      ...methodTags(method),
      'http.url',
      redactUrl(`${scheme}://${authority}${path === '*' ? '' : path}`, redacted),
      'http.user_agent',
      headers['user-agent'],
      'network.protocol.version',
      VERSION,
      ...socketTags(stream),
    ],
  }
}

/** The end of a stream received; `name` is the span's name, which the route completes if there is one. */
export function describeStreamEnd(
  { sentHeaders, rstCode, aborted }: StreamFacts,
  name: string,
  route: string | undefined,
): Description {
  const status = statusOf(sentHeaders)
  const isCutOff = aborted === true || (rstCode !== undefined && rstCode !== 0)
  return describeServed(name, route, status, isCutOff)
}

/** @param origin where the session is connected to, such as `https://example.com:8443` */
export function describeSent(headers: Headers, origin: URL | undefined, redacted: readonly string[]): Description {
  return {
    tags: [
      ...methodTags(headers[':method']),
      'http.url',
      redactUrl(urlSent(headers, origin), redacted),
      'network.protocol.version',
      VERSION,
      'peer.hostname',
      origin?.hostname.replace(/^\[(.*)\]$/, '$1'),
      'peer.port',
      origin === undefined ? undefined : portOf(origin),
    ],
  }
}

/** @param origin where the session is connected to, for what the headers leave out */
export function urlSent(headers: Headers, origin: URL | undefined): string {
  const { ':path': path = '/', ':scheme': scheme = origin?.protocol.slice(0, -1) } = headers
  return `${scheme ?? 'http'}://${headers[':authority'] ?? headers.host ?? origin?.host ?? ''}${path}`
}

/** What came back. */
export function describeReceived(stream: StreamFacts, headers: object): Description {
  return { tags: [...answerTags(statusOf(headers)), ...socketTags(stream)] }
}

function methodTags(method: string | undefined): Tags {
  return ['http.method', knownMethod(method), 'http.request.method_original', unknownMethod(method)]
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

export function statusOf(headers: object | undefined): number | undefined {
  const status = (headers as Readonly<Record<string, unknown>> | undefined)?.[':status']
  return status === undefined ? undefined : Number(status)
}

/** The session of a stream that is over has no socket any more. */
function socketTags({ session }: StreamFacts): Tags {
  const { tag, address, port } = peerOf(session?.socket as Socket | undefined)
  return [tag, address, 'peer.port', port]
}
