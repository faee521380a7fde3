/**
 * Apache Thrift, as far as Jaeger's messages need it: what both of its protocols can write, and the binary one.
 */
import { Bytes } from './bytes.js'

/** Writes fields of structs. A field id must be larger than the one before it. */
export interface ThriftWriter {
  readonly bytes: Bytes
  /** Begins a struct: what is passed to `emitBatch`, an element of a list, or the value of a {@link struct} field. */
  begin(): void
  end(): void
  text(id: number, value: string): void
  bool(id: number, value: boolean): void
  int32(id: number, value: number): void
  /** A whole number, exact as far as JavaScript's numbers are. */
  int64(id: number, value: number): void
  /** Sixteen hex digits. */
  id64(id: number, hex: string): void
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

const Type = { stop: 0, bool: 2, double: 4, int32: 8, int64: 10, string: 11, struct: 12, list: 15 } as const
const VERSION_1 = 0x8001
const ONEWAY = 4

/** TBinaryProtocol: fixed widths, big endian. */
export class ThriftBinary implements ThriftWriter {
  readonly bytes = new Bytes()

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

  bool(id: number, value: boolean): void {
    this.field(Type.bool, id)
    this.bytes.byte(value ? 1 : 0)
  }

  int32(id: number, value: number): void {
    this.field(Type.int32, id)
    this.word(value)
  }

  int64(id: number, value: number): void {
    this.field(Type.int64, id)
    this.word(highHalf(value))
    this.word(lowHalf(value))
  }

  id64(id: number, hex: string): void {
    this.field(Type.int64, id)
    const at = this.bytes.reserve(8)
    this.bytes.buffer.write(hex, at, 'hex')
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
    this.word(size)
  }

  oneway(name: string): void {
    this.word((VERSION_1 << 16) | ONEWAY)
    this.string(name)
    this.word(0)
  }

  private field(type: number, id: number): void {
    const at = this.bytes.reserve(3)
    this.bytes.buffer[at] = type
    this.bytes.buffer.writeUInt16BE(id, at + 1)
  }

  private word(value: number): void {
    const at = this.bytes.reserve(4)
    this.bytes.buffer.writeInt32BE(value, at)
  }

  private string(value: string): void {
    const at = this.bytes.reserve(4)
    const length = this.bytes.utf8(value)
    this.bytes.buffer.writeInt32BE(length, at)
  }
}
