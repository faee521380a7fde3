/**
 * Google Cloud: `X-Cloud-Trace-Context: {trace}/{span as unsigned decimal};o={options}`.
 * https://cloud.google.com/trace/docs/trace-context#legacy-http-header
 */
import { Sampling, isSampled, type SpanContext } from '../tracer/context.js'
import { firstValue, hexId } from './hex.js'
import { malformed, type Found, type Propagator, type Reader, type Writer } from './propagator.js'

const TRACE = 'x-cloud-trace-context'

const FORM = /^([0-9a-f]{32})(?:\/(\d{0,20}))?(?:;(.*))?$/i
const OPTIONS = /^o=(\d{1,10})$/
const SAMPLED_BIT = 0x01
const LONGEST = 128
const LARGEST_ID = 2n ** 64n - 1n

export const gcp: Propagator = {
  name: 'gcp',
  fields: [TRACE],
  reads: [TRACE],
  inject({ traceId, spanId, sampling }: SpanContext, write: Writer): void {
    if (traceId === '') return
    const span = spanId === '' ? '' : `/${BigInt(`0x${spanId}`)}`
    const options = sampling === Sampling.Undecided ? '' : `;o=${isSampled(sampling) ? 1 : 0}`
    write(TRACE, `${traceId}${span}${options}`)
  },
  extract(reader: Reader): Found | undefined {
    const header = firstValue(reader.get(TRACE))
    return header === undefined ? undefined : (parse(header) ?? malformed())
  },
}

/** A span that is missing or 0 means a trace without a parent. */
function parse(header: string): Found | undefined {
  const [, trace, span, options] = (header.length > LONGEST ? null : FORM.exec(header)) ?? []
  const traceId = hexId(trace, 32)
  const id = BigInt(span ?? '')
  if (traceId === undefined || id > LARGEST_ID) return undefined
  const spanId = id === 0n ? '' : id.toString(16).padStart(16, '0')
  return { ids: { traceId, spanId, narrow: false }, sampling: decision(options) }
}

function decision(text: string | undefined): Sampling {
  const options = OPTIONS.exec(text?.trim() ?? '')?.[1]
  if (options === undefined) return Sampling.Undecided
  return (Number(options) & SAMPLED_BIT) === 0 ? Sampling.Denied : Sampling.Accepted
}
