/**
 * UDP to an agent. Nobody answers; that nobody listens is known at best when the operating system says so later.
 */
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns'
import { messageOf, warnOnce } from '../log.js'
import { withoutTracing } from '../scope/scope.js'
import type { OutgoingRequest } from './exporter.js'
import type { Outcome, Post } from './transport.js'

/** Connected sockets by address. Connected, for only these hear of a port on which nobody listens. */
const sockets = new Map<string, Socket>()

/** Sends the request's datagrams, one after the other. Accepted means that the operating system has taken them. */
export function postDatagrams(request: OutgoingRequest, onDone: (outcome: Outcome) => void): Post {
  let isOver = false
  const settle = (error?: Error | null): void => {
    if (isOver) return
    isOver = true
    onDone(error == null ? { kind: 'accepted' } : { kind: 'unreachable', why: messageOf(error) })
  }
  withoutTracing(() => {
    connected(request.url, (error, socket) => {
      if (socket === undefined) settle(error)
      else sendFrom(socket, request, 0, settle)
    })
  })
  return {
    request,
    isWritten: () => false,
    abandon() {
      isOver = true
    },
  }
}

function sendFrom(
  socket: Socket,
  request: OutgoingRequest,
  index: number,
  settle: (error?: Error | null) => void,
): void {
  const datagram = request.datagrams?.[index]
  if (datagram === undefined) {
    settle()
    return
  }
  socket.send(datagram, (error) => {
    if (error === null) sendFrom(socket, request, index + 1, settle)
    else {
      forget(request.url, socket)
      settle(error)
    }
  })
}

/** The socket for an address. The name is looked up anew after a failure: agents move. */
function connected(url: string, onReady: (error: Error | null, socket?: Socket) => void): void {
  const existing = sockets.get(url)
  if (existing !== undefined) {
    setImmediate(onReady, null, existing)
    return
  }
  const { hostname, port } = new URL(url)
  lookup(hostname.replace(/^\[|\]$/g, ''), (error, address, family) => {
    if (error !== null) {
      onReady(error)
      return
    }
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    socket.unref()
    socket.once('error', onReady)
    socket.connect(Number(port), address, () => {
      socket.off('error', onReady)
      // No agent listens, and the operating system has been told so by its host.
      socket.on('error', (refused) => {
        warnOnce(`backend:${url}`, `no spans reach ${url}: ${messageOf(refused)}`)
        forget(url, socket)
      })
      sockets.set(url, socket)
      onReady(null, socket)
    })
  })
}

function forget(url: string, socket: Socket): void {
  if (sockets.get(url) !== socket) return
  sockets.delete(url)
  socket.close()
}
