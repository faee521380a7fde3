/**
 * Reads a small document over HTTP without being seen: untraced, outside of the application's contexts, and without
 * keeping the process alive.
 */
import type { Answer } from '../http/answer.js'
import { exchange, type Exchange } from '../http/exchange.js'
import { withoutTracing } from '../scope/scope.js'

/** Bytes. More than this is nothing that was asked for: two thousand operations take a tenth of it. */
const LONGEST = 4 * 1024 * 1024

/** Called once: with the text, or with what is wrong. */
export type OnRead = (text: string | undefined, problem: string | undefined) => void

/** @param patience milliseconds that all of it may take */
export function read(url: string, patience: number, onRead: OnRead): void {
  let current: Exchange | undefined
  const settle: OnRead = (text, problem) => {
    clearTimeout(deadline)
    onRead(text, problem)
  }
  const ask = (): void => {
    current = exchange(
      { method: 'GET', url, headers: { accept: 'application/json' }, longest: LONGEST + 1 },
      {
        answered: (answer) => settle(...conclude(answer)),
        // The other side had closed a connection that seemed to be good: that says nothing about a new one.
        failed: (why, wasStale) => (wasStale ? ask() : settle(undefined, why)),
      },
    )
  }
  const deadline = withoutTracing(() => {
    ask()
    return setTimeout(() => {
      current?.destroy()
      onRead(undefined, `no answer within ${patience} ms`)
    }, patience).unref()
  })
}

function conclude({ status, body }: Answer): Parameters<OnRead> {
  if (body.length > LONGEST) return [undefined, 'its answer is too long']
  const text = body.toString()
  if (status === 200) return [text, undefined]
  return [undefined, `it answers ${status} ${text.trim().slice(0, 100)}`.trimEnd()]
}
