/**
 * The program that gets forged headers: it tells what it saw of a request, and what it would send on. Started with the
 * preload and without it.
 */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Duplex } from 'node:stream'

const TRACING =
  /^(x-b3-.*|b3|uber-trace-id|uberctx-.*|traceparent|tracestate|baggage|x-amzn-trace-id|x-cloud-trace-context|ot-.*|sw8.*):/i

/** A connection that takes everything and answers nothing. */
class Sink extends Duplex {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('latin1')
    done()
  }

  override _read(): void {}
}

const messageOf = (error: unknown): string => `${(error as Error).name}: ${(error as Error).message}`

/** What a request with the headers that came would look like, less what tracing has added to it. */
function sentOn(path: string | undefined, headers: NodeJS.Dict<string[]>): string {
  const sink = new Sink()
  try {
    const req = request({ path, headers: { ...headers }, createConnection: () => sink, agent: false } as object)
    req.on('error', () => undefined)
    req.flushHeaders()
    const text = String((req as unknown as { _header: unknown })._header)
    req.destroy()
    const own = new Set(Object.keys(headers))
    return text
      .split('\r\n')
      .filter((line) => !TRACING.test(line) || own.has(line.slice(0, line.indexOf(':')).toLowerCase()))
      .join('\n')
  } catch (error) {
    return messageOf(error)
  }
}

const server = createServer((req, res) => {
  const { method, url, rawHeaders, headersDistinct } = req
  res.sendDate = false
  res.end(JSON.stringify([method, url, rawHeaders, sentOn(url, headersDistinct)]))
})
server.on('clientError', (error, socket) =>
  socket.end(`HTTP/1.1 400 ${String((error as { code?: string }).code)}\r\n\r\n`),
)
server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('disconnect', () => process.exit())
