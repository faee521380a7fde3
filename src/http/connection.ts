/**
 * Connections to backends. Messages go over one after the other; between them it waits for the next, as long as the other
 * side has said that it would.
 */
import type { Socket } from 'node:net'
import type { Opening } from './opening.js'

/** Who has a connection at the moment. None of these is called once it has been given back or destroyed. */
export interface User {
  received(bytes: Buffer): void
  /** The other side will send no more. */
  ended(): void
  /** The connection is lost. */
  failed(error: Error): void
}

/** As many connections to one place wait for further messages. */
const MOST_IDLE = 2

const idle = new Map<string, Connection[]>()

/**
 * The connection of those by that name that was used last and is still good, or a new one.
 *
 * @param open opens one
 */
export function connectionFor(name: string, open: Opening): Connection {
  const waiting = idle.get(name) ?? []
  idle.set(name, waiting)
  for (let last = waiting.pop(); last !== undefined; last = waiting.pop()) {
    if (last.isGood) return last
    last.destroy()
  }
  return new Connection(open, waiting)
}

export class Connection {
  /** Once it is opened. */
  socket: Socket | undefined
  /** It has carried another message before. */
  isOld = false
  /** Those to the same place that nobody uses, among which it will be. */
  private readonly waiting: Connection[]
  private user: User | undefined
  /** What goes over it when it is opened. */
  private message: Buffer | undefined
  private isOver = false
  /** Until when it may wait, by the clock of `performance.now`. */
  private until = Infinity

  constructor(open: Opening, waiting: Connection[]) {
    this.waiting = waiting
    open((error, socket) => {
      if (socket === undefined) this.lost(error as Error)
      else this.opened(socket)
    })
  }

  /** What goes wrong comes to `user`, later. */
  send(head: string, body: Uint8Array, user: User): void {
    this.user = user
    this.until = Infinity
    this.message = Buffer.concat([Buffer.from(head, 'latin1'), body])
    this.write()
  }

  /** All of what was sent has been handed to the operating system. */
  get isWritten(): boolean {
    const { socket } = this
    return socket !== undefined && !socket.connecting && !socket.destroyed && socket.writableLength === 0
  }

  get isGood(): boolean {
    return this.socket?.writable === true && performance.now() < this.until
  }

  /** @param patience ms for which it may wait for another message */
  giveBack(patience: number): void {
    this.user = undefined
    this.isOld = true
    this.until = performance.now() + patience
    // One on which the message is still being written is of no use for the next.
    if (this.isGood && this.isWritten && this.waiting.length < MOST_IDLE) this.waiting.push(this)
    else this.destroy()
  }

  destroy(): void {
    this.isOver = true
    this.user = undefined
    this.socket?.destroy()
  }

  private opened(socket: Socket): void {
    this.socket = socket
      .on('data', (bytes) => {
        if (this.user === undefined) this.destroy()
        else this.user.received(bytes)
      })
      .on('end', () => {
        this.forget()
        this.user?.ended()
      })
      .on('error', (error) => this.lost(error))
      .on('close', () => this.lost(new Error('the connection was closed without an answer')))
      .setNoDelay(true)
      .setKeepAlive(true, 1000)
    if (this.isOver) socket.destroy()
    else this.write()
  }

  private write(): void {
    const { socket, message } = this
    if (socket === undefined || message === undefined) return
    this.message = undefined
    socket.write(message)
  }

  private lost(error: Error): void {
    this.forget()
    const { user } = this
    this.user = undefined
    user?.failed(error)
  }

  private forget(): void {
    const index = this.waiting.indexOf(this)
    if (index !== -1) this.waiting.splice(index, 1)
  }
}
