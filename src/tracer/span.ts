/**
 * An OpenTracing span (API 0.14.7).
 */
import { givenTime, monotonicNow } from './clock.js'
import { Sampling, isSampled, type SpanContext } from './context.js'
import { addLog, asText, logFields, setTag, truncate } from './limits.js'
import { isKind, type SpanRecord } from './record.js'
import type { Tracer } from './tracer.js'

export class Span {
  /** Undefined while the span does not record, and again after it finished. */
  record: SpanRecord | undefined
  private current: SpanContext
  private readonly owner: Tracer
  private label: string
  private isOver = false

  constructor(owner: Tracer, context: SpanContext, label: string, record: SpanRecord | undefined) {
    this.owner = owner
    this.current = context
    this.label = label
    this.record = record
  }

  /** The operation name as it stands. */
  get name(): string {
    return this.label
  }

  context(): SpanContext {
    return this.current
  }

  tracer(): Tracer {
    return this.owner
  }

  /** Renames the span. Ignored after it finished. */
  setOperationName(name: string): this {
    if (this.isOver) return this
    this.label = truncate(asText(name), this.owner.limits.valueLength)
    if (this.record !== undefined) this.record.name = this.label
    return this
  }

  /**
   * Sets a tag; the last value set for a key counts. `sampling.priority` decides anew about this span and its later
   * children: above 0 records whatever the sampler said, 0 stops recording (OpenTracing semantic conventions). `span.kind`
   * is better given at the start.
   *
   * @param value string, number or boolean; anything else is kept as text
   */
  setTag(key: string, value: unknown): this {
    if (this.isOver) return this
    if (key === 'sampling.priority') this.setPriority(value)
    if (this.record === undefined) return this
    if (key === 'span.kind' && isKind(value)) this.record.kind = value
    else setTag(this.record, this.owner.limits, key, value)
    return this
  }

  addTags(tags: Readonly<Record<string, unknown>>): this {
    if (this.isOver || tags == null) return this
    // Of the ways to go through an object the one that V8 knows the fields of by heart.
    for (const key in tags) if (Object.hasOwn(tags, key)) this.setTag(key, tags[key])
    return this
  }

  /**
   * Adds a log.
   *
   * @param fields one or more named values; `event` names the log
   * @param timestamp epoch milliseconds; now if left out
   */
  log(fields: Readonly<Record<string, unknown>>, timestamp?: number): this {
    const { record } = this
    if (record === undefined || fields == null) return this
    const { limits } = this.owner
    addLog(record, limits, { time: givenTime(timestamp) ?? this.now(), fields: logFields(fields, limits) })
    return this
  }

  /** @deprecated by OpenTracing: use {@link log}. */
  logEvent(event: string, payload: unknown): this {
    return this.log({ event, payload })
  }

  /** Baggage travels to every later child, in this process and beyond. */
  setBaggageItem(key: string, value: string): this {
    const baggage = new Map(this.current.baggage)
    baggage.set(asText(key), asText(value))
    this.current = this.current.withBaggage(baggage)
    return this
  }

  getBaggageItem(key: string): string | undefined {
    return this.current.baggage?.get(key)
  }

  /**
   * Ends the span and hands its record to the exporters. A second call is ignored.
   *
   * @param finishTime epoch milliseconds; now if left out. A time before the start becomes the start.
   */
  finish(finishTime?: number): void {
    if (this.record !== undefined) this.owner.hooks?.finishing(this, this.record.component)
    const { record } = this
    this.isOver = true
    if (record === undefined) return
    this.record = undefined
    const end = givenTime(finishTime) ?? this.now()
    record.end = end > record.start ? end : record.start
    this.owner.finished(record)
  }

  /** The present in epoch milliseconds by the clock of this span's local trace. */
  now(): number {
    const anchor = this.current.local?.anchor
    return anchor === undefined ? Date.now() : anchor + monotonicNow()
  }

  private setPriority(value: unknown): void {
    const wanted = priorityOf(value)
    if (wanted === undefined) return
    if (this.current.sampling !== wanted) this.current = this.current.withSampling(wanted)
    if (isSampled(wanted)) this.owner.resume(this)
    else if (this.record !== undefined) this.owner.discard(this)
  }
}

/** What a `sampling.priority` decides: a number, or its text. Undefined for anything else. */
export function priorityOf(value: unknown): Sampling | undefined {
  const priority = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof priority !== 'number' || Number.isNaN(priority)) return undefined
  return priority > 0 ? Sampling.Debug : Sampling.Denied
}
