/**
 * Headers that are recorded because the configuration names them.
 */
import { describe, type Description, type Span, type Tags } from '../src/instrumentation.js'

/** Names that are masked although they are asked for: whoever asks wants to know that they are there. */
const SECRETS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-amz-security-token',
])
const MASK = 'REDACTED'

/** What a message has for a lower-case name: text, or several. */
export type HeaderLookup = (name: string) => string | readonly string[] | undefined

export function capture(span: Span, side: 'request' | 'response', names: readonly string[], look: HeaderLookup): void {
  describe(span, describeHeaders, side, names, look)
}

/** `http.request.header.<name>` and its like. */
export function describeHeaders(
  side: 'request' | 'response',
  names: readonly string[],
  look: HeaderLookup,
): Description {
  const tags: Tags = []
  for (const given of names) {
    const name = given.toLowerCase()
    const value = look(name)
    if (value === undefined) continue
    const told = SECRETS.has(name) ? MASK : typeof value === 'string' ? value : value.join(', ')
    tags.push(`http.${side}.header.${name}`, told)
  }
  return { tags }
}

/** Looks into the text of a head: what was sent, whichever way it was set. */
export function inHead(head: unknown): HeaderLookup {
  const lines = typeof head === 'string' ? head.split('\r\n').slice(1) : []
  return (name) => {
    const values = lines.flatMap((line) => (line.slice(0, name.length + 1).toLowerCase() === `${name}:` ? [line] : []))
    return values.length === 0 ? undefined : values.map((line) => line.slice(name.length + 1).trim())
  }
}

/** Looks into `[name, value, …]`, be they texts or bytes. */
export function inList(list: unknown): HeaderLookup {
  const flat = Array.isArray(list) ? (list as unknown[]) : []
  return (name) => {
    const values = flat.filter((_, index) => index % 2 === 1 && String(flat[index - 1]).toLowerCase() === name)
    return values.length === 0 ? undefined : values.map(String)
  }
}
