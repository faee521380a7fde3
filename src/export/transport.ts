/**
 * HTTP to a backend, as unobtrusive as can be: connections are kept alive but keep no process alive, and nothing of it
 * is traced.
 */
import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http'
import { withoutTracing } from '../scope/scope.js'
import type { OutgoingRequest } from './exporter.js'

/** What became of a message. `unreachable`: nobody answered; `rejected`: somebody said no. */
export type Outcome =
  { readonly kind: 'accepted' } | { readonly kind: 'rejected' | 'unreachable'; readonly why: string }

/** A message under way. */
export interface Post {
  readonly request: OutgoingRequest
  /** Resolves when it is over, whatever the outcome; never rejects. */
  readonly done: Promise<void>
  /** All of it has been handed to the operating system. */
  isWritten(): boolean
  /** Forgets about it: its outcome is nobody's business any more. */
  abandon(): void
}

const AGENT_OPTIONS = { keepAlive: true, maxSockets: 2, scheduling: 'lifo' } as const
/** More of an answer than this is not read. */
const LONGEST_ANSWER = 64 * 1024

let httpAgent: HttpAgent | undefined
let httpsAgent: HttpAgent | undefined

/** Sends a message. `onDone` is called once, later. */
export function post(request: OutgoingRequest, onDone: (outcome: Outcome) => void): Post {
  let over = false
  let resolveDone = (): void => undefined
  const done = new Promise<void>((resolve) => (resolveDone = resolve))
  const settle = (outcome: Outcome): void => {
    if (over) return
    over = true
    onDone(outcome)
    resolveDone()
  }
  const sent = withoutTracing(() => send(request, settle))
  return {
    request,
    done,
    isWritten: () => isWritten(sent),
    abandon() {
      over = true
    },
  }
}

function send(
  { url, headers, body, timeout }: OutgoingRequest,
  settle: (outcome: Outcome) => void,
): ClientRequest | undefined {
  const unreachable = (error: Error): void => settle({ kind: 'unreachable', why: reason(error) })
  try {
    const { protocol } = new URL(url)
    const options = { method: 'POST', headers: { ...headers, 'content-length': String(body.length) }, timeout }
    const sent =
      protocol === 'https:'
        ? https().request(url, { ...options, agent: secureAgent() })
        : httpRequest(url, { ...options, agent: (httpAgent ??= new HttpAgent(AGENT_OPTIONS)) })
    sent.on('socket', (socket) => socket.unref())
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeout} ms`)))
    sent.on('error', unreachable)
    sent.on('response', (response) => {
      let answer = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        if (answer.length < LONGEST_ANSWER) answer += chunk
      })
      response.on('error', unreachable)
      response.on('end', () => settle(judge(response.statusCode ?? 0, answer)))
    })
    sent.end(body)
    return sent
  } catch (error) {
    setImmediate(unreachable, error as Error)
    return undefined
  }
}

function https(): typeof import('node:https') {
  return require('node:https') as typeof import('node:https')
}

function secureAgent(): HttpAgent {
  return (httpsAgent ??= new (https().Agent)(AGENT_OPTIONS))
}

function isWritten(sent: ClientRequest | undefined): boolean {
  const socket = sent?.socket
  return sent?.writableFinished === true && socket != null && !socket.connecting && socket.writableLength === 0
}

function judge(status: number, answer: string): Outcome {
  if (status >= 200 && status < 300) return { kind: 'accepted' }
  return { kind: 'rejected', why: `it answers ${status} ${answer.trim().slice(0, 200)}`.trimEnd() }
}

function reason(error: Error & { code?: string; errors?: readonly Error[] }): string {
  // On a host name with several addresses, Node reports all attempts in one.
  const first = error.message === '' ? error.errors?.[0] : error
  return first?.message ?? error.code ?? String(error)
}
