/**
 * Addresses of backends: over TCP, or through a Unix socket, `unix:///path/to.sock`, with the path of the request after
 * a second colon, `unix:///path/to.sock:/v1/traces`, or as `http+unix://%2Fpath%2Fto.sock/v1/traces`.
 */
import type { RequestOptions } from 'node:http'
import { urlToHttpOptions } from 'node:url'

/** A Unix socket, and the path of the request if one is given. */
export interface SocketAddress {
  readonly socketPath: string
  readonly path: string | undefined
}

/** The parts of a Unix socket's address; undefined for any other, or if it is none. */
export function socketAddress(url: string): SocketAddress | undefined {
  const [, scheme, rest = ''] = /^(unix|http\+unix):(?:\/\/)?(.*)$/is.exec(url) ?? []
  if (scheme === undefined) return undefined
  const encoded = /^(%2f[^/?]*)([/?].*)?$/is.exec(rest)
  if (encoded !== null) return { socketPath: decode(encoded[1] as string), path: encoded[2] }
  const [, socketPath, path] = /^(\/.*?)(?::(\/.*)?)?$/s.exec(rest) ?? []
  return socketPath === undefined || socketPath === '/' ? undefined : { socketPath, path }
}

/** Where a message goes, in a few words and without secrets. */
export function placeOf(url: string): string {
  const socket = socketAddress(url)
  if (socket !== undefined) return `unix://${socket.socketPath}`
  const { protocol, host, pathname } = new URL(url)
  return protocol === 'file:' ? decodeURIComponent(pathname) : `${protocol}//${host}`
}

/** A URL for Node's `request`, and nothing else of it: Node 18 takes options that look like a URL for one. */
export function addressOf(url: URL): RequestOptions {
  const { protocol, hostname, port, path, auth } = urlToHttpOptions(url)
  return { protocol, hostname, port, path, auth: auth ?? null }
}

/** `url` with a path appended to its own. */
export function appendPath(url: string, path: string): string {
  const socket = socketAddress(url)
  if (socket !== undefined) return `unix://${socket.socketPath}:${joined(socket.path ?? '', path)}`
  const parsed = new URL(url)
  parsed.pathname = joined(parsed.pathname, path)
  return parsed.href
}

function joined(base: string, path: string): string {
  return `${base.replace(/\/$/, '')}${path}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
