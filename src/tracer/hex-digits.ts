/**
 * Numbers as hex digits: written into bytes, of which V8 makes one text. Made of pieces, it would be a tree of these, to be
 * copied piece by piece when V8 collects.
 */

/** The longest text that is made here. */
const LONGEST = 128
const bytes = Buffer.alloc(LONGEST)
const view = new DataView(bytes.buffer, bytes.byteOffset, LONGEST)

/** By byte: the character codes of its two digits, the first one in the lower half. */
const PAIRS = new Uint16Array(256)
const DIGITS = '0123456789abcdef'
for (let byte = 0; byte < 256; byte++) PAIRS[byte] = DIGITS.charCodeAt(byte >> 4) | (DIGITS.charCodeAt(byte & 15) << 8)

/**
 * Puts eight digits.
 *
 * @param at where, in characters from the text's beginning
 * @param word 32 bits
 * @returns where they end
 */
export function putWord(at: number, word: number): number {
  putHalf(at, word >>> 16)
  putHalf(at + 4, word & 0xffff)
  return at + 8
}

function putHalf(at: number, half: number): void {
  view.setInt32(at, (PAIRS[half >>> 8] as number) | ((PAIRS[half & 0xff] as number) << 16), true)
}

/** Puts a character by its code. @returns where it ends */
export function putCode(at: number, code: number): number {
  bytes[at] = code
  return at + 1
}

/** The text that has been put, up to `end`. */
export function textUpTo(end: number): string {
  return bytes.toString('latin1', 0, end)
}
