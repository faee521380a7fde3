/**
 * Writes protobuf. Knows the wire format and no schema. A `tag` is a field's number and wire type as they stand on the
 * wire: `number << 3 | type`.
 */
import { Bytes } from './bytes.js'

/** A message of up to so many bytes has a length of one byte. */
const LONGEST_SHORT = 127
/** Room for any tag, and any number or length. */
const HEAD = 16
const TWO_32 = 2 ** 32

const float = new Float64Array(1)
const floatBytes = new Uint8Array(float.buffer)

/** 128 bits as four numbers, the uppermost first. */
export interface Quad {
  readonly a: number
  readonly b: number
  readonly c: number
  readonly d: number
}

export class ProtobufWriter extends Bytes {
  /** The value of the last `thousands` that was worked out … */
  private known = NaN
  /** … and what came of it, in two halves. */
  private knownLow = 0
  private knownHigh = 0

  // ---- what comes next ----

  /**
   * Begins a message within the message. Its length is written when it ends, into room left here.
   *
   * @param width how many bytes the length will probably take; a wrong guess moves the message
   * @returns where it begins, for {@link close}
   */
  open(tag: number, width: number): number {
    this.ensure(HEAD)
    this.buffer[this.length] = tag
    this.length += 1 + width
    return this.length
  }

  /** Ends the message that began at `start`. @returns how many bytes its length has taken */
  close(start: number, width: number): number {
    const length = this.length - start
    const needed = varintSize(length)
    if (needed !== width) this.move(start, needed - width)
    this.putVarint(start - width, length)
    return needed
  }

  /** An unsigned number. */
  uint(tag: number, value: number): void {
    this.ensure(HEAD)
    this.buffer[this.length++] = tag
    this.length = this.putVarint(this.length, value)
  }

  /** `int64`: a negative one is its two's complement. */
  int(tag: number, value: number): void {
    if (value >= 0) {
      this.uint(tag, value)
      return
    }
    this.ensure(HEAD)
    const { buffer } = this
    buffer[this.length++] = tag
    let high = Math.floor(value / TWO_32)
    let low = value - high * TWO_32
    high += TWO_32
    for (let i = 0; i < 9; i++) {
      buffer[this.length++] = (low & 0x7f) | 0x80
      low = Math.floor(low / 128) + (high % 128) * 2 ** 25
      high = Math.floor(high / 128)
    }
    buffer[this.length++] = low
  }

  /** `double`. */
  double(tag: number, value: number): void {
    this.ensure(HEAD)
    this.buffer[this.length++] = tag
    float[0] = value
    this.append(floatBytes)
  }

  /** `fixed32`; its tag may take two bytes. */
  fixed32(tag: number, value: number): void {
    this.ensure(HEAD)
    this.length = this.putUint32(this.putVarint(this.length, tag), value)
  }

  /** `fixed64` of a thousand times `value`, exact where that is beyond the safe integers. */
  thousands(tag: number, value: number): void {
    this.ensure(HEAD)
    this.buffer[this.length] = tag
    this.length = this.putThousands(this.length + 1, value)
  }

  /** Eight bytes given as two 32-bit numbers, the first byte first. */
  pair(tag: number, high: number, low: number): void {
    this.ensure(HEAD)
    const { buffer, length: at } = this
    buffer[at] = tag
    buffer[at + 1] = 8
    this.length = this.putPair(at + 2, high, low)
  }

  /** Sixteen bytes given as four 32-bit numbers, the first byte first. */
  quad(tag: number, words: Quad): void {
    this.ensure(HEAD + 16)
    const { buffer, length: at } = this
    buffer[at] = tag
    buffer[at + 1] = 16
    this.length = this.putQuad(at + 2, words)
  }

  /** Text as UTF-8. */
  string(tag: number, text: string): void {
    this.ensure(HEAD + text.length * 3)
    const start = this.length
    this.buffer[start] = tag
    // As if it were all ASCII, which it nearly always is: then there are as many bytes as characters.
    const at = this.putVarint(start + 1, text.length)
    const length = this.putText(at, text)
    this.length = at + length
    if (length === text.length) return
    this.length = this.putVarint(start + 1, length)
    this.length += this.putText(this.length, text)
  }

  /**
   * A message of `head` and, in a message of its own, `text`: the shape of an attribute, in one go.
   *
   * @param tag of the message
   * @param head as it is
   * @param outer the tag of the message around the text
   * @param inner the text's own tag
   * @returns false, and nothing is written, unless it is short and ASCII
   */
  shortText(tag: number, head: Uint8Array, outer: number, inner: number, text: string): boolean {
    const { length } = text
    const inAll = head.length + length + 4
    if (inAll > LONGEST_SHORT) return false
    this.ensure(HEAD + inAll)
    const { buffer } = this
    let at = this.length
    buffer[at++] = tag
    buffer[at++] = inAll
    for (let i = 0; i < head.length; i++) buffer[at++] = head[i] as number
    buffer[at++] = outer
    buffer[at++] = length + 2
    buffer[at++] = inner
    buffer[at++] = length
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) return false
      buffer[at++] = code
    }
    this.length = at
    return true
  }

  // ---- in place of what has been written before; each returns where that ends ----

  /** As {@link thousands}, without a tag. */
  putThousands(at: number, value: number): number {
    // Most come shortly after one that has been worked out.
    const since = (value - this.known) * 1000
    if (!(since >= 0 && since < TWO_32)) return this.workOut(at, value)
    const low = this.knownLow + since
    if (low < TWO_32) return this.putUint32(this.putUint32(at, low), this.knownHigh)
    return this.putUint32(this.putUint32(at, low - TWO_32), this.knownHigh + 1)
  }

  /** As {@link pair}, without a tag. */
  putPair(at: number, high: number, low: number): number {
    return this.putWord(this.putWord(at, high), low)
  }

  /** As {@link quad}, without a tag. */
  putQuad(at: number, { a, b, c, d }: Quad): number {
    return this.putPair(this.putPair(at, a, b), c, d)
  }

  /** @returns where it ends */
  private workOut(at: number, value: number): number {
    const high = Math.floor(value / TWO_32)
    const low = (value - high * TWO_32) * 1000
    const carry = Math.floor(low / TWO_32)
    this.known = value
    this.knownLow = low - carry * TWO_32
    this.knownHigh = high * 1000 + carry
    return this.putUint32(this.putUint32(at, this.knownLow), this.knownHigh)
  }

  /** Moves what has been written since there were `start` bytes. */
  private move(start: number, by: number): void {
    this.ensure(by)
    this.buffer.copyWithin(start + by, start, this.length)
    this.length += by
  }

  /** @returns where it ends */
  private putVarint(at: number, value: number): number {
    const { buffer } = this
    let rest = value
    while (rest >= 0x80) {
      buffer[at++] = (rest & 0x7f) | 0x80
      rest = rest < TWO_32 / 2 ? rest >> 7 : Math.floor(rest / 128)
    }
    buffer[at] = rest
    return at + 1
  }

  /** @returns where it ends */
  private putUint32(at: number, value: number): number {
    const { buffer } = this
    buffer[at] = value
    buffer[at + 1] = value >>> 8
    buffer[at + 2] = value >>> 16
    buffer[at + 3] = value >>> 24
    return at + 4
  }

  /** The first byte first. @returns where it ends */
  private putWord(at: number, word: number): number {
    const { buffer } = this
    buffer[at] = word >>> 24
    buffer[at + 1] = word >>> 16
    buffer[at + 2] = word >>> 8
    buffer[at + 3] = word
    return at + 4
  }
}

function varintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5
}
