/**
 * W3C Trace Context: `traceparent` and `tracestate`. https://www.w3.org/TR/trace-context-2/
 */
import { Sampling, isSampled, type SpanContext } from '../tracer/context.js'
import { malformed, type Found, type Propagator, type Reader, type Writer } from './propagator.js'

const TRACEPARENT = 'traceparent'
const TRACESTATE = 'tracestate'

/** Version 00 has these 55 characters; a later version may go on after a hyphen. Lower case only. */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const LONGEST = 512
const ZERO_TRACE = '0'.repeat(32)
const ZERO_SPAN = '0'.repeat(16)

const SAMPLED_BIT = 0x01
const RANDOM_BIT = 0x02

/** A list member: key by level 2, value of printable ASCII without `,` and `=` that does not end in a space. */
const MEMBER = /^[a-z0-9][a-z0-9_*/@-]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/
const MOST_MEMBERS = 32
/** As many members as may be, each as long as may be, and some white space. */
const LONGEST_STATE = MOST_MEMBERS * 520

export const tracecontext: Propagator = {
  name: 'tracecontext',
  fields: [TRACEPARENT, TRACESTATE],
  inject(context: SpanContext, write: Writer): void {
    if (!context.hasIds) return
    const { trace } = context
    write(TRACEPARENT, traceparentOf(context))
    if (trace.traceState !== undefined) write(TRACESTATE, trace.traceState)
  },
  extract,
}

/** The ids and flags of a context that has ids. */
export function traceparentOf({ trace, spanId, sampling }: SpanContext): string {
  const flags = (isSampled(sampling) ? SAMPLED_BIT : 0) | (trace.random ? RANDOM_BIT : 0)
  return `00-${trace.traceId}-${spanId}-0${flags}`
}

function extract(reader: Reader): Found | undefined {
  const header = reader.get(TRACEPARENT)
  return header === undefined ? undefined : (parse(header, reader) ?? malformed())
}

function parse(header: string, reader: Reader): Found | undefined {
  const match = header.length > LONGEST ? null : FORM.exec(header.trim())
  if (match === null) return undefined
  const [, version, traceId, spanId, flags, rest] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string?,
  ]
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (traceId === ZERO_TRACE || spanId === ZERO_SPAN) return undefined
  const bits = parseInt(flags, 16)
  const sampled = (bits & SAMPLED_BIT) !== 0
  const traceState = parseState(reader.get(TRACESTATE))
  return {
    ids: { traceId, spanId, narrow: false },
    sampling: sampled ? Sampling.Accepted : Sampling.Denied,
    isVague: !sampled,
    random: (bits & RANDOM_BIT) !== 0,
    ...(traceState !== undefined && { traceState }),
  }
}

/** The members in their order; an invalid one, or a 33rd, discards the list (as the W3C test suite expects). */
function parseState(header: string | undefined): string | undefined {
  if (header === undefined || header.length > LONGEST_STATE) return undefined
  const members = []
  for (const raw of header.split(',')) {
    // A value may begin with spaces but not end with one: only what surrounds the member is white space.
    const member = raw.replace(/^[ \t]+|[ \t]+$/g, '')
    if (member === '') continue
    if (!MEMBER.test(member) || members.length === MOST_MEMBERS) return undefined
    members.push(member)
  }
  return members.length === 0 ? undefined : members.join(',')
}
