/**
 * Bytes that grow as they are written, for the encoders of binary formats.
 */
const FIRST_SIZE = 16 * 1024
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3

export class Bytes {
  buffer: Buffer = Buffer.allocUnsafe(FIRST_SIZE)
  length = 0

  /** Makes room for `count` bytes and counts them as written. Returns where they begin. */
  reserve(count: number): number {
    const start = this.length
    this.ensure(count)
    this.length += count
    return start
  }

  byte(value: number): void {
    const at = this.reserve(1)
    this.buffer[at] = value
  }

  append(bytes: Uint8Array): void {
    const at = this.reserve(bytes.length)
    this.buffer.set(bytes, at)
  }

  /** Writes text as UTF-8 and returns how many bytes it took. */
  utf8(text: string): number {
    this.ensure(text.length * MOST_BYTES_A_UNIT)
    const written = this.buffer.write(text, this.length, 'utf8')
    this.length += written
    return written
  }

  /** A copy of what has been written from `start` up to `end`. */
  copy(start = 0, end = this.length): Buffer {
    return Buffer.from(this.buffer.subarray(start, end))
  }

  private ensure(count: number): void {
    const needed = this.length + count
    if (needed <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2))
    larger.set(this.buffer.subarray(0, this.length))
    this.buffer = larger
  }
}
