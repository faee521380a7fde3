/**
 * OpenTelemetry's TracerProvider and Tracer over ours.
 */
import type { Running } from '../../core.js'
import { activeScope, contextIn, withScope, withSpan, type Scope } from '../../scope/scope.js'
import { givenTime, wallAnchor } from '../../tracer/clock.js'
import { NO_TRACE, Sampling, SpanContext } from '../../tracer/context.js'
import { NO_SPAN } from '../../tracer/span-id.js'
import { asText, truncate } from '../../tracer/limits.js'
import type { InstrumentationScope, SpanKind } from '../../tracer/record.js'
import type { Span } from '../../tracer/span.js'
import type { Tracer as OwnTracer } from '../../tracer/tracer.js'
import { SPAN_KEY, type ApiContext, type ApiSpan, type ApiSpanOptions } from './api.js'
import { setAttributes } from './attributes.js'
import { scopeOf } from './context.js'
import { faceOf, invalidSpan, spanIn } from './span.js'
import { epochMilliseconds } from './time.js'

const KINDS: readonly (SpanKind | undefined)[] = [undefined, 'server', 'client', 'producer', 'consumer']

type Work = (span: ApiSpan) => unknown

export class TracerProvider {
  readonly #running: Pick<Running, 'tracer' | 'flush'>

  constructor(running: Pick<Running, 'tracer' | 'flush'>) {
    this.#running = running
  }

  getTracer(name?: string, version?: string): Tracer {
    const scope = { name: asText(name ?? ''), version: version == null ? undefined : asText(version) }
    return new Tracer(this.#running.tracer, scope)
  }

  /** For applications that treat the provider as the SDK's. */
  forceFlush(): Promise<void> {
    return this.#running.flush()
  }

  /** As {@link forceFlush}: the instrumentations go on. */
  shutdown(): Promise<void> {
    return this.#running.flush()
  }

  /** For applications that treat the provider as the API's proxy. */
  getDelegate(): this {
    return this
  }
}

export class Tracer {
  readonly #tracer: OwnTracer
  readonly #scope: InstrumentationScope

  constructor(tracer: OwnTracer, scope: InstrumentationScope) {
    this.#tracer = tracer
    this.#scope = scope
  }

  /** @param context whose span is the parent; the active one if left out */
  startSpan(name: string, options?: ApiSpanOptions, context?: ApiContext): ApiSpan {
    const span = this.#start(name, options ?? {}, context == null ? activeScope() : scopeOf(context))
    return span === undefined ? invalidSpan : faceOf(span)
  }

  /** Starts a span and calls `fn` with it, and with it active. Does not end it. */
  startActiveSpan(name: string, fn: Work): unknown
  startActiveSpan(name: string, options: ApiSpanOptions, fn: Work): unknown
  startActiveSpan(name: string, options: ApiSpanOptions, context: ApiContext, fn: Work): unknown
  startActiveSpan(name: string, ...rest: unknown[]): unknown {
    const fn = rest.at(-1) as Work | undefined
    if (typeof fn !== 'function') return undefined
    const options = rest.length > 1 ? (rest[0] as ApiSpanOptions) : undefined
    const context = rest.length > 2 ? (rest[1] as ApiContext) : undefined
    const span = this.startSpan(name, options, context)
    if (context != null) return withScope(scopeOf(context.setValue(SPAN_KEY, span)), () => fn(span))
    const own = spanIn(span)
    return own === undefined ? fn(span) : withSpan(own, () => fn(span))
  }

  /** Undefined where tracing is suppressed. */
  #start(name: string, options: ApiSpanOptions, scope: Scope | undefined): Span | undefined {
    if (scope?.suppressed === true) return undefined
    const { limits } = this.#tracer
    const parent = options.root === true ? rootAmid(contextIn(scope)) : contextIn(scope)
    const kind = KINDS[options.kind ?? 0]
    const start = startTime(options, parent)
    const span = this.#tracer.start(truncate(asText(name), limits.valueLength), parent, kind, undefined, start)
    const { record } = span
    if (record === undefined) return span
    record.scope = this.#scope
    setAttributes(record, limits, options.attributes)
    if (options.links !== undefined) faceOf(span).addLinks(options.links)
    return span
  }
}

/** The parent of a span that is to be none's child: baggage is the context's, not the parent's. */
function rootAmid(parent: SpanContext | undefined): SpanContext | undefined {
  if (parent?.baggage === undefined) return undefined
  const { properties } = parent.trace
  return new SpanContext({ ...NO_TRACE, properties }, NO_SPAN, undefined, Sampling.Undecided, parent.baggage, undefined)
}

function startTime({ startTime }: ApiSpanOptions, parent: SpanContext | undefined): number | undefined {
  if (startTime == null) return undefined
  return givenTime(epochMilliseconds(startTime, parent?.local?.anchor ?? wallAnchor()))
}
