/**
 * The way to a server: a Unix socket, a connection, or a proxy.
 */
import { plainly, securely, type Certificates, type Opening } from './opening.js'
import { proxyFor } from './proxy.js'
import { basicAuthorization, endpointOf, socketAddress } from './target.js'

type Fields = Readonly<Record<string, string>>

interface Way {
  /** Messages whose ways have the same name may share connections. */
  readonly name: string
  readonly open: Opening
}

export interface Route extends Way {
  /** What is asked for there. */
  readonly target: string
  /** With those that the way wants. */
  readonly headers: Fields
}

/** What is asked for, and of whom. */
export interface Address {
  /** `http:`, `https:`, or a Unix socket as `unix:///path/to.sock:/path/of/url` (see target.ts). */
  readonly url: string
  readonly headers: Fields
  /** For https. */
  readonly tls?: Certificates | undefined
}

/** Where to connect for a message, and what to ask for there. */
export function routeOf({ url, headers, tls }: Address): Route {
  const socket = socketAddress(url)
  if (socket !== undefined) {
    const { socketPath, path = '/' } = socket
    const endpoint = { path: socketPath }
    const name = JSON.stringify(endpoint)
    return { name, open: plainly(endpoint), target: path, headers: { host: 'localhost', ...headers } }
  }
  const address = new URL(url)
  const proxy = proxyFor(address)
  const target = `${address.pathname}${address.search}`
  const all = { host: address.host, ...credentials('authorization', address), ...headers }
  if (proxy === undefined) return { ...wayTo(address, tls), target, headers: all }
  if (address.protocol === 'https:') return { ...wayThrough(proxy, address, tls), target, headers: all }
  // Plain HTTP is handed to the proxy with the whole address (RFC 9112, absolute-form).
  return {
    ...wayTo(proxy),
    target: `${address.origin}${target}`,
    headers: { ...all, ...credentials('proxy-authorization', proxy) },
  }
}

function wayTo(address: URL, certificates?: Certificates): Way {
  const endpoint = endpointOf(address)
  const isSecure = address.protocol === 'https:'
  const name = JSON.stringify([endpoint, isSecure, certificates])
  return { name, open: isSecure ? securely(endpoint, certificates) : plainly(endpoint) }
}

function wayThrough(proxy: URL, address: URL, certificates: Certificates | undefined): Way {
  const { tunnelled } = require('./tunnel.js') as typeof import('./tunnel.js')
  const endpoint = endpointOf(address)
  const { name, open } = wayTo(proxy)
  const headers = credentials('proxy-authorization', proxy)
  return {
    name: JSON.stringify([endpoint, certificates, name, headers]),
    open: tunnelled({ endpoint, certificates }, { name: proxy.host, open, headers }),
  }
}

function credentials(header: string, address: URL): Fields {
  const authorization = basicAuthorization(address)
  return authorization === undefined ? {} : { [header]: authorization }
}
