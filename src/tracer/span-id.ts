/**
 * A span's id, 64 bits. Kept as two numbers, which binary encoders write as they are; most ids never become text, and those
 * that do become it once.
 */
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
    return (this.hex ??= textOf(this.high, this.low))
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

/** Of characters, and not of the texts of bytes: V8 would keep a tree of these, to be copied piece by piece when it collects. */
function textOf(high: number, low: number): string {
  return String.fromCharCode(
    digit(high >>> 28),
    digit(high >>> 24),
    digit(high >>> 20),
    digit(high >>> 16),
    digit(high >>> 12),
    digit(high >>> 8),
    digit(high >>> 4),
    digit(high),
    digit(low >>> 28),
    digit(low >>> 24),
    digit(low >>> 20),
    digit(low >>> 16),
    digit(low >>> 12),
    digit(low >>> 8),
    digit(low >>> 4),
    digit(low),
  )
}

/** The character code of the hex digit for the lowest four bits. */
function digit(bits: number): number {
  const value = bits & 0xf
  return value < 10 ? 48 + value : 87 + value
}
