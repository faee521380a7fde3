/**
 * The ids of a context as headers have them. All formats cut theirs out of one text, which copies nothing: what takes long
 * is to have V8 make a text, not to write its digits.
 */
import { Sampling, isSampled, type SpanContext } from '../tracer/context.js'
import { putCode, textUpTo } from '../tracer/hex-digits.js'
import { putSpanId, type SpanId } from '../tracer/span-id.js'
import { putTraceId } from '../tracer/trace-id.js'

export interface IdTexts {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  /** 16 hex digits; undefined for a root. */
  readonly parentId: string | undefined
  /** As W3C has them: `00-{trace}-{span}-{flags}`. */
  readonly traceparent: string
  /** As Jaeger has them: `{trace}:{span}:{parent}:{flags}`. */
  readonly uberTraceId: string
}

const HYPHEN = 0x2d
const ZERO = 0x30
const COLON = 0x3a

/** Where W3C's form has its ids, and where it ends and Jaeger's begins. */
const TRACE_AT = 3
const SPAN_AT = 36
const W3C_END = 55
const DIGITS_OF_TRACE = 32
const DIGITS_OF_SPAN = 16

/** W3C's flags. */
const SAMPLED_BIT = 0x01
const RANDOM_BIT = 0x02
/** Jaeger's. Go clients read them as decimal, so they are one digit: 0, 1 or 3. */
const JAEGER_FLAGS = {
  [Sampling.Undecided]: 0,
  [Sampling.Denied]: 0,
  [Sampling.Accepted]: 1,
  [Sampling.Debug]: 3,
} as const

/** Those of the context that was asked for last: a format asks after the other. */
let last: IdTexts | undefined
/** It is known by its id, which is no other's, and its decision. The context itself would hold on to its request. */
let lastId: SpanId | undefined
let lastSampling: Sampling | undefined

/** @param context one that has ids */
export function idTextsOf(context: SpanContext): IdTexts {
  if (last !== undefined && context.id === lastId && context.sampling === lastSampling) return last
  lastId = context.id
  lastSampling = context.sampling
  return (last = make(context))
}

function make({ trace, id, parent, sampling }: SpanContext): IdTexts {
  let at = putCode(putCode(putCode(0, ZERO), ZERO), HYPHEN)
  at = putCode(putTraceId(at, trace.id), HYPHEN)
  at = putCode(putSpanId(at, id), HYPHEN)
  at = putCode(putCode(at, ZERO), ZERO + ((isSampled(sampling) ? SAMPLED_BIT : 0) | (trace.random ? RANDOM_BIT : 0)))
  at = putCode(putTraceId(at, trace.id), COLON)
  const parentAt = putCode(putSpanId(at, id), COLON)
  const parentEnd = parent === undefined ? putCode(parentAt, ZERO) : putSpanId(parentAt, parent)
  const text = textUpTo(putCode(putCode(parentEnd, COLON), ZERO + JAEGER_FLAGS[sampling]))
  return {
    traceId: text.slice(TRACE_AT, TRACE_AT + DIGITS_OF_TRACE),
    spanId: text.slice(SPAN_AT, SPAN_AT + DIGITS_OF_SPAN),
    parentId: parent === undefined ? undefined : text.slice(parentAt, parentEnd),
    traceparent: text.slice(0, W3C_END),
    uberTraceId: text.slice(W3C_END),
  }
}
