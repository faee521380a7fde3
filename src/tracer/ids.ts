/**
 * Random identifiers: 128-bit trace ids as 32 lower-case hex digits, and 64-bit span ids. Never all zero.
 */
import { randomFillSync } from 'node:crypto'
import { SpanId } from './span-id.js'
import { TraceId } from './trace-id.js'

/** One call to the kernel's generator serves 2,048 span ids: a call, however little is asked for, costs some 20 µs. */
const POOL_WORDS = 4096
const pool = new Int32Array(POOL_WORDS)
/** In 32-bit words. */
let used = POOL_WORDS

/** @returns where so many fresh words begin */
function take(words: number): number {
  if (used + words > POOL_WORDS) {
    randomFillSync(pool)
    used = 0
  }
  used += words
  return used - words
}

/** A new span id. */
export function newSpanId(): SpanId {
  const at = take(2)
  const [high, low] = [pool[at] as number, pool[at + 1] as number]
  return high === 0 && low === 0 ? newSpanId() : new SpanId(high, low)
}

/** A new trace id; its right-most seven bytes are random as W3C trace-context level 2 (random flag) asks. */
export function newTraceId(): TraceId {
  const at = take(4)
  const [c, d] = [pool[at + 2] as number, pool[at + 3] as number]
  return c === 0 && d === 0 ? newTraceId() : new TraceId(pool[at] as number, pool[at + 1] as number, c, d)
}

/** A new trace id that begins with the seconds since 1970, as AWS X-Ray wants it; the rest is random. */
export function newTimedTraceId(): TraceId {
  const { b, c, d } = newTraceId()
  return new TraceId(Math.floor(Date.now() / 1000) | 0, b, c, d)
}
