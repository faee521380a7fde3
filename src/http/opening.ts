/**
 * Opens connections to backends and proxies: over TCP or a Unix socket, with TLS where that is asked for. None keeps a
 * process alive.
 */
import { isIP, Socket } from 'node:net'
import { lookupTogether } from './names.js'
import type { Endpoint, HostAndPort } from './target.js'

/** PEM texts, where Node's own certificates will not do. */
export interface Certificates {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** Called once, at once or later. */
export type Opened = (error: Error | null, socket?: Socket) => void

/** Begins to open a connection. @throws Error if it cannot even begin */
export type Opening = (opened: Opened) => void

const MOST_SESSIONS = 16
/** The last session with each server, by which the next handshake is a short one. */
const sessions = new Map<string, Buffer>()

export function plainly(endpoint: Endpoint): Opening {
  return (opened) => opened(null, new Socket().connect({ ...endpoint, lookup: lookupTogether }).unref())
}

export function securely(endpoint: HostAndPort, certificates: Certificates | undefined): Opening {
  return (opened) => opened(null, secured({ ...endpoint, lookup: lookupTogether }, endpoint, certificates))
}

/**
 * TLS with the server at `endpoint`.
 *
 * @param over how to get there: for Node's `connect`
 */
export function secured(over: object, endpoint: HostAndPort, certificates: Certificates | undefined): Socket {
  const { connect } = require('node:tls') as typeof import('node:tls')
  const { host } = endpoint
  const key = JSON.stringify([endpoint, certificates])
  return connect({
    ...certificates,
    ...over,
    host,
    // An address is no name (RFC 6066, section 3).
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    session: sessions.get(key),
  })
    .on('session', (session) => {
      // Certificates that are renewed every hour make as many keys.
      if (sessions.size === MOST_SESSIONS) sessions.clear()
      sessions.set(key, session)
    })
    .unref()
}
