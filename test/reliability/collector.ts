/**
 * A collector that can be made to misbehave. What it takes it keeps by span id; taken is what it has answered with 200.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { decodeOtlpProtobuf } from '../support/otlp-schema.js'

/** A message and the way to answer it. */
export interface Exchange {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** Reads the message, keeps its spans and answers as a good collector does, or with the body given. */
  take(answer?: (res: ServerResponse) => void): void
}

export type Behaviour = (exchange: Exchange) => void

interface Message {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly spanId: string }[] }[]
  }[]
}

export class MoodyCollector {
  /** In the order in which they came; one that came twice stands twice. */
  readonly taken: string[] = []
  /** Messages of which at least the head came. */
  messages = 0
  /** Spans of messages after whose answer their sender has left: it may have given them up before it could read it. */
  unheard = 0
  /** Bytes sent in answers. */
  sent = 0
  private readonly server: Server
  private port = 0
  /** Of TLS too, also while it shakes hands, which the server does not know of yet. */
  private readonly sockets = new Set<Socket>()
  /** How many spans came last, by the port of their sender, as long as that is connected. */
  private readonly lastFrom = new Map<number | undefined, number>()
  private readonly unanswered = new Set<ServerResponse>()
  private behaviour: Behaviour | undefined

  private constructor(tls: ServerOptions | undefined) {
    const listener: RequestListener = (req, res) => this.answer(req, res)
    this.server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener)
    this.server.on('connection', (socket: Socket) => {
      const { remotePort } = socket
      this.sockets.add(socket)
      this.lastFrom.set(remotePort, 0)
      socket.on('close', () => {
        // Otherwise it is this side that has left.
        if (this.sockets.delete(socket)) this.unheard += this.lastFrom.get(remotePort) ?? 0
        this.lastFrom.delete(remotePort)
      })
    })
  }

  static async start(tls?: ServerOptions): Promise<MoodyCollector> {
    const collector = new MoodyCollector(tls)
    await collector.listen()
    return collector
  }

  get address(): number {
    return this.port
  }

  behave(behaviour?: Behaviour): void {
    this.behaviour = behaviour
  }

  /** Of the certificate from now on. Who is connected must connect anew. */
  present(certificate: { key: Buffer; cert: Buffer }): void {
    ;(this.server as Server & { setSecureContext(options: object): void }).setSecureContext(certificate)
    this.disconnect()
  }

  /**
   * Waits until a message has been answered and none is under way. An answer would be lost with its connection, and its
   * sender send again what was taken; a connection that has not yet served would be taken for one that cannot be made.
   */
  async quiet(): Promise<void> {
    while (this.taken.length === 0) await setTimeout(10)
    for (const res of this.unanswered) await once(res, 'close')
  }

  /** Listens, again on the port that it had. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve))
    this.port = (this.server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    this.disconnect()
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve))
  }

  private disconnect(): void {
    for (const socket of this.sockets) socket.destroy()
    this.sockets.clear()
  }

  private answer(req: IncomingMessage, res: ServerResponse): void {
    this.messages++
    const { socket } = req
    // Not known any more when it has left.
    const { remotePort } = socket
    const before = socket.bytesWritten
    this.unanswered.add(res)
    res.on('close', () => {
      this.unanswered.delete(res)
      this.sent += socket.bytesWritten - before
    })
    const take: Exchange['take'] = (answer = end) => {
      const chunks: Buffer[] = []
      req.on('data', (chunk: Buffer) => chunks.push(chunk))
      req.on('end', () => {
        const ids = spanIds(Buffer.concat(chunks))
        this.taken.push(...ids)
        if (this.lastFrom.has(remotePort)) this.lastFrom.set(remotePort, ids.length)
        else this.unheard += ids.length
        answer(res)
      })
    }
    req.on('error', () => undefined)
    if (this.behaviour === undefined) take()
    else this.behaviour({ req, res, take })
  }
}

function end(res: ServerResponse): void {
  res.setHeader('content-type', 'application/x-protobuf').end()
}

function spanIds(body: Buffer): string[] {
  const { resourceSpans } = decodeOtlpProtobuf(body) as Message
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ spanId }) => spanId)))
}
