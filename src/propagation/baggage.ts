/**
 * W3C Baggage: `baggage`. https://www.w3.org/TR/baggage/
 *
 * OpenTracing baggage maps strings to strings; a member's properties (after `;`) travel beside it, unseen by the
 * application, and go out again with the member as long as its value is what it was.
 */
import type { Baggage, BaggageProperties, BaggageProperty, SpanContext } from '../tracer/context.js'
import { percentDecode, percentEncode } from './percent.js'
import { baggageLimits, type Found, type Propagator, type Reader, type Writer } from './propagator.js'

const BAGGAGE = 'baggage'
/** Members beyond this many characters are not looked at, if no more is allowed anyway. */
const LONGEST = 16_384
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** What may go out again as it came. */
const PRINTABLE = /^[\x20-\x7e]+$/

export const baggage: Propagator = {
  name: 'baggage',
  fields: [BAGGAGE],
  reads: [BAGGAGE],
  inject({ baggage, trace }: SpanContext, write: Writer): void {
    if (baggage === undefined || baggage.size === 0) return
    const text = serialise(baggage, trace.properties)
    if (text !== '') write(BAGGAGE, text)
  },
  extract(reader: Reader): Found | undefined {
    const header = reader.get(BAGGAGE)
    if (header === undefined) return undefined
    const items = new Map<string, string>()
    const properties = new Map<string, BaggageProperty>()
    parse(header, items, properties)
    return items.size === 0 ? undefined : { baggage: items, ...(properties.size > 0 && { properties }) }
  },
}

function serialise(items: Baggage, properties: BaggageProperties | undefined): string {
  let text = ''
  let count = 0
  for (const [key, value] of items) {
    if (!TOKEN.test(key)) continue
    const property = properties?.get(key)
    const tail = property?.value === value ? property.text : ''
    const member = `${text === '' ? '' : ','}${key}=${percentEncode(value)}${tail}`
    if (text.length + member.length > baggageLimits.bytes || ++count > baggageLimits.items) break
    text += member
  }
  return text
}

function parse(header: string, items: Map<string, string>, properties: Map<string, BaggageProperty>): void {
  for (const member of bounded(header).split(',')) {
    const semicolon = member.indexOf(';')
    const pair = semicolon === -1 ? member : member.slice(0, semicolon)
    const equals = pair.indexOf('=')
    const key = pair.slice(0, equals).trim()
    if (equals === -1 || !TOKEN.test(key)) continue
    if (items.size >= baggageLimits.items && !items.has(key)) break
    const value = percentDecode(pair.slice(equals + 1).trim())
    items.set(key, value)
    const text = semicolon === -1 ? '' : member.slice(semicolon).trim()
    if (PRINTABLE.test(text)) properties.set(key, { value, text })
    else properties.delete(key)
  }
}

/** An absurdly long header, less the members that are too many. */
function bounded(header: string): string {
  const longest = Math.max(LONGEST, 2 * baggageLimits.bytes)
  return header.length <= longest ? header : header.slice(0, Math.max(0, header.lastIndexOf(',', longest)))
}
