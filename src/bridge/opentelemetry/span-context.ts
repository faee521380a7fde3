/**
 * Span contexts as OpenTelemetry's API has them, from ours and to ours.
 */
import { Stamp } from '../../stamp.js'
import { Sampling, SpanContext, isSampled } from '../../tracer/context.js'
import { SpanId } from '../../tracer/span-id.js'
import { TraceId } from '../../tracer/trace-id.js'
import type { ApiSpanContext } from './api.js'
import { TraceState } from './trace-state.js'

const NO_TRACE_ID = '0'.repeat(32)
const NO_SPAN_ID = '0'.repeat(16)
const SAMPLED_BIT = 0x01

/** Names no span. */
export const INVALID: ApiSpanContext = { traceId: NO_TRACE_ID, spanId: NO_SPAN_ID, traceFlags: 0 }

/** The context from which one of the API's was made: it knows what that cannot tell, such as baggage. */
const original = Stamp<SpanContext>()

export function toApi(context: SpanContext): ApiSpanContext {
  const { trace, traceId, spanId, sampling, hasIds, local } = context
  const made: ApiSpanContext = {
    traceId: hasIds ? traceId : NO_TRACE_ID,
    spanId: hasIds ? spanId : NO_SPAN_ID,
    traceFlags: isSampled(sampling) ? SAMPLED_BIT : 0,
    ...(local === undefined && { isRemote: true }),
    ...(trace.traceState !== undefined && { traceState: TraceState.of(trace.traceState) }),
  }
  original.set(made, context)
  return made
}

/** Undefined where it names no span. */
export function fromApi(given: unknown): SpanContext | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  return original.get(given) ?? (isValid(given) ? translated(given) : undefined)
}

function translated({ traceId, spanId, traceFlags, traceState }: ApiSpanContext): SpanContext {
  const state = traceState?.serialize()
  const trace = {
    id: TraceId.of(traceId.toLowerCase()),
    narrow: false,
    traceState: typeof state === 'string' && state !== '' ? state : undefined,
    random: false,
  }
  const sampling = (traceFlags & SAMPLED_BIT) === 0 ? Sampling.Denied : Sampling.Accepted
  return new SpanContext(trace, SpanId.of(spanId.toLowerCase()), undefined, sampling, undefined, undefined)
}

function isValid(given: object): given is ApiSpanContext {
  const { traceId, spanId } = given as Partial<Record<keyof ApiSpanContext, unknown>>
  return isId(traceId, NO_TRACE_ID) && isId(spanId, NO_SPAN_ID)
}

function isId(id: unknown, none: string): boolean {
  return typeof id === 'string' && id.length === none.length && id !== none && /^[0-9a-f]+$/i.test(id)
}
