/**
 * One HTTP request to a backend, which keeps no process alive.
 */
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { connectionError } from '../log.js'
import { ownRequest } from '../own-requests.js'
import type { Answer } from './answers.js'
import type { OutgoingRequest } from './exporter.js'
import type { LastWord } from './last-word.js'
import { routeOf } from './route.js'

/** A request under way. */
export interface Attempt {
  /** All of it has been handed to the operating system. */
  isWritten(): boolean
  /** For the end of the process, when it is written: what has been answered by now. Asks the operating system. */
  lastWord(): LastWord
  /** Whatever comes of it, comes no more. */
  destroy(): void
}

/** Exactly one of the two is called, once, and never before {@link attempt} has returned. */
export interface Ends {
  /** With as much of the answer as is worth reading. */
  answered(answer: Answer): void
  /** @param wasStale the connection was an old one, which the other side may have closed in the same moment */
  failed(why: string, wasStale: boolean): void
}

/** More of an answer than this is not read. */
const LONGEST_ANSWER = 64 * 1024

/**
 * Sends a message once.
 *
 * @param body as it goes out, which may be compressed
 */
export function attempt(request: OutgoingRequest, body: Uint8Array, isZipped: boolean, ends: Ends): Attempt {
  let isOver = false
  let sent: ClientRequest | undefined
  let status: number | undefined
  let read: (() => LastWord) | undefined
  const end = (report: () => void): void => {
    if (isOver) return
    isOver = true
    report()
  }
  const failed = (error: Error): void => end(() => ends.failed(connectionError(error), sent?.reusedSocket === true))
  try {
    const { options, headers, isSecure } = routeOf(request)
    sent = ownRequest(isSecure ? 'https' : 'http')({
      ...options,
      method: 'POST',
      headers: {
        ...headers,
        ...(isZipped && { 'content-encoding': 'gzip' }),
        'content-length': String(body.length),
      },
    })
    sent.on('socket', (socket) => socket.unref())
    sent.on('error', failed)
    sent.on('close', () => {
      // Every request closes in the end: an error and its stack only for those that have not been answered.
      if (!isOver) failed(new Error('the connection was closed without an answer'))
    })
    sent.on('response', (response) => {
      status = response.statusCode
      readAnswer(response, failed, (answer) => {
        // A connection on which the message is still being written is of no use for the next.
        if (sent?.writableFinished !== true) sent?.destroy()
        end(() => ends.answered(answer))
      })
    })
    sent.end(body)
  } catch (error) {
    setImmediate(failed, error as Error)
  }
  return {
    isWritten: () => isWritten(sent),
    lastWord() {
      if (status !== undefined) return status
      read ??= (require('./last-word.js') as typeof import('./last-word.js')).lastWordOn(sent?.socket as Socket)
      return read()
    },
    destroy() {
      isOver = true
      sent?.destroy()
    },
  }
}

function readAnswer(response: IncomingMessage, failed: (error: Error) => void, done: (answer: Answer) => void): void {
  const chunks: Buffer[] = []
  let length = 0
  const finish = (): void => {
    done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) })
  }
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    if (length <= LONGEST_ANSWER) return
    finish()
    response.destroy()
  })
  response.on('error', failed)
  response.on('end', finish)
}

function isWritten(sent: ClientRequest | undefined): boolean {
  const socket = sent?.socket
  return sent?.writableFinished === true && socket != null && !socket.connecting && socket.writableLength === 0
}
