/**
 * For applications under test that start processes. They `require` it by {@link childrenPath}.
 */
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'

export const childrenPath = __filename

/** A program that tells of its environment. */
export const PRINT =
  'process.stdout.write(JSON.stringify({ parent: process.env.TRACEPARENT, state: process.env.TRACESTATE, own: process.env.OWN }))'

/** Does something in the course of a request. */
export function inTrace(work: () => unknown): void {
  const server = createServer((_req, res) => void Promise.resolve(work()).finally(() => res.end()))
  server.listen(0, () => {
    const { port } = server.address() as AddressInfo
    get({ port, agent: false }, (res) => res.resume().on('end', () => server.close()))
  })
}

interface Printing {
  readonly stdout: NodeJS.ReadableStream
  on(event: 'close', listener: () => void): unknown
}

/** What a child prints until its end. */
export function gather(child: Printing): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => (text += String(chunk)))
    child.on('close', () => resolve(text))
  })
}
