/**
 * Addresses of backends: over TCP, or through a Unix socket, `unix:///path/to.sock`, with the path of the request after
 * a second colon, `unix:///path/to.sock:/v1/traces`, or as `http+unix://%2Fpath%2Fto.sock/v1/traces`.
 */

/** A Unix socket, and the path of the request if one is given. */
export interface SocketAddress {
  readonly socketPath: string
  readonly path: string | undefined
}

export interface HostAndPort {
  /** A name or an address. */
  readonly host: string
  readonly port: number
}

/** What a connection leads to: a host, or a Unix socket. */
export type Endpoint = HostAndPort | { readonly path: string }

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

/** Where a connection for an http or https address leads. */
export function endpointOf({ protocol, hostname, port }: URL): HostAndPort {
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  }
}

/** `Basic` credentials for a server, if its address has any. */
export function basicAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return `Basic ${Buffer.from(credentials).toString('base64')}`
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

/** A host as it stands in a URL: IPv6 addresses in brackets. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
