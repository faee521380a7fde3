/**
 * What `http2` spans tell: pure functions of streams and headers.
 */
import type { Socket } from 'node:net'
import { redactUrl, type Description } from '../src/instrumentation.js'
import { answerTags, methodTags, withAddress } from './http-describe.js'

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
  const tags = methodTags(method)
  tags['http.url'] = redactUrl(`${scheme}://${authority}${path === '*' ? '' : path}`, redacted)
  tags['http.user_agent'] = headers['user-agent']
  tags['network.protocol.version'] = VERSION
  return { tags: withSocket(tags, stream) }
}

/** The end of a stream received; `name` is the span's name, which the route completes if there is one. */
export function describeStreamEnd(
  { sentHeaders, rstCode, aborted }: StreamFacts,
  name: string,
  route: string | undefined,
): Description {
  const status = statusOf(sentHeaders)
  const isCutOff = aborted === true || (rstCode !== undefined && rstCode !== 0)
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

/** @param origin where the session is connected to, such as `https://example.com:8443` */
export function describeSent(headers: Headers, origin: URL | undefined, redacted: readonly string[]): Description {
  const tags = methodTags(headers[':method'])
  tags['http.url'] = redactUrl(urlSent(headers, origin), redacted)
  tags['network.protocol.version'] = VERSION
  if (origin !== undefined) {
    tags['peer.hostname'] = origin.hostname.replace(/^\[(.*)\]$/, '$1')
    tags['peer.port'] = portOf(origin)
  }
  return { tags }
}

/** @param origin where the session is connected to, for what the headers leave out */
export function urlSent(headers: Headers, origin: URL | undefined): string {
  const { ':path': path = '/', ':scheme': scheme = origin?.protocol.slice(0, -1) } = headers
  return `${scheme ?? 'http'}://${headers[':authority'] ?? headers.host ?? origin?.host ?? ''}${path}`
}

/** What came back. */
export function describeReceived(stream: StreamFacts, headers: object): Description {
  return { tags: withSocket(answerTags(statusOf(headers)), stream) }
}

function portOf({ port, protocol }: URL): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

export function statusOf(headers: object | undefined): number | undefined {
  const status = (headers as Readonly<Record<string, unknown>> | undefined)?.[':status']
  return status === undefined ? undefined : Number(status)
}

/** The session of a stream that is over has no socket any more. */
function withSocket(tags: ReturnType<typeof answerTags>, { session }: StreamFacts): Description['tags'] {
  const socket = session?.socket as Socket | undefined
  if (socket?.remoteAddress === undefined) return tags
  withAddress(tags, socket)
  tags['peer.port'] ??= socket.remotePort
  return tags
}
