/**
 * What became of messages: entered into the ledger, and said, but not over and over. Of a backend that fails a line is
 * heard once a minute at most, and one when it takes spans again.
 */
import { ledger, type DropReason } from '../ledger.js'
import { info, warn, warnOnce } from '../log.js'
import type { Outcome } from './answers.js'
import type { OutgoingRequest } from './exporter.js'
import { placeOf } from './target.js'

/** The least time between two lines about a failing backend, ms. */
const SILENCE = 60_000

interface Health {
  isFailing: boolean
  /** Spans lost since somebody was last told how many. */
  lost: number
  /** The failure has been said, so that its end is of interest. */
  isSaid: boolean
  saidAt: number
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
  recovered(name, request.url)
  if (why === undefined) return
  const said = why === '' ? 'it does not say why' : why
  if (rejected === 0) warnOnce(`hint:${name}`, `${placeOf(request.url)} took the spans, but says: ${said}`)
  else warnOnce(`partial:${name}`, `${placeOf(request.url)} took only a part of the spans, ${rejected} not: ${said}`)
}

/** The spans of a message are lost. */
export function lose(name: string, { url, spans }: OutgoingRequest, reason: DropReason, why: string): void {
  ledger.drop(name, reason, spans, why)
  const health = healthOf(name)
  health.isFailing = true
  health.lost += spans
  const now = performance.now()
  if (now - health.saidAt < SILENCE) return
  health.isSaid = true
  health.saidAt = now
  warn(`no spans reach ${placeOf(url)}: ${why}`)
}

/** A span found no place in the queue. Where the backend fails, that is why; else the application is too fast. */
export function overflow(name: string): void {
  ledger.drop(name, 'queue-full', 1)
  const health = backends.get(name)
  if (health?.isFailing === true) health.lost++
  else warnOnce(`queue:${name}`, `spans are finished faster than ${name} takes them; some are dropped`)
}

function recovered(name: string, url: string): void {
  const health = backends.get(name)
  if (health === undefined || !health.isFailing) return
  health.isFailing = false
  if (!health.isSaid) return
  health.isSaid = false
  info(`spans reach ${placeOf(url)} again; ${health.lost} were lost`)
  health.lost = 0
}

function healthOf(name: string): Health {
  let health = backends.get(name)
  if (health === undefined) {
    health = { isFailing: false, lost: 0, isSaid: false, saidAt: -Infinity }
    backends.set(name, health)
  }
  return health
}
