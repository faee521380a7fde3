/**
 * The answer to a message that an ending process will not live to hear: what the operating system has of it, read off the
 * socket while no event is handled any more.
 */
import { readSync } from 'node:fs'
import type { Socket } from 'node:net'

/** A status, or why there is none. `unseen`: it will never be seen here, whatever was answered. */
export type LastWord = number | 'pending' | 'closed' | 'unseen'

const ENOUGH = 4096
const STATUS = /^HTTP\/1\.\d (\d{3}) /

/**
 * What can be read of an answer, again and again: call what is returned.
 *
 * @param begun what has been read of it already
 */
export function lastWordOn(socket: Socket | undefined, begun: Buffer): () => LastWord {
  const { fd } = (socket as { _handle?: { fd?: number } } | undefined)?._handle ?? {}
  let text = begun.toString('latin1')
  // Under TLS it is somebody else's bytes; on Windows there is no such number.
  if (socket === undefined || fd === undefined || fd < 0 || 'encrypted' in socket)
    return () => statusIn(text) ?? 'unseen'
  const chunk = Buffer.alloc(ENOUGH)
  return () => {
    const status = statusIn(text)
    if (status !== undefined) return status
    try {
      const length = readSync(fd, chunk)
      if (length === 0) return 'closed'
      text += chunk.toString('latin1', 0, length)
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 'pending' : 'closed'
    }
    return statusIn(text) ?? 'pending'
  }
}

/** The status of the answer that counts: interim ones may come before it. */
function statusIn(text: string): number | undefined {
  const status = Number(STATUS.exec(text)?.[1] ?? NaN)
  if (Number.isNaN(status)) return undefined
  if (status >= 200) return status
  const end = text.indexOf('\r\n\r\n')
  return end === -1 ? undefined : statusIn(text.slice(end + 4))
}
