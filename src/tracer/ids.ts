/**
 * Random identifiers. 128-bit trace ids and 64-bit span ids, as lower-case hex text, never all zero.
 */
import { randomFillSync } from 'node:crypto'

/** One call to the kernel's generator serves 512 span ids. */
const POOL_BYTES = 4096
const pool = Buffer.allocUnsafe(POOL_BYTES)
let used = POOL_BYTES

/**
 * As many become text in one go. V8 cuts an id out without copying, so that whoever keeps an id keeps all of this text:
 * hence not more.
 */
const TEXT_BYTES = 128
let text = ''
let taken = 0

const ZERO_SPAN_ID = '0000000000000000'

function randomHex(digits: number): string {
  if (taken + digits > text.length) refill()
  const hex = text.slice(taken, taken + digits)
  taken += digits
  return hex
}

function refill(): void {
  if (used === POOL_BYTES) {
    randomFillSync(pool)
    used = 0
  }
  text = pool.toString('hex', used, used + TEXT_BYTES)
  used += TEXT_BYTES
  taken = 0
}

/** A new 16-digit span id. */
export function newSpanId(): string {
  const id = randomHex(16)
  return id === ZERO_SPAN_ID ? newSpanId() : id
}

/** A new 32-digit trace id; its right-most seven bytes are random as W3C trace-context level 2 (random flag) asks. */
export function newTraceId(): string {
  const id = randomHex(32)
  return id.endsWith(ZERO_SPAN_ID) ? newTraceId() : id
}

/** A new trace id that begins with the seconds since 1970, as AWS X-Ray wants it; the rest is random. */
export function newTimedTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16)
  return `${seconds.padStart(8, '0').slice(-8)}${randomHex(8)}${newSpanId()}`
}
