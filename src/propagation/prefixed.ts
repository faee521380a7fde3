/**
 * Baggage as a header for each item, its key behind a prefix (`uberctx-user: …`).
 */
import type { Baggage } from '../tracer/context.js'
import { baggageLimits, type Reader, type Writer } from './propagator.js'

/** Characters that a header name may have (RFC 9110 token). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i

/**
 * Names of headers know no case, so of keys that differ in nothing else the first goes out.
 *
 * @param encode undefined: a value that cannot be sent
 */
export function writePrefixed(
  prefix: string,
  baggage: Baggage,
  write: Writer,
  encode: (value: string) => string | undefined,
): void {
  const written = new Set<string>()
  let bytes = 0
  for (const [key, value] of baggage) {
    const name = `${prefix}${key.toLowerCase()}`
    const text = TOKEN.test(key) && !written.has(name) ? encode(value) : undefined
    if (text === undefined) continue
    bytes += key.length + text.length
    if (bytes > baggageLimits.bytes || written.size >= baggageLimits.items) return
    written.add(name)
    write(name, text)
  }
}

/** The items behind `prefix`, undefined where there are none. */
export function readPrefixed(
  prefix: string,
  reader: Reader,
  decode: (value: string) => string,
): Map<string, string> | undefined {
  let items: Map<string, string> | undefined
  for (const name of reader.names()) {
    if (!name.startsWith(prefix) || name.length === prefix.length) continue
    const value = reader.get(name)
    if (value === undefined) continue
    items ??= new Map()
    items.set(name.slice(prefix.length), decode(value))
    if (items.size >= baggageLimits.items) break
  }
  return items
}
