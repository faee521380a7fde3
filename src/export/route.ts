/**
 * The way to a backend: a Unix socket, a connection, or a proxy. Connections are kept for the next message.
 */
import { Agent, type RequestOptions } from 'node:http'
import type { OutgoingRequest } from './exporter.js'
import { lookupTogether } from './names.js'
import { proxyAuthorization, proxyFor } from './proxy.js'
import { addressOf, socketAddress } from './target.js'

export interface Route {
  /** What Node's `request` wants to know. */
  readonly options: RequestOptions
  readonly headers: Readonly<Record<string, string>>
  /** By `https.request`. */
  readonly isSecure: boolean
}

const AGENT_OPTIONS = { keepAlive: true, maxSockets: 2, scheduling: 'lifo', lookup: lookupTogether } as const
const agents = new Map<string, Agent>()

/** Where to connect for a message, and what to ask for there. */
export function routeOf({ url, headers, tls }: OutgoingRequest): Route {
  const socket = socketAddress(url)
  if (socket !== undefined) {
    const { socketPath, path = '/' } = socket
    return { options: { socketPath, path, agent: plainAgent() }, headers, isSecure: false }
  }
  const target = new URL(url)
  const proxy = proxyFor(target)
  const isSecure = target.protocol === 'https:'
  if (proxy !== undefined && !isSecure) return throughProxy(target, proxy, headers)
  const agent = !isSecure ? plainAgent() : proxy === undefined ? secureAgent() : tunnelAgent(proxy)
  return { options: { ...addressOf(target), ...tls, agent }, headers, isSecure }
}

/** Plain HTTP is handed to the proxy with the whole address (RFC 9112, absolute-form). */
function throughProxy(target: URL, proxy: URL, headers: OutgoingRequest['headers']): Route {
  const isSecure = proxy.protocol === 'https:'
  const { auth } = addressOf(target)
  const authorization = proxyAuthorization(proxy)
  return {
    options: {
      ...addressOf(proxy),
      auth,
      path: `${target.origin}${target.pathname}${target.search}`,
      agent: isSecure ? secureAgent() : plainAgent(),
    },
    headers: {
      ...headers,
      host: target.host,
      ...(authorization !== undefined && { 'proxy-authorization': authorization }),
    },
    isSecure,
  }
}

function plainAgent(): Agent {
  return agentOf('http', () => new Agent(AGENT_OPTIONS))
}

function secureAgent(): Agent {
  return agentOf('https', () => {
    const { Agent: SecureAgent } = require('node:https') as typeof import('node:https')
    return new SecureAgent(AGENT_OPTIONS)
  })
}

function tunnelAgent(proxy: URL): Agent {
  return agentOf(proxy.href, () => {
    const { TunnelAgent } = require('./tunnel.js') as typeof import('./tunnel.js')
    return new TunnelAgent(proxy, AGENT_OPTIONS)
  })
}

function agentOf(key: string, make: () => Agent): Agent {
  let agent = agents.get(key)
  if (agent === undefined) agents.set(key, (agent = make()))
  return agent
}
