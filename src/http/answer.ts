/**
 * Reads an HTTP/1 answer off the bytes that have come so far (RFC 9112).
 */

/** By their names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>

/** An answer as far as it was read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** An answer that is complete, or of which no more is worth reading. */
export interface Read {
  readonly answer: Answer
  /** For how many ms the connection may wait for another message; 0 if it is of no further use. */
  readonly idle: number
}

export interface Head {
  readonly status: number
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>
  readonly isPersistent: boolean
  /** Where the body begins. */
  readonly end: number
}

interface Body {
  readonly bytes: Buffer
  /** Where it ends; undefined as long as that has not come. */
  readonly end: number | undefined
}

const LONGEST_HEAD = 16 * 1024
const START = 'HTTP/1.'
const STATUS_LINE = /^HTTP\/1\.(\d) (\d{3})(?: (.*))?$/
const FIELD = /^([^\s:]+):[\t ]*(.*?)[\t ]*$/
const BREAK = '\r\n'
const BLANK = '\r\n\r\n'
/** A server closes an idle connection after the time that it names. A message sent a little before would be lost. */
const MARGIN = 1000

/**
 * @param bytes all that has come
 * @param isEnd no more will come
 * @param longest bytes of a body; more than so many are neither waited for nor kept
 * @returns undefined as long as more has to come
 * @throws Error if it is no answer in HTTP/1
 */
export function readAnswer(bytes: Buffer, isEnd: boolean, longest: number): Read | undefined {
  const head = readHead(bytes)
  if (head === undefined) return undefined
  const rest = bytes.subarray(head.end)
  const body = readBody(head, rest, isEnd)
  const isComplete = body.end !== undefined
  if (!isComplete && rest.length <= longest) return undefined
  const { status, headers } = head
  // What comes after an answer belongs to nobody.
  const isReusable = head.isPersistent && isComplete && body.end === rest.length && !isEnd
  return {
    answer: { status, headers, body: body.bytes.subarray(0, longest) },
    idle: isReusable ? patienceOf(headers['keep-alive']) : 0,
  }
}

/**
 * The status line and the fields of the answer that counts.
 *
 * @returns undefined as long as more has to come
 * @throws Error if it is no answer in HTTP/1
 */
export function readHead(bytes: Buffer): Head | undefined {
  for (let from = 0; ;) {
    const text = bytes.toString('latin1', from, from + LONGEST_HEAD)
    const length = text.indexOf(BLANK)
    if (!text.startsWith(START.slice(0, text.length)) || (length === -1 && from + text.length >= LONGEST_HEAD)) refuse()
    if (length === -1) return undefined
    const [line = '', ...fields] = text.slice(0, length).split(BREAK)
    const [, version, digits, reason = ''] = STATUS_LINE.exec(line) ?? refuse()
    const status = Number(digits)
    from += length + BLANK.length
    if (status === 101) throw new Error('it switches to another protocol, which nobody asked for')
    // Interim answers come before the one that counts.
    if (status < 200) continue
    const headers = headersOf(fields)
    const isPersistent = version === '1' && !/\bclose\b/i.test(headers['connection'] ?? '')
    return { status, reason, headers, isPersistent, end: from }
  }
}

/** Of a field that is repeated the first counts: those that are looked at come once. */
function headersOf(fields: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const field of fields) {
    const [, name = '', value = ''] = FIELD.exec(field) ?? []
    headers[name.toLowerCase()] ??= value
  }
  return headers
}

/** RFC 9112, section 6.3. */
function readBody({ status, headers }: Head, rest: Buffer, isEnd: boolean): Body {
  if (status === 204 || status === 304) return { bytes: rest.subarray(0, 0), end: 0 }
  if (/\bchunked$/i.test(headers['transfer-encoding'] ?? '')) return readChunks(rest)
  const length = headers['content-length']
  if (length === undefined) return { bytes: rest, end: isEnd ? rest.length : undefined }
  if (!/^\d+$/.test(length)) refuse()
  const end = Number(length)
  return { bytes: rest.subarray(0, end), end: rest.length < end ? undefined : end }
}

/** RFC 9112, section 7.1. What follows the size on its line, and the fields after the last chunk, say nothing to us. */
function readChunks(rest: Buffer): Body {
  const chunks: Buffer[] = []
  let end: number | undefined
  for (let at = 0; end === undefined && at < rest.length;) {
    const line = rest.indexOf(BREAK, at)
    if (line === -1) break
    const size = Number.parseInt(/^[\da-f]+/i.exec(rest.toString('latin1', at, line))?.[0] ?? refuse(), 16)
    const start = line + BREAK.length
    const blank = size === 0 ? rest.indexOf(BLANK, line) : -1
    if (blank !== -1) end = blank + BLANK.length
    else chunks.push(rest.subarray(start, start + size))
    at = size === 0 ? rest.length : start + size + BREAK.length
  }
  return { bytes: Buffer.concat(chunks), end }
}

/** The `timeout` of a Keep-Alive field, seconds, in ms less the margin. */
function patienceOf(keepAlive = ''): number {
  const [, seconds] = /\btimeout=(\d+)/i.exec(keepAlive) ?? []
  return seconds === undefined ? Infinity : Math.max(0, Number(seconds) * 1000 - MARGIN)
}

function refuse(): never {
  throw new Error('its answer is not HTTP/1')
}
