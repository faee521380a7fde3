/**
 * Random identifiers. 128-bit trace ids and 64-bit span ids, as lower-case hex text, never all zero.
 */
import { randomFillSync } from 'node:crypto'

const POOL_BYTES = 4096
const pool = Buffer.allocUnsafe(POOL_BYTES)
let used = POOL_BYTES

const ZERO_SPAN_ID = '0000000000000000'

function randomHex(bytes: number): string {
  if (used + bytes > POOL_BYTES) {
    // One call to the kernel's generator serves 512 span ids.
    randomFillSync(pool)
    used = 0
  }
  const hex = pool.toString('hex', used, used + bytes)
  used += bytes
  return hex
}

/** A new 16-digit span id. */
export function newSpanId(): string {
  const id = randomHex(8)
  return id === ZERO_SPAN_ID ? newSpanId() : id
}

/** A new 32-digit trace id; its right-most seven bytes are random as W3C trace-context level 2 (random flag) asks. */
export function newTraceId(): string {
  const id = randomHex(16)
  return id.endsWith(ZERO_SPAN_ID) ? newTraceId() : id
}

/** A new trace id that begins with the seconds since 1970, as AWS X-Ray wants it; the rest is random. */
export function newTimedTraceId(): string {
  const seconds = Math.floor(Date.now() / 1000).toString(16)
  return `${seconds.padStart(8, '0').slice(-8)}${randomHex(4)}${newSpanId()}`
}
