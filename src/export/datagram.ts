/**
 * UDP to an agent. Nobody answers; that nobody listens is known when the host of the agent says so, soon after.
 */
import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns'
import { messageOf, warnOnce } from '../log.js'
import { withoutTracing } from '../scope/scope.js'
import type { OutgoingRequest } from './exporter.js'
import type { Outcome, Post } from './transport.js'

/**
 * How long a message is listened after, ms. On this host, where agents mostly are, a refusal is there before the next
 * turn of the event loop.
 */
const ECHO = 10

/** A connected socket. Connected, for only these hear of a port on which nobody listens. */
class Link {
  private readonly url: string
  private readonly socket: Socket
  private isOpen = true
  /** Of the message under way. */
  onRefused: ((error: Error) => void) | undefined

  constructor(url: string, socket: Socket) {
    this.url = url
    this.socket = socket
    links.set(url, this)
    socket.on('error', (error) => this.fail(error))
  }

  send(datagram: Uint8Array, onSent: () => void): void {
    // Somebody may have refused an earlier one since it was last looked.
    if (!this.isOpen) return this.fail(new Error('the connection is closed'))
    this.socket.send(datagram, (error) => {
      if (error === null) onSent()
      else this.fail(error)
    })
  }

  /** The name is looked up anew for the next message: agents move. */
  private fail(error: Error): void {
    if (this.isOpen) {
      this.isOpen = false
      links.delete(this.url)
      this.socket.close()
    }
    // A refusal that comes late is of a message that was taken for good.
    if (this.onRefused === undefined) warnOnce(`backend:${this.url}`, `no spans reach ${this.url}: ${messageOf(error)}`)
    else this.onRefused(error)
  }
}

const links = new Map<string, Link>()

/**
 * Sends the request's datagrams, one after the other. Accepted means that the operating system has taken them, and that
 * nobody has refused them since.
 */
export function postDatagrams(request: OutgoingRequest, onDone: (outcome: Outcome) => void): Post {
  const { url, datagrams = [] } = request
  let isOver = false
  let isWritten = false
  let link: Link | undefined
  const settle = (error: Error | null): void => {
    if (link !== undefined) link.onRefused = undefined
    if (isOver) return
    isOver = true
    onDone(error === null ? { kind: 'accepted' } : { kind: 'unreachable', why: messageOf(error) })
  }
  const sendFrom = (index: number): void => {
    const datagram = datagrams[index]
    if (datagram !== undefined) return link?.send(datagram, () => sendFrom(index + 1))
    isWritten = true
    // Twice: after a turn that took long, timers come before what the socket has to say.
    setTimeout(() => setTimeout(() => settle(null), 0).unref(), ECHO).unref()
  }
  withoutTracing(() => {
    connected(url, (error, found) => {
      if (found === undefined) return settle(error)
      link = found
      link.onRefused = settle
      sendFrom(0)
    })
  })
  return {
    request,
    isWritten: () => isWritten,
    outcomeNow: () => ({ kind: 'accepted' }),
    abandon() {
      isOver = true
    },
  }
}

function connected(url: string, onReady: (error: Error | null, link?: Link) => void): void {
  const existing = links.get(url)
  if (existing !== undefined) {
    setImmediate(onReady, null, existing)
    return
  }
  const { hostname, port } = new URL(url)
  lookup(hostname.replace(/^\[|\]$/g, ''), (error, address, family) => {
    if (error !== null) return onReady(error)
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
    socket.unref()
    socket.once('error', (failed) => {
      socket.close()
      onReady(failed)
    })
    socket.connect(Number(port), address, () => {
      socket.removeAllListeners('error')
      onReady(null, new Link(url, socket))
    })
  })
}
