/**
 * Backends on loopback that keep what they get, whatever it is.
 */
import { createSocket, type Socket } from 'node:dgram'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** An HTTP server that answers everything with one status. */
export class HttpBackend {
  readonly received: Received[] = []
  private readonly server: Server

  private constructor(server: Server) {
    this.server = server
  }

  /** @param keeps whether `received` is filled; not for long runs */
  static async start(status = 202, keeps = true): Promise<HttpBackend> {
    const server = createServer((req, res) => {
      const chunks: Buffer[] = []
      req.on('data', (chunk: Buffer) => chunks.push(chunk))
      req.on('end', () => {
        const { method = '', url = '', headers } = req
        if (keeps) backend.received.push({ method, path: url, headers, body: Buffer.concat(chunks) })
        res.writeHead(status).end()
      })
    })
    const backend = new HttpBackend(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return backend
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** A UDP socket. */
export class UdpBackend {
  readonly received: Buffer[] = []
  private readonly socket: Socket

  private constructor(socket: Socket) {
    this.socket = socket
  }

  static async start(port = 0): Promise<UdpBackend> {
    const socket = createSocket('udp4')
    const backend = new UdpBackend(socket)
    socket.on('message', (datagram) => backend.received.push(datagram))
    await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve))
    return backend
  }

  get port(): number {
    return this.socket.address().port
  }

  /** Resolves when so many datagrams have come. */
  async got(count: number): Promise<void> {
    while (this.received.length < count) await new Promise((resolve) => setTimeout(resolve, 2))
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(resolve))
  }
}
