/**
 * A bounded queue in front of a backend: spans wait for company, go out in batches off the request's path, and are
 * counted if they have to be dropped.
 */
import { ledger } from '../ledger.js'
import { messageOf, warnOnce } from '../log.js'
import { withoutTracing } from '../scope/scope.js'
import type { SpanRecord } from '../tracer/record.js'
import { deliverAtExit, type AtExit } from './at-exit.js'
import type { Exporter, OutgoingRequest } from './exporter.js'
import { overflow, settle } from './health.js'
import { stepsOf, type Steps } from './steps.js'
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

/** Turns a batch into a message, at once or in steps. */
export type Encode = (batch: readonly SpanRecord[]) => OutgoingRequest | Steps<OutgoingRequest>

/** Encoding does not hold the event loop much longer than this at a time, ms. */
const SLICE = 1

/** A batch on its way to becoming a message. */
interface Encoding {
  readonly spans: number
  readonly steps: Steps<OutgoingRequest>
}

export class BatchingExporter implements Exporter {
  readonly name: string
  private readonly encode: Encode
  private readonly limits: QueueLimits
  private readonly atExit: AtExit
  private readonly dispatch: Send
  private queue: SpanRecord[] = []
  private timer: NodeJS.Timeout | undefined
  /** Of these two one at the most is there. */
  private encoding: Encoding | undefined
  private sending: Post | undefined
  /** Those who wait for the message under way. */
  private waiting: (() => void)[] = []

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
    if (this.queue.length >= this.limits.queueSize) return overflow(this.name)
    this.queue.push(record)
    if (this.queue.length === 1) this.atExit.add(this)
    // Once, when the batch is full: a timer set anew with every further span would cost, and come late.
    if (this.queue.length === this.limits.batchSize) this.soon(0)
    else if (this.timer === undefined) this.soon(this.limits.scheduleDelay)
  }

  async flush(): Promise<void> {
    while (this.isBusy || this.queue.length > 0) {
      if (!this.isBusy) this.send()
      if (this.isBusy) await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  drain(): OutgoingRequest[] {
    clearTimeout(this.timer)
    const requests: OutgoingRequest[] = []
    // What the kernel has taken whole will arrive although we are gone; the rest is sent again.
    if (this.sending !== undefined && !this.sending.isWritten()) requests.push(kept(this.sending.request))
    this.sending?.abandon()
    for (let next = this.next(Infinity); next !== undefined; next = this.next(Infinity)) requests.push(kept(next))
    return requests
  }

  private get isBusy(): boolean {
    return this.encoding !== undefined || this.sending !== undefined
  }

  private soon(delay: number): void {
    if (this.isBusy) return
    clearTimeout(this.timer)
    // The request that set it off may be long over: what the application keeps for it must not live on for a timer.
    this.timer = withoutTracing(() => setTimeout(() => this.send(), delay).unref())
  }

  private send(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.sending !== undefined) return
    const request = this.next(SLICE)
    if (request !== undefined) this.sending = this.dispatch(request, (outcome) => this.sent(request, outcome))
    else if (this.encoding === undefined && this.queue.length === 0) this.rest()
    // No immediate: one that keeps no process alive waits for whatever else happens.
    else this.timer = setTimeout(() => this.send(), 0).unref()
  }

  private sent(request: OutgoingRequest, outcome: Outcome): void {
    this.sending = undefined
    settle(this.name, request, outcome)
    if (this.queue.length > 0) this.soon(this.queue.length >= this.limits.batchSize ? 0 : this.limits.scheduleDelay)
    else this.atExit.remove(this)
    this.wake()
  }

  /** Nothing waits any more. */
  private rest(): void {
    this.atExit.remove(this)
    this.wake()
  }

  private wake(): void {
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  /**
   * The next message that is ready within `slice` ms; undefined when nothing waits any more, or the batch at hand takes
   * longer.
   */
  private next(slice: number): OutgoingRequest | undefined {
    const end = performance.now() + slice
    while (this.encoding !== undefined || this.queue.length > 0) {
      const request = this.step()
      if (request !== undefined) return request
      if (performance.now() >= end) return undefined
    }
    return undefined
  }

  /** Takes up the next batch, or encodes a step of the one at hand. */
  private step(): OutgoingRequest | undefined {
    const batch = this.encoding === undefined ? this.queue.splice(0, this.limits.batchSize) : []
    const spans = this.encoding?.spans ?? batch.length
    try {
      this.encoding ??= { spans, steps: stepsOf(this.encode(batch)) }
      const { done, value } = this.encoding.steps.next()
      if (done === true) this.encoding = undefined
      return value ?? undefined
    } catch (error) {
      this.encoding = undefined
      ledger.drop(this.name, 'encoding', spans)
      warnOnce(`encode:${this.name}`, `${spans} spans could not be encoded for ${this.name}: ${messageOf(error)}`)
      return undefined
    }
  }
}

/** A message that outlives the next one's encoding, for which its body's memory is needed again. */
function kept(request: OutgoingRequest): OutgoingRequest {
  return { ...request, body: new Uint8Array(request.body) }
}
