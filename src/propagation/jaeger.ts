/**
 * Jaeger's headers: `uber-trace-id`, `uberctx-*`, `jaeger-debug-id`, `jaeger-baggage`.
 * https://www.jaegertracing.io/docs/1.76/sdk-migration/#propagation-format
 */
import { Sampling, type Baggage, type SpanContext } from '../tracer/context.js'
import { truncate } from '../tracer/limits.js'
import { firstValue, hexId, isNarrow, wideOrNarrow } from './hex.js'
import { idTextsOf } from './id-texts.js'
import { percentDecode, percentEncode } from './percent.js'
import { readPrefixed, writePrefixed } from './prefixed.js'
import { baggageLimits, malformed, type Found, type Propagator, type Reader, type Writer } from './propagator.js'

const TRACE = 'uber-trace-id'
const BAGGAGE_PREFIX = 'uberctx-'
const DEBUG_ID = 'jaeger-debug-id'
const MANUAL_BAGGAGE = 'jaeger-baggage'

/** 32 + 16 + 16 + 2 digits and three colons, each of which may be `%3A`. */
const LONGEST = 96
const LONGEST_DEBUG_ID = 256

const SAMPLED_BIT = 0x01
const DEBUG_BIT = 0x02

export const jaeger: Propagator = {
  name: 'jaeger',
  fields: [TRACE],
  reads: [TRACE, BAGGAGE_PREFIX, DEBUG_ID, MANUAL_BAGGAGE],
  inject,
  extract,
}

function inject(context: SpanContext, write: Writer, isPlain = false): void {
  const { trace, baggage } = context
  if (context.hasIds) write(TRACE, wideOrNarrow(idTextsOf(context).uberTraceId, trace.narrow))
  if (baggage !== undefined) writePrefixed(BAGGAGE_PREFIX, baggage, write, isPlain ? asItIs : percentEncode)
}

function asItIs(value: string): string {
  return value
}

function extract(reader: Reader): Found | undefined {
  const header = firstValue(reader.get(TRACE))
  const context = header === undefined ? undefined : (parse(header) ?? malformed())
  const baggage = readPrefixed(BAGGAGE_PREFIX, reader, reader.isPlain === true ? asItIs : percentDecode)
  const rootBaggage = manual(reader.get(MANUAL_BAGGAGE))
  const debugId = reader.get(DEBUG_ID)?.trim()
  const hasDebugId = debugId !== undefined && debugId !== ''
  if (baggage === undefined && rootBaggage === undefined && !hasDebugId) return context
  return {
    ...context,
    ...(baggage !== undefined && { baggage }),
    ...(rootBaggage !== undefined && { rootBaggage }),
    ...(hasDebugId && { debugId: truncate(debugId, LONGEST_DEBUG_ID) }),
  }
}

function parse(header: string): Found | undefined {
  if (header.length > LONGEST) return undefined
  const text = percentDecode(header)
  const first = text.indexOf(':')
  const second = text.indexOf(':', first + 1)
  const third = text.indexOf(':', second + 1)
  // Where one is missing, the search begins anew and finds an earlier one.
  if (!(first < second && second < third) || first === -1 || text.includes(':', third + 1)) return undefined
  const trace = text.slice(0, first)
  const parent = text.slice(second + 1, third)
  const flags = text.slice(third + 1)
  const traceId = hexId(trace, 32)
  const spanId = hexId(text.slice(first + 1, second), 16)
  if (traceId === undefined || spanId === undefined) return undefined
  const sampling = decision(flags)
  return {
    ids: { traceId, spanId, parentId: hexId(parent, 16), narrow: isNarrow(trace) },
    sampling,
    isVague: sampling === Sampling.Denied,
  }
}

function decision(flags: string): Sampling {
  const bits = flagBits(flags)
  if (bits === undefined) {
    malformed()
    return Sampling.Undecided
  }
  if ((bits & SAMPLED_BIT) === 0) return Sampling.Denied
  return (bits & DEBUG_BIT) === 0 ? Sampling.Accepted : Sampling.Debug
}

function flagBits(flags: string): number | undefined {
  // What is sent by nearly everybody.
  if (flags === '1' || flags === '01') return SAMPLED_BIT
  return /^[0-9a-f]{1,2}$/i.test(flags) ? parseInt(flags, 16) : undefined
}

/** `k1=v1, k2=v2`; a pair that is not exactly that is skipped. */
function manual(header: string | undefined): Baggage | undefined {
  if (header === undefined) return undefined
  const items = new Map<string, string>()
  for (const pair of header.split(',')) {
    const [key, value, ...more] = pair.split('=')
    if (key === undefined || value === undefined || more.length > 0 || key.trim() === '') continue
    items.set(key.trim(), value.trim())
    if (items.size >= baggageLimits.items) break
  }
  return items.size === 0 ? undefined : items
}
