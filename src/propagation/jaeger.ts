/**
 * Jaeger's headers: `uber-trace-id`, `uberctx-*`, `jaeger-debug-id`, `jaeger-baggage`.
 * https://www.jaegertracing.io/docs/1.76/sdk-migration/#propagation-format
 */
import { Sampling, type Baggage, type SpanContext } from '../tracer/context.js'
import { firstValue, hexId, isNarrow, wideOrNarrow } from './hex.js'
import { percentDecode, percentEncode } from './percent.js'
import type { Found, Propagator, Reader, TraceIds, Writer } from './propagator.js'

const TRACE = 'uber-trace-id'
const BAGGAGE_PREFIX = 'uberctx-'
const DEBUG_ID = 'jaeger-debug-id'
const MANUAL_BAGGAGE = 'jaeger-baggage'

/** 32 + 16 + 16 + 2 digits and three colons, each of which may be `%3A`. */
const LONGEST = 96
const LONGEST_DEBUG_ID = 256

const SAMPLED_BIT = 0x01
const DEBUG_BIT = 0x02

/** Go clients read the flags as decimal, so they are one digit: 0, 1 or 3. */
const FLAGS = {
  [Sampling.Undecided]: '0',
  [Sampling.Denied]: '0',
  [Sampling.Accepted]: '1',
  [Sampling.Debug]: '3',
} as const

/** Characters that a header name may have (RFC 9110 token). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i

export const jaeger: Propagator = {
  name: 'jaeger',
  fields: [TRACE],
  inject,
  extract,
}

function inject({ trace, spanId, parentId, sampling, baggage }: SpanContext, write: Writer): void {
  const traceId = wideOrNarrow(trace.traceId, trace.narrow)
  write(TRACE, `${traceId}:${spanId}:${parentId ?? '0'}:${FLAGS[sampling]}`)
  if (baggage === undefined) return
  for (const [key, value] of baggage) {
    if (TOKEN.test(key)) write(`${BAGGAGE_PREFIX}${key.toLowerCase()}`, percentEncode(value))
  }
}

function extract(reader: Reader): Found | undefined {
  const context = parse(firstValue(reader.get(TRACE)))
  const baggage = prefixed(reader)
  const rootBaggage = manual(reader.get(MANUAL_BAGGAGE))
  const debugId = reader.get(DEBUG_ID)?.trim().slice(0, LONGEST_DEBUG_ID)
  return {
    ...context,
    ...(baggage.size > 0 && { baggage }),
    ...(rootBaggage.size > 0 && { rootBaggage }),
    ...(debugId !== undefined && debugId !== '' && { debugId }),
  }
}

function parse(header: string | undefined): { ids: TraceIds; sampling: Sampling } | undefined {
  if (header === undefined || header.length > LONGEST) return undefined
  const parts = percentDecode(header).split(':')
  const [trace, span, , flags] = parts
  if (parts.length !== 4 || trace === undefined || flags === undefined) return undefined
  const traceId = hexId(trace, 32)
  const spanId = hexId(span, 16)
  if (traceId === undefined || spanId === undefined) return undefined
  return { ids: { traceId, spanId, narrow: isNarrow(trace) }, sampling: decision(flags) }
}

function decision(flags: string): Sampling {
  if (!/^[0-9a-f]{1,2}$/i.test(flags)) return Sampling.Undecided
  const bits = parseInt(flags, 16)
  if ((bits & SAMPLED_BIT) === 0) return Sampling.Denied
  return (bits & DEBUG_BIT) === 0 ? Sampling.Accepted : Sampling.Debug
}

function prefixed(reader: Reader): Baggage {
  const items = new Map<string, string>()
  for (const name of reader.names()) {
    if (!name.startsWith(BAGGAGE_PREFIX) || name.length === BAGGAGE_PREFIX.length) continue
    const value = reader.get(name)
    if (value !== undefined) items.set(name.slice(BAGGAGE_PREFIX.length), percentDecode(value))
  }
  return items
}

/** `k1=v1, k2=v2`; a pair that is not exactly that is skipped. */
function manual(header: string | undefined): Baggage {
  const items = new Map<string, string>()
  for (const pair of header?.split(',') ?? []) {
    const [key, value, ...more] = pair.split('=')
    if (key === undefined || value === undefined || more.length > 0 || key.trim() === '') continue
    items.set(key.trim(), value.trim())
  }
  return items
}
