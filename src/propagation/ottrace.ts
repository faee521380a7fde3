/**
 * Lightstep's and OpenTracing basictracer's headers: `ot-tracer-*` and `ot-baggage-*`.
 * https://github.com/opentracing/basictracer-go/blob/master/propagation_ot.go
 */
import { Sampling, isSampled, type SpanContext } from '../tracer/context.js'
import { firstValue, hexId, isNarrow } from './hex.js'
import { readPrefixed, writePrefixed } from './prefixed.js'
import { malformed, type Found, type Propagator, type Reader, type TraceIds, type Writer } from './propagator.js'

const TRACE_ID = 'ot-tracer-traceid'
const SPAN_ID = 'ot-tracer-spanid'
const SAMPLED = 'ot-tracer-sampled'
const BAGGAGE_PREFIX = 'ot-baggage-'

/** Values go as they are, so those that a header cannot hold do not go. Beyond ASCII every reader has its own idea. */
const SENDABLE = /^[\x20-\x7e]*$/

export const ottrace: Propagator = {
  name: 'ottrace',
  fields: [TRACE_ID, SPAN_ID, SAMPLED],
  reads: [TRACE_ID, SPAN_ID, SAMPLED, BAGGAGE_PREFIX],
  inject,
  extract,
}

/** Its readers know 64-bit trace ids: the low half goes out, as from OpenTelemetry. */
function inject(context: SpanContext, write: Writer, isPlain = false): void {
  const { spanId, sampling, hasIds, baggage } = context
  const traceId = hexId(context.traceId.slice(16), 16)
  if (hasIds && traceId !== undefined) {
    write(TRACE_ID, traceId)
    write(SPAN_ID, spanId)
    if (sampling !== Sampling.Undecided) write(SAMPLED, isSampled(sampling) ? 'true' : 'false')
  }
  if (baggage === undefined) return
  writePrefixed(BAGGAGE_PREFIX, baggage, write, (value) => (isPlain || SENDABLE.test(value) ? value : undefined))
}

function extract(reader: Reader): Found | undefined {
  const ids = idsIn(reader)
  const baggage = readPrefixed(BAGGAGE_PREFIX, reader, (value) => value)
  if (ids === undefined) return baggage === undefined ? undefined : { baggage }
  return { ids, sampling: decision(firstValue(reader.get(SAMPLED))), ...(baggage !== undefined && { baggage }) }
}

/** Neither id is worth anything without the other; nor is the decision without both. */
function idsIn(reader: Reader): TraceIds | undefined {
  const trace = firstValue(reader.get(TRACE_ID))
  const span = firstValue(reader.get(SPAN_ID))
  if (trace === undefined && span === undefined) return undefined
  const traceId = hexId(trace, 32)
  const spanId = hexId(span, 16)
  if (trace === undefined || traceId === undefined || spanId === undefined) return malformed()
  return { traceId, spanId, narrow: isNarrow(trace) }
}

function decision(text: string | undefined): Sampling {
  switch (text?.toLowerCase()) {
    case 'true':
    case '1':
      return Sampling.Accepted
    case 'false':
    case '0':
      return Sampling.Denied
    case undefined:
      return Sampling.Undecided
    default:
      malformed()
      return Sampling.Undecided
  }
}
