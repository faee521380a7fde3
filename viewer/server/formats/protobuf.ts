/**
 * Reads protobuf field by field, with nothing made that is not asked for.
 */

/** What was to be read is not what it was said to be. */
export class Malformed extends Error {}

const TWO_32 = 2 ** 32

export const VARINT = 0
export const FIXED_64 = 1
export const BYTES = 2
export const FIXED_32 = 5

export class ProtobufReader {
  at = 0
  /** Of the field that {@link next} has come to. */
  field = 0
  type = 0
  private readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get length(): number {
    return this.bytes.length
  }

  /** Goes to the next field; false at `end`. */
  next(end: number): boolean {
    if (this.at >= end) {
      if (this.at > end) throw new Malformed('a field is longer than the message it is in')
      return false
    }
    const tag = this.varint()
    this.field = Math.floor(tag / 8)
    this.type = tag % 8
    if (this.field === 0) throw new Malformed('there is no field 0')
    return true
  }

  skip(): void {
    if (this.type === VARINT) this.varint()
    else if (this.type === FIXED_64) this.at += 8
    else if (this.type === BYTES) this.at = this.block()
    else if (this.type === FIXED_32) this.at += 4
    else throw new Malformed(`there is no wire type ${this.type}`)
  }

  /** A number without a sign, exact up to 2^53. */
  varint(): number {
    const { bytes } = this
    let value = 0
    let scale = 1
    for (let i = 0; i < 10; i++) {
      const byte = bytes[this.at++]
      if (byte === undefined) throw new Malformed('the message ends within a number')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
      scale *= 128
    }
    throw new Malformed('a number has more than ten bytes')
  }

  /** A number with a sign; as text where a JavaScript number would not be exact. */
  int64(): number | string {
    this.need(VARINT, 0)
    const from = this.at
    const value = this.varint()
    if (value <= Number.MAX_SAFE_INTEGER) return value
    let exact = 0n
    for (let at = this.at - 1; at >= from; at--) exact = (exact << 7n) | BigInt((this.bytes[at] as number) & 0x7f)
    exact = BigInt.asIntN(64, exact)
    return Number.isSafeInteger(Number(exact)) ? Number(exact) : String(exact)
  }

  /** Reads the length of a block. @returns where it ends; {@link at} is where it begins */
  block(): number {
    const length = this.varint()
    const end = this.at + length
    if (this.type !== BYTES || !(end <= this.bytes.length)) throw new Malformed('a field is longer than its message')
    return end
  }

  string(): string {
    const end = this.block()
    const text = this.bytes.toString('utf8', this.at, end)
    this.at = end
    return text
  }

  /** Bytes as hexadecimal digits. */
  hex(): string {
    const end = this.block()
    const text = this.bytes.toString('hex', this.at, end)
    this.at = end
    return text
  }

  base64(): string {
    const end = this.block()
    const text = this.bytes.toString('base64', this.at, end)
    this.at = end
    return text
  }

  /** A whole number that is this field's value. */
  number(): number {
    this.need(VARINT, 0)
    return this.varint()
  }

  double(): number {
    this.need(FIXED_64, 8)
    const value = this.bytes.readDoubleLE(this.at)
    this.at += 8
    return value
  }

  /** The lower and the upper half of 64 bits. */
  fixed64(into: Halves): void {
    this.need(FIXED_64, 8)
    into.low = this.bytes.readUInt32LE(this.at)
    into.high = this.bytes.readUInt32LE(this.at + 4)
    this.at += 8
  }

  private need(type: number, length: number): void {
    if (this.type !== type || this.at + length > this.bytes.length)
      throw new Malformed('a field is cut off, or of another type')
  }
}

export interface Halves {
  low: number
  high: number
}

/** Nanoseconds as milliseconds. */
export function milliseconds({ low, high }: Halves): number {
  return (high * TWO_32 + low) / 1e6
}

/** The same of a distance, which is exact as the times themselves are not. */
export function between(from: Halves, to: Halves): number {
  return ((to.high - from.high) * TWO_32 + (to.low - from.low)) / 1e6
}
