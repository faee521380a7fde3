/**
 * Reads a small document over HTTP without being seen: untraced, outside of the application's contexts, and without
 * keeping the process alive.
 */
import type { IncomingMessage } from 'node:http'
import { connectionError } from '../log.js'
import { ownRequest } from '../own-requests.js'
import { withoutTracing } from '../scope/scope.js'

/** More than this is nothing that was asked for: two thousand operations take a tenth of it. */
const LONGEST = 4 * 1024 * 1024

/** Called once: with the text, or with what is wrong. */
export type OnRead = (text: string | undefined, problem: string | undefined) => void

/** @param patience milliseconds that all of it may take */
export function read(url: string, patience: number, onRead: OnRead): void {
  let isOver = false
  let deadline: NodeJS.Timeout | undefined
  const settle = (text: string | undefined, problem?: string): void => {
    if (isOver) return
    isOver = true
    clearTimeout(deadline)
    onRead(text, problem)
  }
  withoutTracing(() => {
    const stop = get(url, settle)
    deadline = setTimeout(() => {
      settle(undefined, `no answer within ${patience} ms`)
      stop()
    }, patience).unref()
  })
}

/** @returns how to stop it */
function get(url: string, settle: OnRead): () => void {
  const request = ownRequest(url.startsWith('https:') ? 'https' : 'http')
  const failed = (error: Error): void => settle(undefined, connectionError(error))
  const sent = request(url, { agent: false, headers: { accept: 'application/json' } })
  sent.on('socket', (socket) => socket.unref())
  sent.on('error', failed)
  sent.on('response', (response) => {
    response.on('error', failed)
    collect(response, settle)
  })
  sent.end()
  return () => void sent.destroy()
}

function collect(response: IncomingMessage, settle: OnRead): void {
  const { statusCode } = response
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (chunk: string) => {
    text += chunk
    if (text.length <= LONGEST) return
    settle(undefined, 'its answer is too long')
    response.destroy()
  })
  response.on('end', () => {
    if (statusCode === 200) settle(text, undefined)
    else settle(undefined, `it answers ${statusCode} ${text.trim().slice(0, 100)}`.trimEnd())
  })
}
