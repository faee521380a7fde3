/**
 * Connections to servers. Messages go over one after the other; between two of them it waits, as long as the other side has
 * said that it would.
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

/** So many connections to one place wait for further messages. */
const MOST_IDLE = 2

/** Those that nobody uses, the last one used at the end. */
const idle: Connection[] = []

export function closedTooEarly(): Error {
  return new Error('the connection was closed without an answer')
}

/**
 * The connection of those by that name that was used last and is still good, or a new one.
 *
 * @param open opens one
 */
export function connectionFor(name: string, open: Opening): Connection {
  for (let i = idle.length - 1; i >= 0; i--) {
    const last = idle[i] as Connection
    if (last.name !== name) continue
    idle.splice(i, 1)
    if (last.isGood) return last
    last.destroy()
  }
  return new Connection(name, open)
}

export class Connection {
  readonly name: string
  /** Once it is opened. */
  socket: Socket | undefined
  /** It has carried another message before. */
  isOld = false
  private user: User | undefined
  /** What goes over it when it is opened. */
  private message: Buffer | undefined
  private isOver = false
  /** Until when it may wait, by the clock of `performance.now`. */
  private until = Infinity

  constructor(name: string, open: Opening) {
    this.name = name
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
    if (this.isGood && this.isWritten && this.others < MOST_IDLE) idle.push(this)
    else this.destroy()
  }

  destroy(): void {
    this.isOver = true
    this.user = undefined
    this.socket?.destroy()
  }

  /** Those of its name that nobody uses. */
  private get others(): number {
    return idle.filter(({ name }) => name === this.name).length
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
      .on('close', () => this.lost(closedTooEarly()))
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
    const index = idle.indexOf(this)
    if (index !== -1) idle.splice(index, 1)
  }
}
