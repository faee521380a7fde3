/**
 * A collector that can be made to misbehave. What it takes it keeps by span id; taken is what it has answered with 200.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
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
  /** Bytes sent in answers. */
  sent = 0
  private readonly server: Server
  private port = 0
  /** Of TLS too, also while it shakes hands, which the server does not know of yet. */
  private readonly sockets = new Set<Socket>()
  private readonly unanswered = new Set<ServerResponse>()
  private behaviour: Behaviour | undefined

  private constructor(tls: ServerOptions | undefined) {
    const listener: RequestListener = (req, res) => this.answer(req, res)
    this.server = tls === undefined ? createServer(listener) : createSecureServer(tls, listener)
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
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

  /** Waits until no answer is under way: it would be lost with its connection, and its sender send what was taken again. */
  async quiet(): Promise<void> {
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
  }

  private answer(req: IncomingMessage, res: ServerResponse): void {
    this.messages++
    const { socket } = req
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
        this.taken.push(...spanIds(Buffer.concat(chunks)))
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
