/**
 * OpenTelemetry's contexts and our scopes, each made from the other, so that both live in the one AsyncLocalStorage.
 *
 * A context that the application made active rides along in the scope. A scope that an instrumentation entered below it
 * has another span, perhaps other baggage: its context is derived when somebody asks for it.
 */
import { activeScope, contextIn, type Scope } from '../../scope/scope.js'
import { Stamp } from '../../stamp.js'
import { NO_TRACE, Sampling, SpanContext, type Baggage as Items } from '../../tracer/context.js'
import { NO_SPAN } from '../../tracer/span-id.js'
import { BAGGAGE_KEY, SPAN_KEY, SUPPRESS_KEY, type ApiContext, type ApiSpan } from './api.js'
import { baggageOf, carried } from './baggage.js'
import { faceOf, foreignContext, silentFaceOf, spanIn } from './span.js'

/** An immutable map. A key that was deleted is remembered as such. */
class Context implements ApiContext {
  readonly #values: ReadonlyMap<symbol, unknown>

  constructor(values: ReadonlyMap<symbol, unknown>) {
    this.#values = values
  }

  /** Whether a value was taken out of `context` on purpose. */
  static lost(context: ApiContext, key: symbol): boolean {
    return #values in context && context.#values.has(key) && context.#values.get(key) === undefined
  }

  getValue(key: symbol): unknown {
    return this.#values.get(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return new Context(new Map(this.#values).set(key, value))
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined)
  }
}

const ROOT: ApiContext = new Context(new Map())

/** A context of the application's in a scope, and what of ours was current when it was: later changes are told by it. */
interface Riding {
  readonly context: ApiContext
  readonly current: SpanContext | undefined
}

const derivedIn = Stamp<Riding>()

/** OpenTelemetry's active context. */
export function activeApiContext(): ApiContext {
  const scope = activeScope()
  if (scope === undefined) return ROOT
  const current = contextIn(scope)
  const riding = scope.foreign as Riding | undefined
  if (riding !== undefined && riding.current === current && isSuppressed(riding.context) === scope.suppressed)
    return riding.context
  const known = derivedIn.get(scope)
  if (known !== undefined && known.current === current) return known.context
  const context = derive(riding, scope, current)
  derivedIn.set(scope, { context, current })
  return context
}

function derive(riding: Riding | undefined, scope: Scope, current: SpanContext | undefined): ApiContext {
  let context = (riding?.context ?? ROOT).setValue(SPAN_KEY, activeFace(scope))
  if (current?.baggage !== riding?.current?.baggage)
    context = context.setValue(BAGGAGE_KEY, current === undefined ? undefined : baggageOf(current))
  return isSuppressed(context) === scope.suppressed ? context : context.setValue(SUPPRESS_KEY, scope.suppressed)
}

function activeFace({ span, context }: Scope): ApiSpan | undefined {
  if (span !== undefined) return faceOf(span)
  return context?.hasIds === true ? silentFaceOf(context) : undefined
}

export function isSuppressed(context: ApiContext): boolean {
  return context.getValue(SUPPRESS_KEY) === true
}

/** The scope that stands for a context of OpenTelemetry's; nothing stands for the root. */
export function scopeOf(given: ApiContext | null | undefined): Scope {
  const context = given ?? ROOT
  const value = context.getValue(SPAN_KEY)
  const span = spanIn(value)
  const own = span === undefined ? foreignContext(value) : span.context()
  const current = withBaggageOf(context, own)
  return {
    span,
    context: span !== undefined && current === own ? undefined : current,
    suppressed: isSuppressed(context),
    foreign: { context, current } satisfies Riding,
  }
}

/** Baggage of the context comes before the span's own. Where the context says nothing of it, the span keeps its own. */
function withBaggageOf(context: ApiContext, own: SpanContext | undefined): SpanContext | undefined {
  const baggage = carried(context.getValue(BAGGAGE_KEY))
  if (baggage === undefined && !Context.lost(context, BAGGAGE_KEY)) return own
  const items: Items = baggage?.items ?? new Map()
  if (own?.baggage === items || (own?.baggage === undefined && items.size === 0)) return own
  const base = own ?? new SpanContext(NO_TRACE, NO_SPAN, undefined, Sampling.Undecided, undefined, undefined)
  return base.withBaggage(items, baggage?.properties)
}
