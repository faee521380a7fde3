/**
 * W3C Baggage: `baggage`. https://www.w3.org/TR/baggage/
 *
 * OpenTracing baggage maps strings to strings, so a member's properties (after `;`) are not kept.
 */
import type { SpanContext } from '../tracer/context.js'
import { percentDecode, percentEncode } from './percent.js'
import type { Found, Propagator, Reader, Writer } from './propagator.js'

const BAGGAGE = 'baggage'
/** What a platform must at least pass on: beyond it, whole members fall off from the right. */
const MOST_MEMBERS = 64
const MOST_BYTES = 8192
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

export const baggage: Propagator = {
  name: 'baggage',
  fields: [BAGGAGE],
  inject({ baggage }: SpanContext, write: Writer): void {
    if (baggage === undefined || baggage.size === 0) return
    const text = serialise(baggage)
    if (text !== '') write(BAGGAGE, text)
  },
  extract(reader: Reader): Found | undefined {
    const header = reader.get(BAGGAGE)
    if (header === undefined) return undefined
    const items = parse(header)
    return items.size === 0 ? undefined : { baggage: items }
  },
}

function serialise(items: ReadonlyMap<string, string>): string {
  let text = ''
  let count = 0
  for (const [key, value] of items) {
    if (!TOKEN.test(key)) continue
    const member = `${text === '' ? '' : ','}${key}=${percentEncode(value)}`
    if (text.length + member.length > MOST_BYTES || ++count > MOST_MEMBERS) break
    text += member
  }
  return text
}

function parse(header: string): Map<string, string> {
  const items = new Map<string, string>()
  for (const member of header.split(',')) {
    const pair = member.split(';', 1)[0] as string
    const equals = pair.indexOf('=')
    const key = pair.slice(0, equals).trim()
    if (equals === -1 || !TOKEN.test(key)) continue
    items.set(key, percentDecode(pair.slice(equals + 1).trim()))
    if (items.size === MOST_MEMBERS) break
  }
  return items
}
