/**
 * Apache Thrift, as far as Jaeger's messages need it: what both of its protocols can write, and the binary one.
 */
import { Bytes } from './bytes.js'
import { remembering } from './remembering.js'

/** Writes fields of structs. A field id must be larger than the one before it. */
export interface ThriftWriter {
  readonly bytes: Bytes
  /** Begins a struct: what is passed to `emitBatch`, an element of a list, or the value of a {@link struct} field. */
  begin(): void
  end(): void
  text(id: number, value: string): void
  /** As {@link text}, for one that comes again and again. */
  word(id: number, value: string): void
  bool(id: number, value: boolean): void
  int32(id: number, value: number): void
  /** A whole number, exact as far as JavaScript's numbers are. */
  int64(id: number, value: number): void
  /** As its upper and its lower 32 bits. */
  id64(id: number, high: number, low: number): void
  double(id: number, value: number): void
  /** The head of a struct; its value follows. */
  struct(id: number): void
  /** The head of a list of structs; so many follow. */
  list(id: number, size: number): void
  /** The head of a message that expects no answer; its arguments follow as a struct. */
  oneway(name: string): void
}

/** The high and low half of a 64-bit integer in two's complement. */
export function highHalf(value: number): number {
  return Math.floor(value / 2 ** 32) | 0
}
export function lowHalf(value: number): number {
  // Of a large number, `| 0` takes just the low 32 bits.
  return value | 0
}

/** What `write` makes of a word, kept. */
export function wordBytes(bytes: Bytes, write: (word: string) => void): (word: string) => Uint8Array {
  return remembering((word: string) => {
    const start = bytes.length
    write(word)
    const copy = bytes.copyFrom(start)
    bytes.rewind(start)
    return copy
  })
}

const Type = { stop: 0, bool: 2, double: 4, int32: 8, int64: 10, string: 11, struct: 12, list: 15 } as const
const VERSION_1 = 0x8001
const ONEWAY = 4

/** TBinaryProtocol: fixed widths, big endian. */
export class ThriftBinary implements ThriftWriter {
  readonly bytes = new Bytes()
  private readonly wordOf = wordBytes(this.bytes, (word) => this.string(word))

  begin(): void {
    // A struct has no head.
  }

  end(): void {
    this.bytes.byte(Type.stop)
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
    this.field(Type.bool, id)
    this.bytes.byte(value ? 1 : 0)
  }

  int32(id: number, value: number): void {
    this.field(Type.int32, id)
    this.fixed32(value)
  }

  int64(id: number, value: number): void {
    this.field(Type.int64, id)
    this.fixed32(highHalf(value))
    this.fixed32(lowHalf(value))
  }

  id64(id: number, high: number, low: number): void {
    this.field(Type.int64, id)
    this.fixed32(high)
    this.fixed32(low)
  }

  double(id: number, value: number): void {
    this.field(Type.double, id)
    const at = this.bytes.reserve(8)
    this.bytes.buffer.writeDoubleBE(value, at)
  }

  struct(id: number): void {
    this.field(Type.struct, id)
  }

  list(id: number, size: number): void {
    this.field(Type.list, id)
    this.bytes.byte(Type.struct)
    this.fixed32(size)
  }

  oneway(name: string): void {
    this.fixed32((VERSION_1 << 16) | ONEWAY)
    this.string(name)
    this.fixed32(0)
  }

  private field(type: number, id: number): void {
    const at = this.bytes.reserve(3)
    const { buffer } = this.bytes
    buffer[at] = type
    buffer[at + 1] = id >>> 8
    buffer[at + 2] = id
  }

  private fixed32(value: number): void {
    putFixed32(this.bytes, this.bytes.reserve(4), value)
  }

  private string(value: string): void {
    const at = this.bytes.reserve(4)
    putFixed32(this.bytes, at, this.bytes.utf8(value))
  }
}

/** The uppermost byte first. */
function putFixed32({ buffer }: Bytes, at: number, value: number): void {
  buffer[at] = value >>> 24
  buffer[at + 1] = value >>> 16
  buffer[at + 2] = value >>> 8
  buffer[at + 3] = value
}
