/**
 * AWS X-Ray: `X-Amzn-Trace-Id: Root=1-{8}-{24};Parent={16};Sampled={0|1|?}`.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
import { Sampling, isSampled, type SpanContext } from '../tracer/context.js'
import { firstValue, hexId } from './hex.js'
import { malformed, type Found, type Propagator, type Reader, type Writer } from './propagator.js'

const TRACE = 'x-amzn-trace-id'
const NAME = 'xray'

/** Version, seconds since 1970, 96 random bits. */
const ROOT = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/i
const PARENT = /^[0-9a-f]{16}$/i
/** A part that others have added, as it may go out again. */
const ADDITION = /^[A-Za-z][\w.-]*=[\x21-\x2b\x2d-\x3a\x3c-\x7e]*$/

/** A root, a parent, a decision, and what others added. */
const LONGEST = 512
/** The 256 bytes that applications may add, and a load balancer's `Self`. */
const MOST_ADDED = 300

export const xray: Propagator = {
  name: NAME,
  fields: [TRACE],
  reads: [TRACE],
  inject,
  extract(reader: Reader): Found | undefined {
    const header = firstValue(reader.get(TRACE))
    return header === undefined ? undefined : (parse(header) ?? malformed())
  },
}

function inject({ trace: { opaque }, traceId, spanId, sampling }: SpanContext, write: Writer): void {
  if (traceId === '') return
  const parent = spanId === '' ? '' : `;Parent=${spanId}`
  const added = opaque?.[NAME] === undefined ? '' : `;${opaque[NAME]}`
  write(TRACE, `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)}${parent};Sampled=${stateOf(sampling)}${added}`)
}

function stateOf(sampling: Sampling): string {
  if (sampling === Sampling.Undecided) return '?'
  return isSampled(sampling) ? '1' : '0'
}

/** Parts in any order, names in any case; of a part that stands twice the first counts. */
function parse(header: string): Found | undefined {
  if (header.length > LONGEST) return undefined
  const parts = new Map<string, string>()
  const added: string[] = []
  for (const raw of header.split(';')) {
    const part = raw.trim()
    const equals = part.indexOf('=')
    const key = part.slice(0, Math.max(0, equals)).trim().toLowerCase()
    if (!OWN.has(key)) added.push(part)
    else if (!parts.has(key)) parts.set(key, part.slice(equals + 1).trim())
  }
  return found(parts, passedOn(added))
}

const OWN = new Set(['root', 'parent', 'sampled'])

/** A root alone, as load balancers send it, is a trace without a parent. Without one, no more than a decision is left. */
function found(parts: ReadonlyMap<string, string>, added: string): Found | undefined {
  const [root, parent] = [parts.get('root'), parts.get('parent')]
  const sampling = decision(parts.get('sampled'))
  if (root === undefined) return sampling === Sampling.Undecided ? undefined : { sampling }
  const match = ROOT.exec(root)
  const traceId = match === null ? undefined : hexId(`${match[1]}${match[2]}`, 32)
  const spanId = parent === undefined ? '' : PARENT.test(parent) ? hexId(parent, 16) : undefined
  if (traceId === undefined || spanId === undefined) return undefined
  return { ids: { traceId, spanId, narrow: false }, sampling, ...(added !== '' && { opaque: { [NAME]: added } }) }
}

function decision(text: string | undefined): Sampling {
  if (text === '1') return Sampling.Accepted
  if (text === '0') return Sampling.Denied
  if (text !== undefined && text !== '?') malformed()
  return Sampling.Undecided
}

/** As many of the parts as may be added, whole, in their order. */
function passedOn(parts: readonly string[]): string {
  let text = ''
  for (const part of parts) {
    const longer = text === '' ? part : `${text};${part}`
    if (ADDITION.test(part) && longer.length <= MOST_ADDED) text = longer
  }
  return text
}
