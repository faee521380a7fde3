/**
 * Answers.
 */
import type { ServerResponse } from 'node:http'
import type { Arrivals } from '../store/kept.js'

/** With every answer: what it is, is said; nobody else may show it or keep it. */
export const COMMON_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
} as const

export function answerJson(res: ServerResponse, value: unknown, status = 200): void {
  const body = Buffer.from(JSON.stringify(value))
  res.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
  })
  res.end(body)
}

export function refuse(res: ServerResponse, status: number, why: string): void {
  if (res.headersSent) res.destroy()
  else answerJson(res, { error: why }, status)
}

const REFUSED = 'spans without usable ids are not kept'

/** OTLP's answer, of the same kind as the question; a partial success where some spans were not taken. */
export function answerOtlp(res: ServerResponse, { refused }: Arrivals, isJson: boolean): void {
  if (isJson) {
    return answerJson(
      res,
      refused === 0 ? {} : { partialSuccess: { rejectedSpans: String(refused), errorMessage: REFUSED } },
    )
  }
  const body = refused === 0 ? Buffer.alloc(0) : partialSuccess(refused)
  res.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': body.length })
  res.end(body)
}

/** An ExportTraceServiceResponse with its field 1: rejected_spans = 1, error_message = 2. */
function partialSuccess(refused: number): Buffer {
  const text = Buffer.from(REFUSED)
  const inner = [8, ...varint(refused), 18, text.length, ...text]
  return Buffer.from([10, inner.length, ...inner])
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]
}
