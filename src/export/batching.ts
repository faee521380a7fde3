/**
 * A bounded queue in front of a backend: spans wait for company, go out in batches off the request's path, and are
 * counted if they have to be dropped.
 */
import { ledger } from '../ledger.js'
import { warnOnce } from '../log.js'
import type { SpanRecord } from '../tracer/record.js'
import { deliverAtExit, type AtExit } from './at-exit.js'
import { placeOf, type Exporter, type OutgoingRequest } from './exporter.js'
import { post, type Outcome, type Post } from './transport.js'

/** How messages get to a backend. */
export type Send = (request: OutgoingRequest, onDone: (outcome: Outcome) => void) => Post

export interface QueueLimits {
  /** Spans that may wait. */
  readonly queueSize: number
  /** Spans a message. */
  readonly batchSize: number
  /** The longest that a span waits, in ms. */
  readonly scheduleDelay: number
}

/** Turns a batch into a message. */
export type Encode = (batch: readonly SpanRecord[]) => OutgoingRequest

export class BatchingExporter implements Exporter {
  readonly name: string
  private readonly encode: Encode
  private readonly limits: QueueLimits
  private readonly atExit: AtExit
  private readonly dispatch: Send
  private queue: SpanRecord[] = []
  private timer: NodeJS.Timeout | undefined
  private sending: Post | undefined

  constructor(
    name: string,
    encode: Encode,
    limits: QueueLimits,
    atExit: AtExit = deliverAtExit,
    dispatch: Send = post,
  ) {
    this.name = name
    this.encode = encode
    this.limits = limits
    this.atExit = atExit
    this.dispatch = dispatch
  }

  add(record: SpanRecord): void {
    if (this.queue.length >= this.limits.queueSize) {
      ledger.drop(this.name, 'queue-full', 1)
      warnOnce(`queue:${this.name}`, `spans are finished faster than ${this.name} takes them; some are dropped`)
      return
    }
    this.queue.push(record)
    if (this.queue.length === 1) this.atExit.add(this)
    // Once, when the batch is full: a timer set anew with every further span would cost, and come late.
    if (this.queue.length === this.limits.batchSize) this.soon(0)
    else if (this.timer === undefined) this.soon(this.limits.scheduleDelay)
  }

  async flush(): Promise<void> {
    while (this.sending !== undefined || this.queue.length > 0) {
      if (this.sending === undefined) this.send()
      await this.sending?.done
    }
  }

  drain(): OutgoingRequest[] {
    clearTimeout(this.timer)
    const requests: OutgoingRequest[] = []
    // What the kernel has taken whole will arrive although we are gone; the rest is sent again.
    if (this.sending !== undefined && !this.sending.isWritten()) requests.push(this.sending.request)
    this.sending?.abandon()
    for (let next = this.nextRequest(); next !== undefined; next = this.nextRequest()) requests.push(next)
    return requests
  }

  private soon(delay: number): void {
    if (this.sending !== undefined) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.send(), delay).unref()
  }

  private send(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.sending !== undefined) return
    const request = this.nextRequest()
    if (request === undefined) this.atExit.remove(this)
    else this.sending = this.dispatch(request, (outcome) => this.sent(request, outcome))
  }

  private sent(request: OutgoingRequest, outcome: Outcome): void {
    this.sending = undefined
    settle(this.name, request, outcome)
    if (this.queue.length === 0) this.atExit.remove(this)
    else this.soon(this.queue.length >= this.limits.batchSize ? 0 : this.limits.scheduleDelay)
  }

  /** The next batch that can be encoded; undefined when nothing waits any more. */
  private nextRequest(): OutgoingRequest | undefined {
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0, this.limits.batchSize)
      try {
        return this.encode(batch)
      } catch (error) {
        ledger.drop(this.name, 'encoding', batch.length)
        warnOnce(`encode:${this.name}`, `${batch.length} spans could not be encoded for ${this.name}: ${String(error)}`)
      }
    }
    return undefined
  }
}

/** Enters what became of a message into the ledger and says, once, what is wrong with the backend. */
export function settle(name: string, request: OutgoingRequest, outcome: Outcome): void {
  if (outcome.kind === 'accepted') {
    ledger.deliver(name, request.spans)
    return
  }
  ledger.drop(name, outcome.kind, request.spans)
  warnOnce(`backend:${name}`, `no spans reach ${placeOf(request.url)}: ${outcome.why}`)
}
