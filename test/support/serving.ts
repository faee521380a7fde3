/**
 * Backends in this process: servers that keep what they get and answer as they are told, and messages to send them.
 */
import { createServer as createSecureServer } from 'node:https'
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, mock } from 'node:test'
import type { Outcome } from '../../src/export/answers.js'
import type { OutgoingRequest } from '../../src/export/exporter.js'
import { setProxies } from '../../src/http/proxy.js'
import { post } from '../../src/export/transport.js'

/** Long enough for every attempt, if pauses are cut short. */
export const TIMEOUT = 30_000
export const NO_PROXIES = { httpProxy: undefined, httpsProxy: undefined, noProxy: [] }

export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}
export type Answering = (res: ServerResponse, index: number, req: IncomingMessage) => void

const servers: Server[] = []
const sockets: Duplex[] = []

/** Has a connection that no server knows of closed after the test. */
export function closeLater(socket: Duplex): void {
  sockets.push(socket)
}

/** A server that keeps what it gets and answers as it is told. */
export async function backend(
  answer: Answering,
  options?: object,
): Promise<{ seen: Seen[]; port: number; server: Server }> {
  const seen: Seen[] = []
  const listener: RequestListener = (req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const { method = '', url: path = '', headers } = req
      answer(res, seen.push({ method, path, headers, body: Buffer.concat(chunks) }) - 1, req)
    })
  }
  const server = options === undefined ? createServer(listener) : createSecureServer(options, listener)
  return { seen, server, port: await listening(server) }
}

export async function listening(server: Server, path?: string): Promise<number> {
  servers.push(server)
  const where = path === undefined ? { port: 0, host: '127.0.0.1' } : { path }
  await new Promise<void>((resolve) => server.listen(where, resolve))
  return path === undefined ? (server.address() as AddressInfo).port : 0
}

afterEach(() => {
  setProxies(NO_PROXIES)
  mock.restoreAll()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  for (const socket of sockets.splice(0)) socket.destroy()
})

export function message(url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest {
  const body = Buffer.from('the spans')
  return { url, headers: { 'x-mine': 'yes' }, body, spans: 10, timeout: TIMEOUT, answers: 'otlp', ...more }
}

/** Sends a message and waits for what becomes of it; the process lives on meanwhile. */
export function send(request: OutgoingRequest): Promise<Outcome> {
  const alive = setInterval(() => undefined, 1000)
  return new Promise<Outcome>((resolve) => post(request, resolve)).finally(() => clearInterval(alive))
}

export const toPort = (port: number, more?: Partial<OutgoingRequest>): Promise<Outcome> =>
  send(message(`http://127.0.0.1:${port}/v1/traces`, more))

export const status =
  (...statuses: readonly number[]): Answering =>
  (res, index) =>
    res.writeHead(statuses[index] ?? statuses.at(-1) ?? 200).end('so it is')

/** A proxy that takes every name for `port` of this host. */
export async function tunnelTo(port: number): Promise<{ port: number; asked: (readonly (string | undefined)[])[] }> {
  const asked: (readonly (string | undefined)[])[] = []
  const server = createServer().on('connect', (req, socket) => {
    asked.push([req.url, req.headers['proxy-authorization']])
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.pipe(socket).pipe(upstream)
    })
    upstream.on('error', () => socket.destroy())
    socket.on('error', () => upstream.destroy())
    closeLater(upstream)
    closeLater(socket)
  })
  return { port: await listening(server), asked }
}
