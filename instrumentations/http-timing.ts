/**
 * What a request sent waits for, as logs of its span, where that is asked for: the name's address, the connection, its
 * encryption, the first byte of the answer. Loaded only then.
 */
import type { Socket } from 'node:net'
import { Stamp, type Kit, type Span } from '../src/instrumentation.js'

/** On a socket that is connecting: the span of the request which it is made for. */
const awaited = Stamp<Span | undefined>()

/** Events of a socket, and what they are called in logs. */
const EVENTS: ReadonlyMap<unknown, string> = new Map([
  ['lookup', 'dns.resolved'],
  ['connect', 'connected'],
  ['secureConnect', 'tls.established'],
])

/** Sockets tell by events; a listener of ours would be seen. */
export function patchSockets(kit: Kit): void {
  const { Socket } = require('node:net') as { Socket: { prototype: Socket } }
  kit.wrap(Socket.prototype, 'emit', (emit: (this: Socket, event: unknown, ...args: unknown[]) => boolean) => {
    return function emitTraced(event) {
      const name = EVENTS.get(event)
      if (name !== undefined) awaited.get(this)?.log({ event: name })
      return emit.apply(this, arguments as never)
    }
  })
}

/** A request has been given a socket: one that it has to wait for, or one that another request has left. */
export function logSocket(socket: unknown, span: Span): void {
  const { connecting } = socket as Partial<Socket>
  if (connecting === true) awaited.set(socket as Socket, span)
  else span.log({ event: 'connection.reused' })
}

export function logFirstByte(span: Span): void {
  span.log({ event: 'first_byte' })
}
