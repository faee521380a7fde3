/**
 * Connections to an https backend through a proxy: CONNECT, then TLS with the backend inside (RFC 9110, section 9.3.6).
 */
import type { Socket } from 'node:net'
import { readHead } from './answer.js'
import { requestHead } from './request-head.js'
import { secured, type Certificates, type Opened, type Opening } from './opening.js'
import { inUrl, type HostAndPort } from './target.js'

/** What a tunnel is for. */
export interface Backend {
  readonly endpoint: HostAndPort
  readonly certificates: Certificates | undefined
}

export interface Proxy {
  /** For messages. */
  readonly name: string
  readonly open: Opening
  readonly headers: Readonly<Record<string, string>>
}

/** A connection that nobody waits for any more is not left open for good. */
const LONGEST = 30_000

export function tunnelled(backend: Backend, proxy: Proxy): Opening {
  return (opened) =>
    proxy.open((error, socket) => {
      if (socket === undefined) opened(error)
      else ask(socket, backend, proxy, opened)
    })
}

function ask(socket: Socket, { endpoint, certificates }: Backend, proxy: Proxy, opened: Opened): void {
  const { host, port } = endpoint
  const authority = `${inUrl(host)}:${port}`
  let bytes: Buffer = Buffer.alloc(0)
  const over = (error: Error | null): void => {
    clearTimeout(timer)
    // An error without a listener would be the application's end.
    socket
      .off('data', received)
      .off('error', over)
      .off('close', closed)
      .on('error', () => undefined)
    if (error === null) return opened(null, secured({ socket }, endpoint, certificates))
    socket.destroy()
    opened(error)
  }
  const closed = (): void => over(new Error(`the proxy ${proxy.name} closed the connection without an answer`))
  const received = (more: Buffer): void => {
    bytes = Buffer.concat([bytes, more])
    try {
      const head = readHead(bytes)
      if (head === undefined) return
      const { status, reason } = head
      over(status === 200 ? null : new Error(`the proxy ${proxy.name} answers ${status} ${reason}`.trimEnd()))
    } catch (error) {
      over(error as Error)
    }
  }
  const timer = setTimeout(() => over(new Error(`the proxy ${proxy.name} does not answer`)), LONGEST).unref()
  socket.on('data', received).on('error', over).on('close', closed)
  socket.write(requestHead('CONNECT', authority, { host: authority, ...proxy.headers }), 'latin1')
}
