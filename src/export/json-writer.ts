/**
 * Writes JSON as bytes (RFC 8259): to make objects first, or a text of many pieces, costs more than all the rest.
 */
import { Bytes, SHORT_TEXT } from './bytes.js'

/** What cannot stand in a text as it is, and halves of surrogate pairs, which are no characters. */
const UNFIT = /["\\\p{Cc}\p{Cs}]/u
const QUOTE = 0x22
const BACKSLASH = 0x5c
const FIRST_PRINTABLE = 0x20
const LAST_PRINTABLE = 0x7e
const ZERO = 0x30
/** Eight digits fit into what V8 keeps without a box, and so does what is left of a time in microseconds. */
const EIGHT_DIGITS = 1e8
const LARGEST_INT = 2 ** 31
const HEX = Buffer.from('0123456789abcdef', 'latin1')

const utf8 = new TextEncoder()

/** Text as bytes that may be kept: they hold on to no more memory than their own. */
export function keptBytes(text: string): Uint8Array {
  return utf8.encode(text)
}

export class JsonWriter extends Bytes {
  /** A text, in quotes. */
  string(text: string): void {
    if (!this.plainString(text)) this.utf8(JSON.stringify(text))
  }

  /** A whole number from 0 on. */
  uint(value: number): void {
    if (value < EIGHT_DIGITS) return this.digits(value, 1)
    const upper = Math.floor(value / EIGHT_DIGITS)
    if (upper >= LARGEST_INT) return void this.utf8(String(value))
    this.digits(upper, 1)
    this.digits(value - upper * EIGHT_DIGITS, 8)
  }

  /** 32 bits as eight hex digits. */
  hex(word: number): void {
    let at = this.reserve(8)
    const { buffer } = this
    for (let shift = 28; shift >= 0; shift -= 4) buffer[at++] = HEX[(word >>> shift) & 0xf] as number
  }

  /**
   * Makes a list or an object of what has been written since there were `start` bytes: entries with a comma before each.
   *
   * @param brackets both of them
   */
  enclose(start: number, brackets: '[]' | '{}'): void {
    if (this.length === start) return void this.utf8(brackets)
    this.buffer[start] = brackets.charCodeAt(0)
    this.byte(brackets.charCodeAt(1))
  }

  /** @returns false, and nothing is written, where something has to be escaped, or where it is short and not ASCII */
  private plainString(text: string): boolean {
    const { length } = text
    if (length > SHORT_TEXT) {
      if (UNFIT.test(text)) return false
      this.byte(QUOTE)
      this.utf8(text)
      this.byte(QUOTE)
      return true
    }
    this.ensure(length + 2)
    const { buffer } = this
    let at = this.length
    buffer[at++] = QUOTE
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      if (code < FIRST_PRINTABLE || code > LAST_PRINTABLE || code === QUOTE || code === BACKSLASH) return false
      buffer[at++] = code
    }
    buffer[at++] = QUOTE
    this.length = at
    return true
  }

  /** @param least so many digits at least */
  private digits(value: number, least: number): void {
    let count = least
    for (let limit = 10 ** least; limit <= value; limit *= 10) count++
    const start = this.reserve(count)
    const { buffer } = this
    let rest = value
    for (let at = start + count - 1; at >= start; at--) {
      const next = Math.floor(rest / 10)
      buffer[at] = ZERO + rest - next * 10
      rest = next
    }
  }
}
