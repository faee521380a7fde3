/**
 * Bytes that grow as they are written, for the encoders of binary formats.
 */
const FIRST_SIZE = 64 * 1024
/** Memory that one huge message has taken beyond this is let go. */
const LARGEST_KEPT = 4 * 1024 * 1024
/** Up to so many bytes a loop takes less than a call out of JavaScript … */
const SHORT = 24
/** … and up to so many characters of a text. */
export const SHORT_TEXT = 48
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3

export class Bytes {
  buffer: Buffer = Buffer.allocUnsafeSlow(FIRST_SIZE)
  length = 0

  /** Begins anew. What was written before is no longer valid. */
  reset(): void {
    this.length = 0
    if (this.buffer.length > LARGEST_KEPT) this.buffer = Buffer.allocUnsafeSlow(FIRST_SIZE)
  }

  /** What has been written since {@link reset}, valid until the next. No copy. */
  written(): Uint8Array {
    return this.buffer.subarray(0, this.length)
  }

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
    const { length } = bytes
    const at = this.reserve(length)
    const { buffer } = this
    if (length > SHORT) buffer.set(bytes, at)
    else for (let i = 0; i < length; i++) buffer[at + i] = bytes[i] as number
  }

  /** Writes text as UTF-8 and returns how many bytes it took. */
  utf8(text: string): number {
    this.ensure(text.length * MOST_BYTES_A_UNIT)
    const written = this.putText(this.length, text)
    this.length += written
    return written
  }

  /** A copy of what has been written since there were `start` bytes: of no more memory than that, for it may be kept. */
  copyFrom(start: number): Uint8Array {
    return new Uint8Array(this.buffer.subarray(start, this.length))
  }

  /** Forgets what has been written since there were `length` bytes. */
  rewind(length: number): void {
    this.length = length
  }

  /** A copy of what has been written from `start` up to `end`. */
  copy(start = 0, end = this.length): Buffer {
    return Buffer.from(this.buffer.subarray(start, end))
  }

  /** Puts text as UTF-8 where there is room for it. @returns how many bytes it takes */
  protected putText(at: number, text: string): number {
    const { length } = text
    if (length > SHORT_TEXT) return this.buffer.write(text, at, 'utf8')
    const { buffer } = this
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code >= 0x80) return this.buffer.write(text, at, 'utf8')
      buffer[at + i] = code
    }
    return length
  }

  /** Sees to it that there is room for `count` more. */
  protected ensure(count: number): void {
    const needed = this.length + count
    if (needed <= this.buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.buffer.length * 2))
    larger.set(this.written())
    this.buffer = larger
  }
}
