/**
 * Who is at the other end of a connection. Node's sockets take long to say so, and the answer is always the same: they are
 * asked once.
 */
import type { Socket } from 'node:net'
import { glimpse, Returns } from '../src/instrumentation.js'

/** The peer, or a proxy on the way to it. All undefined where it is not known: a Unix socket has neither. */
export interface Peer {
  /** The address's tag. */
  readonly tag: 'peer.ipv4' | 'peer.ipv6'
  readonly address: string | undefined
  readonly port: number | undefined
  /** Whether the connection is one of TLS. */
  readonly isSecure: boolean
}

const UNKNOWN: Peer = { tag: 'peer.ipv4', address: undefined, port: undefined, isSecure: false }

/** On a socket. A stamp written out. */
class known extends Returns {
  #value: Peer | undefined

  static get(socket: object): Peer | undefined {
    return #value in socket ? socket.#value : undefined
  }

  static set(socket: object, value: Peer | undefined): void {
    const stamped = #value in socket ? socket : new known(socket)
    stamped.#value = value
  }
}

/**
 * Gives a new socket what it gets when it is asked for its peer: our stamp, and what Node remembers on it. Each makes it
 * another kind of object to V8. Where that came with the first request that is recorded, which may be any, all that handles
 * sockets would meet several kinds of them, and be slower for it.
 */
export function prepare(socket: unknown): void {
  if (typeof socket !== 'object' || socket === null) return
  known.set(socket, undefined)
  glimpse(remember, socket)
}

function remember({ remoteAddress }: Partial<Socket>): unknown {
  return remoteAddress
}

/** The one at the other end of `socket`. An application's own objects may have none. */
export function peerOf(socket: Socket | undefined | null): Peer {
  if (socket == null) return UNKNOWN
  return known.get(socket) ?? ask(socket)
}

function ask(socket: Socket): Peer {
  const { remoteAddress, remotePort: port } = socket
  const isSecure = 'encrypted' in socket
  // Not connected so far, or no longer.
  if (remoteAddress === undefined) return { ...UNKNOWN, port, isSecure }
  const address = unmapped(remoteAddress)
  const peer: Peer = { tag: address.includes(':') ? 'peer.ipv6' : 'peer.ipv4', address, port, isSecure }
  known.set(socket, peer)
  return peer
}

/** An IPv4 address without IPv6's clothes, in which sockets for both see it. */
export function unmapped(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
