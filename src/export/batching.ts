/**
 * A bounded queue in front of a backend: spans wait for company, become bytes by the dozen, go out in batches off the
 * request's path, and are counted if they have to be dropped.
 */
import { ledger } from '../ledger.js'
import { messageOf, warnOnce } from '../log.js'
import { withoutTracing } from '../scope/scope.js'
import type { SpanRecord } from '../tracer/record.js'
import { deliverAtExit, type AtExit } from './at-exit.js'
import type { Draft } from './draft.js'
import type { Exporter, OutgoingRequest, Unsettled } from './exporter.js'
import { overflow, settle } from './health.js'
import { finished, stepsOf, type Steps } from './steps.js'
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

/**
 * Spans that become bytes in one go, by the way, when there are as many: few enough to hold nothing up. Later, in a turn of
 * the event loop of its own, costs more than the turn: V8 copies whatever waits at each small collection.
 */
const CHUNK = 32
/** Encoding does not hold the event loop much longer than this at a time, ms. */
const SLICE = 1

/** A draft on its way to becoming a message. */
interface Ending {
  readonly spans: number
  readonly steps: Steps<OutgoingRequest>
}

export class BatchingExporter implements Exporter {
  readonly name: string
  private readonly begin: () => Draft
  private readonly limits: QueueLimits
  private readonly atExit: AtExit
  private readonly dispatch: Send
  /** Spans as they are. */
  private queue: SpanRecord[] = []
  /** The next message as far as it has come, and how many spans it holds. */
  private draft: Draft | undefined
  private drafted = 0
  private timer: NodeJS.Timeout | undefined
  private beginTimer: NodeJS.Timeout | undefined
  private hasBegun = false
  /** Of these two one at the most is there. */
  private ending: Ending | undefined
  private sending: Post | undefined
  /** Those who wait for the message under way. */
  private waiting: (() => void)[] = []

  /** @param begin starts a message; while one is being sent, the next one is drafted, and no third */
  constructor(
    name: string,
    begin: () => Draft,
    limits: QueueLimits,
    atExit: AtExit = deliverAtExit,
    dispatch: Send = post,
  ) {
    this.name = name
    this.begin = begin
    this.limits = limits
    this.atExit = atExit
    this.dispatch = dispatch
  }

  add(record: SpanRecord): void {
    const { queueSize, batchSize, scheduleDelay } = this.limits
    const before = this.held
    if (before >= queueSize) return overflow(this.name)
    this.queue.push(record)
    if (before === 0) this.atExit.add(this)
    // Once, when the batch is full: a timer set anew with every further span would cost, and come late.
    if (before + 1 === batchSize) this.soon(0)
    else if (this.timer === undefined) this.soon(scheduleDelay)
    if (this.queue.length < CHUNK) return
    if (this.hasBegun) this.drafting()
    else this.beginSoon()
  }

  async flush(): Promise<void> {
    while (this.isBusy || this.held > 0) {
      if (!this.isBusy) this.send()
      if (this.isBusy) await new Promise<void>((resolve) => this.waiting.push(resolve))
    }
  }

  unsettled(): Unsettled | undefined {
    return this.sending?.isWritten() === true ? this.sending : undefined
  }

  /** A message without spans, to ask the backend whether it would take any. For an exporter that is not in use. */
  greeting(): OutgoingRequest {
    return kept(finished(stepsOf(this.begin().end())))
  }

  drain(): OutgoingRequest[] {
    clearTimeout(this.timer)
    clearTimeout(this.beginTimer)
    const requests: OutgoingRequest[] = []
    // What the kernel has taken whole will arrive although we are gone; the rest is sent again.
    if (this.sending !== undefined && !this.sending.isWritten()) requests.push(kept(this.sending.request))
    this.sending?.abandon()
    this.sending = undefined
    for (let next = this.next(Infinity); next !== undefined; next = this.next(Infinity)) requests.push(kept(next))
    this.wake()
    return requests
  }

  private get isBusy(): boolean {
    return this.ending !== undefined || this.sending !== undefined
  }

  /** Spans that wait, encoded or not. Those of the message under way are not among them. */
  private get held(): number {
    return this.queue.length + this.drafted
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
    else if (this.ending === undefined && this.held === 0) this.rest()
    // No immediate: one that keeps no process alive waits for whatever else happens.
    else this.timer = setTimeout(() => this.send(), 0).unref()
  }

  private sent(request: OutgoingRequest, outcome: Outcome): void {
    this.sending = undefined
    settle(this.name, request, outcome)
    if (this.held > 0) this.soon(this.isDue ? 0 : this.limits.scheduleDelay)
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

  private drafting(): void {
    if (!this.hasRoom) return
    this.draftChunk()
    if (this.draft?.isFull === true) this.soon(0)
  }

  /** The first message, for which the encoder is loaded and files are read: no request is to wait for that. */
  private beginSoon(): void {
    this.beginTimer ??= withoutTracing(() => setTimeout(() => this.drafting(), 0).unref())
  }

  /** Whether the draft may have more spans. */
  private get hasRoom(): boolean {
    return this.ending === undefined && this.drafted < this.limits.batchSize && this.draft?.isFull !== true
  }

  /** Whether there is enough for a message. */
  private get isDue(): boolean {
    return this.held >= this.limits.batchSize || this.draft?.isFull === true
  }

  private draftChunk(): void {
    const chunk = this.queue.splice(0, Math.min(CHUNK, this.limits.batchSize - this.drafted))
    try {
      this.draft ??= this.begin()
      this.hasBegun = true
      this.draft.add(chunk)
      this.drafted += chunk.length
    } catch (error) {
      this.lose(chunk.length, error)
    }
  }

  /**
   * The next message that is ready within `slice` ms; undefined when nothing waits any more, or the batch at hand takes
   * longer.
   */
  private next(slice: number): OutgoingRequest | undefined {
    const end = performance.now() + slice
    while (this.ending !== undefined || this.held > 0) {
      const request = this.step()
      if (request !== undefined) return request
      if (performance.now() >= end) return undefined
    }
    return undefined
  }

  /** Encodes some more spans, or takes a step in ending the message that has all of them. */
  private step(): OutgoingRequest | undefined {
    if (this.queue.length > 0 && this.hasRoom) {
      this.draftChunk()
      return undefined
    }
    const spans = this.ending?.spans ?? this.drafted
    try {
      this.ending ??= this.takeDraft()
      const { done, value } = this.ending.steps.next()
      if (done === true) this.ending = undefined
      return value ?? undefined
    } catch (error) {
      this.ending = undefined
      this.lose(spans, error)
      return undefined
    }
  }

  private takeDraft(): Ending {
    const { draft, drafted: spans } = this
    this.draft = undefined
    this.drafted = 0
    return { spans, steps: stepsOf((draft as Draft).end()) }
  }

  private lose(spans: number, error: unknown): void {
    ledger.drop(this.name, 'encoding', spans)
    warnOnce(`encode:${this.name}`, `${spans} spans could not be encoded for ${this.name}: ${messageOf(error)}`)
  }
}

/** A message that outlives the next one's encoding, for which its body's memory is needed again. */
function kept(request: OutgoingRequest): OutgoingRequest {
  return { ...request, body: new Uint8Array(request.body) }
}
