/**
 * B3, Zipkin's headers: several (`X-B3-*`) or a single one (`b3`). https://github.com/openzipkin/b3-propagation
 */
import { Sampling, type SpanContext } from '../tracer/context.js'
import { firstValue, hexId, isNarrow, wideOrNarrow } from './hex.js'
import { idTextsOf } from './id-texts.js'
import { malformed, type Found, type Propagator, type Reader, type TraceIds, type Writer } from './propagator.js'

const TRACE_ID = 'x-b3-traceid'
const SPAN_ID = 'x-b3-spanid'
const PARENT_ID = 'x-b3-parentspanid'
const SAMPLED = 'x-b3-sampled'
const FLAGS = 'x-b3-flags'
const SINGLE = 'b3'

/** Either form is B3: a caller that has set one by hand has spoken for both. */
const FIELDS = [TRACE_ID, SPAN_ID, PARENT_ID, SAMPLED, FLAGS, SINGLE]

const READS = [SINGLE, 'x-b3-']

/** 32 + 16 + 1 + 16 digits and three hyphens. */
const LONGEST_SINGLE = 68

/** Writes `X-B3-*`; reads the single header first, as the specification asks of every reader. */
export const b3multi: Propagator = {
  name: 'b3multi',
  fields: FIELDS,
  reads: READS,
  inject: injectMulti,
  extract,
}

/** Writes `b3`; reads both. */
export const b3single: Propagator = {
  name: 'b3',
  fields: FIELDS,
  reads: READS,
  inject: injectSingle,
  extract,
}

function injectMulti(context: SpanContext, write: Writer): void {
  const { sampling } = context
  if (context.hasIds) {
    const { traceId, spanId, parentId } = idTextsOf(context)
    write(TRACE_ID, wideOrNarrow(traceId, context.trace.narrow))
    write(SPAN_ID, spanId)
    if (parentId !== undefined) write(PARENT_ID, parentId)
  }
  if (sampling === Sampling.Debug) write(FLAGS, '1')
  else if (sampling !== Sampling.Undecided) write(SAMPLED, sampling === Sampling.Accepted ? '1' : '0')
}

function injectSingle(context: SpanContext, write: Writer): void {
  const { sampling } = context
  if (!context.hasIds) {
    if (sampling !== Sampling.Undecided) write(SINGLE, STATES[sampling])
    return
  }
  const { traceId, spanId, parentId } = idTextsOf(context)
  const ids = `${wideOrNarrow(traceId, context.trace.narrow)}-${spanId}`
  if (sampling === Sampling.Undecided) write(SINGLE, ids)
  else write(SINGLE, `${ids}-${STATES[sampling]}${parentId === undefined ? '' : `-${parentId}`}`)
}

const STATES = { [Sampling.Denied]: '0', [Sampling.Accepted]: '1', [Sampling.Debug]: 'd' } as const

function extract(reader: Reader): Found | undefined {
  const text = firstValue(reader.get(SINGLE))
  const single = text === undefined ? undefined : (parseSingle(text) ?? malformed())
  if (single?.ids !== undefined) return single
  const multi = parseMulti(reader)
  if (single === undefined) return multi
  // A lone decision in the single header has precedence; ids of the others still count.
  return { ...multi, ...single }
}

function parseMulti(reader: Reader): Found | undefined {
  const sampling = multiState(firstValue(reader.get(FLAGS)), firstValue(reader.get(SAMPLED)))
  const ids = multiIds(reader)
  if (ids === undefined) return sampling === Sampling.Undecided ? undefined : { sampling }
  return { ids, sampling }
}

function multiIds(reader: Reader): TraceIds | undefined {
  const trace = firstValue(reader.get(TRACE_ID))
  const span = firstValue(reader.get(SPAN_ID))
  if (trace === undefined && span === undefined) return undefined
  return idsOf(trace, span, firstValue(reader.get(PARENT_ID))) ?? malformed()
}

function multiState(flags: string | undefined, sampled: string | undefined): Sampling {
  if (flags === '1') return Sampling.Debug
  switch (sampled?.toLowerCase()) {
    case '1':
    case 'true':
      return Sampling.Accepted
    case '0':
    case 'false':
      return Sampling.Denied
    case undefined:
      return Sampling.Undecided
    default:
      malformed()
      return Sampling.Undecided
  }
}

/** `{trace}-{span}[-{state}[-{parent}]]`, `{trace}-{span}-{parent}` (Brave's leniency) or `{state}` alone. */
function parseSingle(text: string): Found | undefined {
  if (text.length > LONGEST_SINGLE) return undefined
  const lone = singleState(text)
  if (lone !== undefined) return { sampling: lone }
  const [trace, span, third, parent, ...more] = text.split('-')
  if (more.length > 0 || trace === undefined || span?.length !== 16) return undefined
  if (trace.length !== 16 && trace.length !== 32) return undefined
  const isParentThird = third !== undefined && parent === undefined && isSpanId(third)
  const ids = idsOf(trace, span, isParentThird ? third : parent)
  if (ids === undefined) return undefined
  if (third === undefined || isParentThird) return { ids, sampling: Sampling.Undecided }
  const sampling = singleState(third)
  if (sampling === undefined || (parent !== undefined && !isSpanId(parent))) return undefined
  return { ids, sampling }
}

function singleState(text: string): Sampling | undefined {
  if (text === '0') return Sampling.Denied
  if (text === '1') return Sampling.Accepted
  return text === 'd' ? Sampling.Debug : undefined
}

function isSpanId(text: string): boolean {
  return /^[0-9a-f]{16}$/i.test(text)
}

function idsOf(trace: string | undefined, span: string | undefined, parent?: string): TraceIds | undefined {
  const traceId = hexId(trace, 32)
  const spanId = hexId(span, 16)
  if (trace === undefined || traceId === undefined || spanId === undefined) return undefined
  return { traceId, spanId, parentId: hexId(parent, 16), narrow: isNarrow(trace) }
}
