/**
 * Servers on the ports asked for.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { messageOf, warn } from '../../src/log.js'
import { isLoopback } from './http/guard.js'

/** Loopback as most mean it, and as those say it whose names resolve to IPv6 first. */
const LOOPBACK = '127.0.0.1'
const LOOPBACK_6 = '::1'

export interface Listening {
  readonly servers: readonly Server[]
  readonly ports: readonly number[]
}

/**
 * Listens on all ports. Without a host: on both addresses of this machine that nobody else reaches.
 *
 * @throws where the first port cannot be had; of the others a line on stderr tells
 */
export async function listenOn(
  handler: RequestListener,
  [first = 0, ...others]: readonly number[],
  host: string | undefined,
): Promise<Listening> {
  const server = await listen(handler, first, host ?? LOOPBACK)
  const servers = [server]
  const ports = [portOf(server)]
  for (const port of others.filter((port) => port !== first)) {
    try {
      const further = await listen(handler, port, host ?? LOOPBACK)
      servers.push(further)
      ports.push(portOf(further))
    } catch (error) {
      warn(`viewer: not listening on port ${port} too: ${messageOf(error)}`)
    }
  }
  if (host === undefined) {
    for (const port of ports) {
      const further = await listen(handler, port, LOOPBACK_6).catch(() => undefined)
      if (further !== undefined) servers.push(further)
    }
  } else if (!isLoopback(host)) {
    warn(`viewer: listening on ${host}: whoever reaches this machine can read all traces and send some`)
  }
  return { servers, ports }
}

function listen(handler: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer(handler)
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => {
      server.off('error', reject)
      // A connection that breaks is its owner's business.
      server.on('error', () => undefined)
      resolve(server)
    })
  })
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

/** The address to show to people. */
export function urlOf(port: number, host: string | undefined): string {
  const isAny = host === undefined || host === '0.0.0.0' || host === '::'
  const name = isAny ? LOOPBACK : host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}`
}
