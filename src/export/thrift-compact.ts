/**
 * TCompactProtocol: integers as zigzag varints, a field by its distance from the one before it.
 */
import { Bytes } from './bytes.js'
import { highHalf, lowHalf, wordBytes, type ThriftWriter } from './thrift.js'

const Type = { true: 1, false: 2, int32: 5, int64: 6, double: 7, string: 8, list: 9, struct: 12 } as const
const STOP = 0
const PROTOCOL = 0x82
const VERSION_1 = 1
const ONEWAY = 4
/** From here on a distance, or a size, no longer fits into half a byte. */
const LARGE = 15
/** Bytes of the longest varint, of 64 bits. */
const LONGEST_VARINT = 10

export class ThriftCompact implements ThriftWriter {
  readonly bytes = new Bytes()
  private readonly wordOf = wordBytes(this.bytes, (word) => this.string(word))
  /** The last field of the struct at hand, and of those around it. */
  private last = 0
  private readonly outer: number[] = []

  begin(): void {
    this.outer.push(this.last)
    this.last = 0
  }

  end(): void {
    this.bytes.byte(STOP)
    this.last = this.outer.pop() ?? 0
  }

  text(id: number, value: string): void {
    this.field(Type.string, id)
    this.string(value)
  }

  word(id: number, value: string): void {
    this.field(Type.string, id)
    this.bytes.append(this.wordOf(value))
  }

  bool(id: number, value: boolean): void {
    this.field(value ? Type.true : Type.false, id)
  }

  int32(id: number, value: number): void {
    this.field(Type.int32, id)
    this.varint(0, (value << 1) ^ (value >> 31))
  }

  int64(id: number, value: number): void {
    this.field(Type.int64, id)
    this.zigzag(highHalf(value), lowHalf(value))
  }

  id64(id: number, high: number, low: number): void {
    this.field(Type.int64, id)
    this.zigzag(high, low)
  }

  double(id: number, value: number): void {
    this.field(Type.double, id)
    const at = this.bytes.reserve(8)
    this.bytes.buffer.writeDoubleLE(value, at)
  }

  struct(id: number): void {
    this.field(Type.struct, id)
  }

  list(id: number, size: number): void {
    this.field(Type.list, id)
    this.bytes.byte((Math.min(size, LARGE) << 4) | Type.struct)
    if (size >= LARGE) this.varint(0, size)
  }

  oneway(name: string): void {
    this.bytes.byte(PROTOCOL)
    this.bytes.byte((ONEWAY << 5) | VERSION_1)
    this.varint(0, 0)
    this.string(name)
  }

  private field(type: number, id: number): void {
    const distance = id - this.last
    this.last = id
    if (distance > 0 && distance <= LARGE) {
      this.bytes.byte((distance << 4) | type)
      return
    }
    this.bytes.byte(type)
    this.varint(0, id << 1)
  }

  private string(value: string): void {
    const start = this.bytes.length
    // As if it were all ASCII, which it nearly always is.
    this.varint(0, value.length)
    const length = this.bytes.utf8(value)
    if (length === value.length) return
    this.bytes.rewind(start)
    this.varint(0, length)
    this.bytes.utf8(value)
  }

  /** Small numbers of either sign become small ones without. */
  private zigzag(high: number, low: number): void {
    const sign = high >> 31
    this.varint(((high << 1) | (low >>> 31)) ^ sign, (low << 1) ^ sign)
  }

  /** Seven bits a byte, the lowest first. */
  private varint(high: number, low: number): void {
    const start = this.bytes.reserve(LONGEST_VARINT)
    const { buffer } = this.bytes
    let [rest, more] = [low >>> 0, high >>> 0]
    let at = start
    while (more > 0 || rest > 0x7f) {
      buffer[at++] = (rest & 0x7f) | 0x80
      rest = ((rest >>> 7) | (more << 25)) >>> 0
      more >>>= 7
    }
    buffer[at] = rest
    this.bytes.rewind(at + 1)
  }
}
