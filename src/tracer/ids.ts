/**
 * Random identifiers: 128-bit trace ids as 32 lower-case hex digits, and 64-bit span ids. Never all zero.
 */
import { randomFillSync } from 'node:crypto'
import type { Words } from './context.js'
import { SpanId } from './span-id.js'

/** One call to the kernel's generator serves 2,048 span ids: a call, however little is asked for, costs some 20 µs. */
const POOL_WORDS = 4096
const pool = new Int32Array(POOL_WORDS)
const poolBytes = Buffer.from(pool.buffer)
/** In 32-bit words. */
let used = POOL_WORDS

/**
 * So many words become the text of eight trace ids in one go. V8 cuts an id out without copying, so that whoever keeps an id
 * keeps all of this text: hence not more.
 */
const TEXT_WORDS = 32
let text = ''
let taken = 0
/** The same as numbers. */
const words = new Int32Array(TEXT_WORDS)

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

/** The id of a trace. */
export interface TraceId {
  /** 32 lower-case hex digits. */
  readonly text: string
  /** The same, where it need not be read off the text, which takes long. */
  readonly words: Words | undefined
}

/** A new trace id; its right-most seven bytes are random as W3C trace-context level 2 (random flag) asks. */
export function newTraceId(): TraceId {
  if (taken === text.length) {
    const start = take(TEXT_WORDS) * 4
    text = poolBytes.toString('hex', start, start + TEXT_WORDS * 4)
    for (let i = 0; i < TEXT_WORDS; i++) words[i] = poolBytes.readInt32BE(start + i * 4)
    taken = 0
  }
  const id = text.slice(taken, taken + 32)
  const at = taken / DIGITS
  taken += 32
  if (id.endsWith(ZEROS)) return newTraceId()
  return {
    text: id,
    words: [words[at] as number, words[at + 1] as number, words[at + 2] as number, words[at + 3] as number],
  }
}

const ZEROS = '0'.repeat(16)

/** A word's. */
const DIGITS = 8

/** A new trace id that begins with the seconds since 1970, as AWS X-Ray wants it; the rest is random. */
export function newTimedTraceId(): TraceId {
  const seconds = Math.floor(Date.now() / 1000).toString(16)
  const text = `${seconds.padStart(8, '0').slice(-8)}${newSpanId().text.slice(8)}${newSpanId().text}`
  return { text, words: undefined }
}
