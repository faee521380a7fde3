/**
 * The head of an outgoing request, at the moment when Node turns it into text.
 */
import type * as Http from 'node:http'

/** A message as far as its inside is relied upon. */
export type WithHead<Message extends Http.OutgoingMessage> = Message & {
  /** The text of the message's head. Written by `_storeHeader`, sent with the first chunk of the body. */
  _header: string
  _storeHeader(firstLine: string, headers: unknown): void
}

/** A request as far as its inside is relied upon. */
export interface ClientRequest extends WithHead<Http.ClientRequest> {
  readonly res?: (Http.IncomingMessage & { readonly upgrade?: boolean | null }) | null
  readonly socketPath?: string
}

/** The headers that the caller has set, by lower-case names. */
export interface Lookup {
  get(name: string): unknown
  names(): readonly string[]
}

/**
 * @param headers what `_storeHeader` got: `[name, value, …]` or `[[name, value], …]` as the caller gave it, which the
 *   request itself then knows nothing of, or the request's own
 */
export function headerLookup(req: Http.ClientRequest, headers: unknown): Lookup {
  if (!Array.isArray(headers)) return { get: (name) => req.getHeader(name), names: () => req.getHeaderNames() }
  const values = new Map<string, unknown>()
  const flat: readonly unknown[] = Array.isArray(headers[0]) ? headers.flat() : headers
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i]
    // Node will refuse anything else, in its own words.
    if (typeof name === 'string') values.set(name.toLowerCase(), flat[i + 1])
  }
  return { get: (name) => values.get(name), names: () => [...values.keys()] }
}

/** Lets Node write the head, `lines` added to it, and those of the headers `stale` taken out. */
export function withLines(
  req: ClientRequest,
  lines: string,
  stale: readonly string[],
  look: Lookup,
  storeHeader: ClientRequest['_storeHeader'],
  firstLine: string,
  headers: unknown,
): void {
  if (lines === '') storeHeader.call(req, firstLine, headers)
  // With `Expect` the head is sent at once: nothing can be added to it afterwards.
  else if (look.get('expect') !== undefined) storeHeader.call(req, firstLine + lines, headers)
  else {
    storeHeader.call(req, firstLine, headers)
    const head = req._header.slice(0, -2)
    req._header = `${stale.length === 0 ? head : without(head, stale)}${lines}\r\n`
  }
}

function without(head: string, names: readonly string[]): string {
  const [first = '', ...lines] = head.split('\r\n')
  return [first, ...lines.filter((line) => !names.includes(line.split(':', 1)[0]?.toLowerCase() ?? ''))].join('\r\n')
}
