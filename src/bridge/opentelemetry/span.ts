/**
 * Spans as OpenTelemetry's API has them: a thin face of our own spans, and one for contexts without a span.
 */
import { Stamp } from '../../stamp.js'
import { givenTime } from '../../tracer/clock.js'
import type { SpanContext } from '../../tracer/context.js'
import { addLinks, addLog, asText } from '../../tracer/limits.js'
import type { LinkRecord } from '../../tracer/record.js'
import type { Span } from '../../tracer/span.js'
import type { ApiLink, ApiSpan, ApiSpanContext, ApiStatus, Attributes, TimeInput } from './api.js'
import { exceptionFields, fixedAttributes, setAttribute, setAttributes } from './attributes.js'
import { INVALID, fromApi, toApi } from './span-context.js'
import { epochMilliseconds, isTime } from './time.js'

const STATUS_OK = 1
const STATUS_ERROR = 2

/** One of our spans. */
class OwnSpan implements ApiSpan {
  readonly #span: Span
  #context: SpanContext | undefined
  #apiContext: ApiSpanContext = INVALID

  constructor(span: Span) {
    this.#span = span
  }

  static spanIn(value: unknown): Span | undefined {
    return typeof value === 'object' && value !== null && #span in value ? value.#span : undefined
  }

  spanContext(): ApiSpanContext {
    const context = this.#span.context()
    if (context !== this.#context) {
      this.#context = context
      this.#apiContext = toApi(context)
    }
    return this.#apiContext
  }

  setAttribute(key: string, value: unknown): this {
    const { record } = this.#span
    if (record !== undefined) setAttribute(record, this.#span.tracer().limits, key, value)
    return this
  }

  setAttributes(attributes: Attributes): this {
    const { record } = this.#span
    if (record !== undefined) setAttributes(record, this.#span.tracer().limits, attributes)
    return this
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    const { record } = this.#span
    if (record === undefined) return this
    const { limits } = this.#span.tracer()
    const attributes = isTime(attributesOrTime) ? undefined : attributesOrTime
    const given = time ?? (isTime(attributesOrTime) ? attributesOrTime : undefined)
    addLog(record, limits, {
      time: this.#time(given) ?? this.#span.now(),
      name: asText(name),
      fields: fixedAttributes(attributes, limits),
    })
    return this
  }

  recordException(exception: unknown, time?: TimeInput): void {
    const { record } = this.#span
    if (record === undefined) return
    const { limits } = this.#span.tracer()
    const fields = exceptionFields(exception, limits)
    if (fields !== undefined) addLog(record, limits, { time: this.#time(time) ?? this.#span.now(), fields })
  }

  addLink(link: ApiLink): this {
    return this.addLinks([link])
  }

  addLinks(links: readonly ApiLink[]): this {
    const { record } = this.#span
    if (record === undefined || !Array.isArray(links)) return this
    const { limits } = this.#span.tracer()
    const made = links.flatMap((link: ApiLink | undefined): LinkRecord[] => {
      const context = fromApi(link?.context)
      if (context?.hasIds !== true) return []
      return [{ context, type: 'follows_from', attributes: fixedAttributes(link?.attributes, limits) }]
    })
    addLinks(record, limits, made)
    return this
  }

  /** OK is the last word, and there is no way back to unset. */
  setStatus({ code, message }: ApiStatus): this {
    const { record } = this.#span
    if (record === undefined || record.status?.ok === true) return this
    const isError = code === STATUS_ERROR
    if (code !== STATUS_OK && !isError) return this
    record.status = { ok: !isError, message: isError && typeof message === 'string' ? message : undefined }
    return this
  }

  updateName(name: string): this {
    this.#span.setOperationName(name)
    return this
  }

  end(time?: TimeInput): void {
    this.#span.finish(this.#time(time))
  }

  isRecording(): boolean {
    return this.#span.record !== undefined
  }

  #time(time: unknown): number | undefined {
    const anchor = this.#span.context().local?.anchor
    return time == null || anchor === undefined ? undefined : givenTime(epochMilliseconds(time, anchor))
  }
}

/** A context without a span: another process's, or none at all. */
class SilentSpan implements ApiSpan {
  readonly #apiContext: ApiSpanContext

  constructor(apiContext: ApiSpanContext) {
    this.#apiContext = apiContext
  }

  spanContext(): ApiSpanContext {
    return this.#apiContext
  }

  setAttribute(): this {
    return this
  }
  setAttributes(): this {
    return this
  }
  addEvent(): this {
    return this
  }
  addLink(): this {
    return this
  }
  addLinks(): this {
    return this
  }
  setStatus(): this {
    return this
  }
  updateName(): this {
    return this
  }
  end(): void {}
  recordException(): void {}
  isRecording(): boolean {
    return false
  }
}

export const invalidSpan: ApiSpan = new SilentSpan(INVALID)

const faces = Stamp<ApiSpan>()

/** The API's view of a span, always the same object. */
export function faceOf(span: Span): ApiSpan {
  const known = faces.get(span)
  if (known !== undefined) return known
  const made = new OwnSpan(span)
  faces.set(span, made)
  return made
}

/** The API's view of a context without a span, always the same object. */
export function silentFaceOf(context: SpanContext): ApiSpan {
  const known = faces.get(context)
  if (known !== undefined) return known
  const made = new SilentSpan(toApi(context))
  faces.set(context, made)
  return made
}

/** Our span behind `value`, if there is one. */
export const spanIn = (value: unknown): Span | undefined => OwnSpan.spanIn(value)

/** The context of a span that is not ours: one without a span, or one that another tracer made. */
export function foreignContext(value: unknown): SpanContext | undefined {
  const { spanContext } = (value ?? {}) as Partial<ApiSpan>
  return typeof spanContext === 'function' ? fromApi(spanContext.call(value)) : undefined
}
