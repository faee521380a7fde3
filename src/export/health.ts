/**
 * What became of messages: entered into the ledger, and said, but not over and over. Of an exporter a line a minute is
 * heard at most. That a backend takes spans again is said at once; the minute after it is paid for by silence.
 */
import { ledger, type DropReason } from '../ledger.js'
import { info, warn, warnOnce } from '../log.js'
import type { Outcome } from './answers.js'
import type { OutgoingRequest } from './exporter.js'
import { placeOf } from '../http/target.js'

/** What a line costs of the time in which no other is said, ms. */
const SILENCE = 60_000

interface Health {
  isFailing: boolean
  /** Spans lost since all was well, or since somebody was last told how many. */
  lost: number
  /** The failure has been said, so that its end is of interest. */
  isSaid: boolean
  /** Spans have found no place in the queue before. */
  wasFull: boolean
  /** Nothing is said before, by the clock of `performance`. */
  quietUntil: number
  /** As above, for losses by which the backend is not said to fail. */
  lossesUntil: number
}

const backends = new Map<string, Health>()

/** Enters what became of a message to `name`'s backend. */
export function settle(name: string, request: OutgoingRequest, outcome: Outcome): void {
  if (outcome.kind !== 'accepted') {
    lose(name, request, outcome.kind, outcome.why)
    return
  }
  const { rejected = 0, why } = outcome
  ledger.deliver(name, request.spans - rejected)
  if (rejected > 0) ledger.drop(name, 'rejected', rejected, why)
  taken(name, request.url)
  if (why === undefined) return
  const said = why === '' ? 'it does not say why' : why
  if (rejected === 0) warnOnce(`hint:${name}`, `${placeOf(request.url)} took the spans, but says: ${said}`)
  else warnOnce(`partial:${name}`, `${placeOf(request.url)} took only a part of the spans, ${rejected} not: ${said}`)
}

/** Why spans are lost that were sent too late. */
export function tooLate(patience: number): string {
  return `no answer within the ${patience} ms that an exit may take`
}

/** The spans of a message are lost. */
export function lose(name: string, { url, spans }: OutgoingRequest, reason: DropReason, why: string): void {
  ledger.drop(name, reason, spans, why)
  const health = healthOf(name)
  const already = health.lost
  health.isFailing = true
  health.lost += spans
  if (!maySpeak(health)) return
  health.isSaid = true
  warn(`no spans reach ${placeOf(url)}: ${why}${already === 0 ? '' : `; ${health.lost} are lost so far`}`)
}

/** A span found no place in the queue. Where the backend fails, that is why; else the application is too fast. */
export function overflow(name: string): void {
  ledger.drop(name, 'queue-full', 1)
  const health = healthOf(name)
  health.lost++
  // In the wake of a failure it is not the application that is too fast.
  if (health.isFailing || health.wasFull || performance.now() < health.quietUntil) return
  health.wasFull = true
  // This line, once in all, must not keep anybody from hearing that the backend fails, and why.
  health.lossesUntil = performance.now() + SILENCE
  warn(`spans are finished faster than ${name} takes them; some are dropped`)
}

/** The backend has taken a message. */
function taken(name: string, url: string): void {
  const health = backends.get(name)
  if (health === undefined) return
  const { isSaid, lost } = health
  health.isFailing = false
  health.isSaid = false
  if (isSaid) {
    pay(health, performance.now())
    info(`spans reach ${placeOf(url)} again; ${lost} were lost`)
  } else if (lost > 0 && performance.now() >= health.lossesUntil && maySpeak(health))
    info(`spans reach ${placeOf(url)}, but ${lost} more were dropped`)
  else return
  health.lost = 0
}

/** Whether a line may be said now; if so, it is taken for said. */
function maySpeak(health: Health): boolean {
  const now = performance.now()
  if (now < health.quietUntil) return false
  pay(health, now)
  return true
}

function pay(health: Health, now: number): void {
  health.quietUntil = Math.max(health.quietUntil, now) + SILENCE
}

function healthOf(name: string): Health {
  let health = backends.get(name)
  if (health === undefined) {
    health = { isFailing: false, lost: 0, isSaid: false, wasFull: false, quietUntil: -Infinity, lossesUntil: -Infinity }
    backends.set(name, health)
  }
  return health
}
