/**
 * Connections to an https backend through a proxy: CONNECT, then TLS with the backend inside.
 */
import { Agent, type AgentOptions } from 'node:https'
import type { Duplex } from 'node:stream'
import { ownRequest } from '../own-requests.js'
import { proxyAuthorization } from './proxy.js'
import { addressOf } from './target.js'

/** A connection that nobody waits for any more is not left open for good. */
const LONGEST = 30_000

type Created = (error: Error | null, socket?: Duplex) => void

/** What Node asks a connection for. */
interface ConnectionOptions {
  readonly host: string
  readonly port: number | string
}

export class TunnelAgent extends Agent {
  private readonly proxy: URL

  constructor(proxy: URL, options: AgentOptions) {
    super(options)
    this.proxy = proxy
  }

  override createConnection(options: ConnectionOptions, created: Created): undefined {
    const connect = super.createConnection as unknown as (options: object) => Duplex
    openTunnel(this.proxy, `${bracketed(options.host)}:${options.port}`, (error, socket) => {
      if (error !== null) created(error)
      else created(null, connect.call(this, { ...options, socket }))
    })
  }
}

function openTunnel(proxy: URL, authority: string, opened: Created): void {
  const authorization = proxyAuthorization(proxy)
  const asked = ownRequest(proxy.protocol === 'https:' ? 'https' : 'http')({
    ...addressOf(proxy),
    auth: null,
    agent: false,
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...(authorization !== undefined && { 'proxy-authorization': authorization }) },
  })
  asked.on('socket', (socket) => socket.unref())
  const timer = setTimeout(() => asked.destroy(new Error(`the proxy ${proxy.host} does not answer`)), LONGEST).unref()
  asked.on('error', (error) => {
    clearTimeout(timer)
    opened(error)
  })
  asked.on('connect', ({ statusCode, statusMessage }, socket) => {
    clearTimeout(timer)
    if (statusCode === 200) return opened(null, socket)
    socket.destroy()
    opened(new Error(`the proxy ${proxy.host} answers ${statusCode} ${statusMessage ?? ''}`.trimEnd()))
  })
  asked.end()
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
