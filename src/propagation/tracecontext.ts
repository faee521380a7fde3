/**
 * W3C Trace Context: `traceparent` and `tracestate`. https://www.w3.org/TR/trace-context-2/
 */
import { Sampling, type SpanContext } from '../tracer/context.js'
import { digitsSeen, NOT_ZERO } from './hex.js'
import { idTextsOf } from './id-texts.js'
import { malformed, type Found, type Propagator, type Reader, type Writer } from './propagator.js'

const TRACEPARENT = 'traceparent'
const TRACESTATE = 'tracestate'

/** Version, trace id, span id and flags, hyphens between: what version 00 has. A later one may go on after a hyphen. */
const TRACE_AT = 3
const SPAN_AT = 36
const FLAGS_AT = 53
const LENGTH = 55
const LONGEST = 512
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
  reads: [TRACEPARENT],
  inject(context: SpanContext, write: Writer): void {
    if (!context.hasIds) return
    const { trace } = context
    write(TRACEPARENT, idTextsOf(context).traceparent)
    if (trace.traceState !== undefined) write(TRACESTATE, trace.traceState)
  },
  extract,
}

function extract(reader: Reader): Found | undefined {
  const header = reader.get(TRACEPARENT)
  return header === undefined ? undefined : (parse(header, reader) ?? malformed())
}

function parse(header: string, reader: Reader): Found | undefined {
  const text = header.length > LONGEST ? '' : header.trim()
  if (!hasForm(text)) return undefined
  const bits = parseInt(text.slice(FLAGS_AT, LENGTH), 16)
  const sampled = (bits & SAMPLED_BIT) !== 0
  const traceState = parseState(reader.get(TRACESTATE))
  const ids = { traceId: text.slice(TRACE_AT, SPAN_AT - 1), spanId: text.slice(SPAN_AT, FLAGS_AT - 1), narrow: false }
  const random = (bits & RANDOM_BIT) !== 0
  const sampling = sampled ? Sampling.Accepted : Sampling.Denied
  if (traceState === undefined) return { ids, sampling, isVague: !sampled, random }
  return { ids, sampling, isVague: !sampled, random, traceState }
}

/** Lower case only; neither id is zero; version `ff` is none. */
function hasForm(text: string): boolean {
  return (
    text.length >= LENGTH &&
    (text.length === LENGTH || (text[LENGTH] === '-' && !text.startsWith('00'))) &&
    text[TRACE_AT - 1] === '-' &&
    text[SPAN_AT - 1] === '-' &&
    text[FLAGS_AT - 1] === '-' &&
    isLowerHex(text, 0, TRACE_AT - 1) &&
    !text.startsWith('ff') &&
    digitsSeen(text, TRACE_AT, SPAN_AT - 1) === NOT_ZERO &&
    digitsSeen(text, SPAN_AT, FLAGS_AT - 1) === NOT_ZERO &&
    isLowerHex(text, FLAGS_AT, LENGTH)
  )
}

/** Zeros too. */
function isLowerHex(text: string, from: number, to: number): boolean {
  return digitsSeen(text, from, to) === NOT_ZERO || text.startsWith('00', from)
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
