/**
 * Delivers a message to a backend: compressed if that is wanted, tried again where the backend asks for it or nobody
 * answers (OTLP 1.9), and given up when its time is over. Nothing of it is traced.
 */
import { exchange, type Exchange } from '../http/exchange.js'
import { withoutTracing } from '../scope/scope.js'
import { judge, type Outcome } from './answers.js'
import type { OutgoingRequest } from './exporter.js'

export type { Outcome } from './answers.js'

/** A message under way. */
export interface Post {
  readonly request: OutgoingRequest
  /** For the end of the process: all of it has been handed to the operating system, and need not be sent again. */
  isWritten(): boolean
  /**
   * For the end of the process, when all of it has been handed over: what has become of it, as far as that can be seen
   * without an event.
   */
  outcomeNow(): Outcome | 'pending' | 'unseen'
  /** Forgets about it: its outcome is nobody's business any more. */
  abandon(): void
}

/** Bytes of an answer; more than this is not read. */
const LONGEST_ANSWER = 64 * 1024
/** Tries in all. */
const MOST_ATTEMPTS = 5
/** The first pause, ms; each further one is half as long again. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 5000
/** A backend may ask for a longer one, but not for any. */
const LONGEST_ASKED = 60_000
/** Pauses vary by a fifth, lest a fleet come back in step. */
const JITTER = 0.2

/**
 * Sends a message.
 *
 * @param onDone called once, later
 * @param attempts how often it may be tried
 */
export function post(request: OutgoingRequest, onDone: (outcome: Outcome) => void, attempts = MOST_ATTEMPTS): Post {
  const delivery = new Delivery(request, onDone, attempts)
  withoutTracing(() => delivery.start())
  return delivery
}

class Delivery implements Post {
  readonly request: OutgoingRequest
  private readonly onDone: (outcome: Outcome) => void
  private readonly mostAttempts: number
  private readonly deadline: number
  private attempts = 0
  private current: Exchange | undefined
  private giveUpTimer: NodeJS.Timeout | undefined
  private pauseTimer: NodeJS.Timeout | undefined
  /** What came of the try before this one. */
  private before: Outcome | undefined
  private isOver = false
  private body: Uint8Array
  private isZipped = false

  constructor(request: OutgoingRequest, onDone: (outcome: Outcome) => void, attempts: number) {
    this.request = request
    this.onDone = onDone
    this.mostAttempts = attempts
    this.body = request.body
    this.deadline = request.timeout === 0 ? Infinity : performance.now() + request.timeout
  }

  start(): void {
    const { timeout, compression, body } = this.request
    if (timeout > 0) this.giveUpTimer = setTimeout(() => this.expire(), timeout).unref()
    if (compression !== 'gzip') return this.try()
    const { constants, gzip } = require('node:zlib') as typeof import('node:zlib')
    // Its best makes messages 4 % smaller than its fastest, for twice the work.
    gzip(body, { level: constants.Z_BEST_SPEED }, (error, zipped) => {
      if (this.isOver) return
      if (error === null) {
        this.body = zipped
        this.isZipped = true
      }
      this.try()
    })
  }

  isWritten(): boolean {
    return this.current?.isWritten() === true
  }

  outcomeNow(): Outcome | 'pending' | 'unseen' {
    const word = this.current?.lastWord() ?? 'unseen'
    if (word === 'closed') return { kind: 'unreachable', why: 'the connection was closed without an answer' }
    if (typeof word !== 'number') return word
    return judge({ status: word, headers: {}, body: Buffer.alloc(0) }, this.request).outcome
  }

  abandon(): void {
    this.isOver = true
    clearTimeout(this.giveUpTimer)
    clearTimeout(this.pauseTimer)
  }

  private try(): void {
    this.attempts++
    const { url, headers, tls } = this.request
    const request = {
      method: 'POST',
      url,
      headers: this.isZipped ? { ...headers, 'content-encoding': 'gzip' } : headers,
      body: this.body,
      tls,
      longest: LONGEST_ANSWER,
    } as const
    this.current = exchange(request, {
      answered: (answer) => {
        const { outcome, again } = judge(answer, this.request)
        this.over(outcome, again)
      },
      failed: (why, wasStale) => {
        // The other side had closed a connection that seemed to be good: that says nothing about a new one.
        if (wasStale) this.attempts--
        this.over({ kind: 'unreachable', why }, wasStale ? 0 : NaN)
      },
    })
  }

  private over(outcome: Outcome, again: number | undefined): void {
    this.current = undefined
    if (this.isOver) return
    if (again === undefined || this.attempts >= this.mostAttempts) return this.settle(outcome)
    const pause = Number.isNaN(again) ? backOff(this.attempts) : again
    if (pause > LONGEST_ASKED || performance.now() + pause >= this.deadline) return this.settle(outcome)
    if (pause > 0) this.before = outcome
    this.pauseTimer = setTimeout(() => this.try(), pause).unref()
  }

  private expire(): void {
    if (this.isOver) return
    this.current?.destroy()
    // A reason says more than that time ran out on the last try.
    this.settle(this.before ?? { kind: 'unreachable', why: `no answer within ${this.request.timeout} ms` })
  }

  private settle(outcome: Outcome): void {
    this.abandon()
    this.onDone(outcome)
  }
}

/** The pause after so many attempts, ms. */
function backOff(attempts: number): number {
  const pause = Math.min(FIRST_PAUSE * 1.5 ** (attempts - 1), LONGEST_PAUSE)
  return pause * (1 - JITTER + 2 * JITTER * Math.random())
}
