/**
 * Writes protobuf into one buffer that is used again for every message. Knows the wire format and no schema. A `tag` is a
 * field's number and wire type as they stand on the wire: `number << 3 | type`.
 */

const FIRST_SIZE = 64 * 1024
/** A buffer that one huge message has blown up beyond this is let go. */
const LARGEST_KEPT = 4 * 1024 * 1024
/** Text up to this length is written faster by a loop than by a call out of JavaScript. */
const SHORT = 48
/** The same of bytes. */
const SHORT_PIECE = 24
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

export class ProtobufWriter {
  private buffer = Buffer.allocUnsafeSlow(FIRST_SIZE)
  private at = 0
  /** The value of the last `fixed64` that was worked out … */
  private known = NaN
  private knownFactor = 1
  /** … and what came of it, in two halves. */
  private knownLow = 0
  private knownHigh = 0

  /** Begins a message. The bytes of the previous one are no longer valid. */
  reset(): void {
    this.at = 0
    if (this.buffer.length > LARGEST_KEPT) this.buffer = Buffer.allocUnsafeSlow(FIRST_SIZE)
  }

  /** What has been written since {@link reset}, valid until the next. No copy. */
  written(): Uint8Array {
    return this.buffer.subarray(0, this.at)
  }

  /** Where the next byte goes. */
  get position(): number {
    return this.at
  }

  /** Forgets what has been written since the position was `start`. */
  rewind(start: number): void {
    this.at = start
  }

  /** A copy of what has been written since the position was `start`. */
  copyFrom(start: number): Uint8Array {
    return new Uint8Array(this.buffer.subarray(start, this.at))
  }

  /**
   * Begins a message within the message. Its length is written when it ends, into room left here.
   *
   * @param width how many bytes the length will probably take; a wrong guess moves the message
   * @returns where it begins, for {@link close}
   */
  open(tag: number, width: number): number {
    this.room(HEAD)
    this.buffer[this.at] = tag
    this.at += 1 + width
    return this.at
  }

  /** Ends the message that began at `start`. @returns how many bytes its length has taken */
  close(start: number, width: number): number {
    const length = this.at - start
    const needed = varintSize(length)
    if (needed !== width) this.move(start, needed - width)
    this.putVarint(start - width, length)
    return needed
  }

  /** An unsigned number. */
  uint(tag: number, value: number): void {
    this.room(HEAD)
    this.buffer[this.at++] = tag
    this.at = this.putVarint(this.at, value)
  }

  /** `int64`: a negative one is its two's complement. */
  int(tag: number, value: number): void {
    if (value >= 0) {
      this.uint(tag, value)
      return
    }
    this.room(HEAD)
    const { buffer } = this
    buffer[this.at++] = tag
    let high = Math.floor(value / TWO_32)
    let low = value - high * TWO_32
    high += TWO_32
    for (let i = 0; i < 9; i++) {
      buffer[this.at++] = (low & 0x7f) | 0x80
      low = Math.floor(low / 128) + (high % 128) * 2 ** 25
      high = Math.floor(high / 128)
    }
    buffer[this.at++] = low
  }

  /** `double`. */
  double(tag: number, value: number): void {
    this.room(HEAD)
    this.buffer[this.at++] = tag
    float[0] = value
    this.raw(floatBytes)
  }

  /** `fixed32`; its tag may take two bytes. */
  fixed32(tag: number, value: number): void {
    this.room(HEAD)
    this.at = this.putUint32(this.putVarint(this.at, tag), value)
  }

  /** `fixed64` of `value * factor`, exact where the product is beyond the safe integers. */
  fixed64(tag: number, value: number, factor: number): void {
    this.room(HEAD)
    this.buffer[this.at] = tag
    this.at = this.putFixed64(this.at + 1, value, factor)
  }

  /** Eight bytes given as two 32-bit numbers, the first byte first. */
  pair(tag: number, high: number, low: number): void {
    this.room(HEAD)
    const { buffer, at } = this
    buffer[at] = tag
    buffer[at + 1] = 8
    this.at = this.putPair(at + 2, high, low)
  }

  /** Sixteen bytes given as four 32-bit numbers, the first byte first. */
  quad(tag: number, words: Quad): void {
    this.room(HEAD + 16)
    const { buffer, at } = this
    buffer[at] = tag
    buffer[at + 1] = 16
    this.at = this.putQuad(at + 2, words)
  }

  // ---- in place of what has been written before; each returns where that ends ----

  /** As {@link fixed64}, without a tag. */
  putFixed64(at: number, value: number, factor: number): number {
    // Most come shortly after one that has been worked out.
    const since = (value - this.known) * factor
    if (!(since >= 0 && since < TWO_32) || factor !== this.knownFactor) return this.workOut(at, value, factor)
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

  private workOut(at: number, value: number, factor: number): number {
    const high = Math.floor(value / TWO_32)
    const low = (value - high * TWO_32) * factor
    const carry = Math.floor(low / TWO_32)
    this.known = value
    this.knownFactor = factor
    this.knownLow = low - carry * TWO_32
    this.knownHigh = high * factor + carry
    return this.putUint32(this.putUint32(at, this.knownLow), this.knownHigh)
  }

  /** Text as UTF-8. */
  string(tag: number, text: string): void {
    this.room(HEAD + text.length * 3)
    const start = this.at
    this.buffer[start] = tag
    // As if it were all ASCII, which it nearly always is: then there are as many bytes as characters.
    const at = this.putVarint(start + 1, text.length)
    const length = this.putText(at, text)
    this.at = at + length
    if (length === text.length) return
    this.at = this.putVarint(start + 1, length)
    this.at += this.putText(this.at, text)
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
    this.room(HEAD + inAll)
    const { buffer } = this
    let { at } = this
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
    this.at = at
    return true
  }

  /** Bytes as they are, tag and all. */
  raw(bytes: Uint8Array): void {
    const { length } = bytes
    this.room(length)
    const { buffer } = this
    let at = this.at
    if (length > SHORT_PIECE) buffer.set(bytes, at)
    else for (let i = 0; i < length; i++) buffer[at + i] = bytes[i] as number
    this.at = at + length
  }

  private room(bytes: number): void {
    const needed = this.at + bytes
    if (needed <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2))
    larger.set(this.written())
    this.buffer = larger
  }

  private move(start: number, by: number): void {
    this.room(HEAD)
    this.buffer.copyWithin(start + by, start, this.at)
    this.at += by
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

  /** @returns how many bytes it takes */
  private putText(at: number, text: string): number {
    const { length } = text
    if (length > SHORT) return this.buffer.write(text, at, 'utf8')
    const { buffer } = this
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) return this.buffer.write(text, at, 'utf8')
      buffer[at + i] = code
    }
    return length
  }
}

function varintSize(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5
}
