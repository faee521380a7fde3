/**
 * A trace's id, 128 bits. Kept as four numbers, as a {@link SpanId} is as two.
 */
import { putWord, textUpTo } from './hex-digits.js'
import { wordAt } from './span-id.js'

export class TraceId {
  /** 32 bits each, as signed numbers, the uppermost first. */
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
  private hex: string | undefined

  /** @param hex the text, where it is known */
  constructor(a: number, b: number, c: number, d: number, hex?: string) {
    this.a = a
    this.b = b
    this.c = c
    this.d = d
    this.hex = hex
  }

  /**
   * The id that a text names; {@link NO_TRACE_ID} for an empty one.
   *
   * @param hex 32 lower-case hex digits
   */
  static of(hex: string): TraceId {
    if (hex === '') return NO_TRACE_ID
    return new TraceId(wordAt(hex, 0), wordAt(hex, 8), wordAt(hex, 16), wordAt(hex, 24), hex)
  }

  /** As 32 lower-case hex digits. */
  get text(): string {
    return (this.hex ??= textUpTo(putTraceId(0, this)))
  }
}

/** Names no trace: what arrived was a decision or baggage alone. */
export const NO_TRACE_ID = new TraceId(0, 0, 0, 0, '')

/** Puts the digits of an id into a text to be made. @returns where they end */
export function putTraceId(at: number, { a, b, c, d }: TraceId): number {
  return putWord(putWord(putWord(putWord(at, a), b), c), d)
}
