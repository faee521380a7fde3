/**
 * What a backend's answer means (OTLP 1.9, "OTLP/HTTP Response").
 */
import type { Answer, Headers } from '../http/answer.js'
import type { OutgoingRequest } from './exporter.js'
import { readFields } from './protobuf-reader.js'

/** What became of a message. `unreachable`: nobody answered; `rejected`: somebody said no. */
export type Outcome = Accepted | Failed

export interface Accepted {
  readonly kind: 'accepted'
  /** Of the spans in it so many were not taken. */
  readonly rejected?: number
  /** What the backend has to say about that, or about anything else. */
  readonly why?: string
}

export interface Failed {
  readonly kind: 'rejected' | 'unreachable'
  readonly why: string
}

/** What an answer comes to, and after how many ms it is worth another try; undefined: never, NaN: nobody said when. */
export interface Verdict {
  readonly outcome: Outcome
  readonly again: number | undefined
}

/** The statuses that mean: later, perhaps. */
const PASSING = new Set([429, 502, 503, 504])
const LONGEST_QUOTE = 200

/** @param now epoch milliseconds, for a date in `Retry-After` */
export function judge(answer: Answer, { answers, spans }: OutgoingRequest, now = Date.now()): Verdict {
  const { status, headers } = answer
  if (status >= 200 && status < 300) {
    return { outcome: answers === 'otlp' ? partialSuccess(answer, spans) : { kind: 'accepted' }, again: undefined }
  }
  const why = `it answers ${status} ${quote(isProtobuf(headers) ? statusMessage(answer.body) : answer.body.toString())}`
  const again = PASSING.has(status) ? retryAfter(headers['retry-after'], now) : undefined
  return { outcome: { kind: 'rejected', why: why.trimEnd() }, again }
}

/** `Retry-After` in milliseconds from now: seconds or a date, NaN where there is neither. */
function retryAfter(value: string | undefined, now: number): number {
  if (value === undefined) return NaN
  const text = value.trim()
  if (/^\d+$/.test(text)) return Number(text) * 1000
  return Math.max(0, Date.parse(text) - now)
}

function partialSuccess({ headers, body }: Answer, spans: number): Accepted {
  const { rejected, message } = isProtobuf(headers) ? partialOfProtobuf(body) : partialOfJson(body)
  const count = rejected > 0 ? Math.min(rejected, spans) : 0
  const why = quote(message)
  return {
    kind: 'accepted',
    ...(count > 0 && { rejected: count }),
    ...((count > 0 || why !== '') && { why }),
  }
}

interface Partial {
  readonly rejected: number
  readonly message: string
}

function partialOfJson(body: Buffer): Partial {
  try {
    const { partialSuccess } = JSON.parse(body.toString()) as {
      partialSuccess?: { rejectedSpans?: unknown; errorMessage?: unknown }
    }
    return { rejected: Number(partialSuccess?.rejectedSpans ?? 0), message: textOf(partialSuccess?.errorMessage) }
  } catch {
    // An empty body, or a proxy's page: it was a success, and nothing more is known.
    return { rejected: 0, message: '' }
  }
}

/** ExportTraceServiceResponse: partial_success 1 { rejected_spans 1, error_message 2 }. */
function partialOfProtobuf(body: Uint8Array): Partial {
  const partial = readFields(body).get(1)
  const fields = readFields(partial instanceof Uint8Array ? partial : new Uint8Array())
  return { rejected: Number(fields.get(1) ?? 0), message: textOf(fields.get(2)) }
}

/** google.rpc.Status: message 2. */
function statusMessage(body: Uint8Array): string {
  return textOf(readFields(body).get(2))
}

function isProtobuf(headers: Headers): boolean {
  return headers['content-type']?.startsWith('application/x-protobuf') === true
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  return typeof value === 'string' ? value : ''
}

/** Somebody else's text, fit for a line on a terminal. */
function quote(text: string): string {
  return text
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, LONGEST_QUOTE)
}
