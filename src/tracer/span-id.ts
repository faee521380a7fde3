/**
 * A span's id, 64 bits. Kept as two numbers, which binary encoders write as they are; most ids never become text, and those
 * that do become it once.
 */
import { putWord, textUpTo } from './hex-digits.js'

export class SpanId {
  /** The upper 32 bits, as a signed number: V8 keeps those without a box. */
  readonly high: number
  /** The lower ones. */
  readonly low: number
  private hex: string | undefined

  /** @param hex the text, where it is known */
  constructor(high: number, low: number, hex?: string) {
    this.high = high
    this.low = low
    this.hex = hex
  }

  /**
   * The id that a text names; {@link NO_SPAN} for an empty one.
   *
   * @param hex 16 lower-case hex digits
   */
  static of(hex: string): SpanId {
    return hex === '' ? NO_SPAN : new SpanId(wordAt(hex, 0), wordAt(hex, 8), hex)
  }

  /** As 16 lower-case hex digits. */
  get text(): string {
    return (this.hex ??= textUpTo(putSpanId(0, this)))
  }
}

/** Names no span: what arrived was a trace without a parent, or no trace at all. */
export const NO_SPAN = new SpanId(0, 0, '')

/** The 32 bits that eight hex digits of `hex` stand for, as a signed number. */
export function wordAt(hex: string, from: number): number {
  let word = 0
  for (let i = from; i < from + 8; i++) {
    const code = hex.charCodeAt(i)
    // A digit's last four bits are its value; a letter's are less by nine.
    word = (word << 4) | ((code & 0xf) + (code >> 6) * 9)
  }
  return word
}

/** Puts the digits of an id into a text to be made. @returns where they end */
export function putSpanId(at: number, { high, low }: SpanId): number {
  return putWord(putWord(at, high), low)
}
