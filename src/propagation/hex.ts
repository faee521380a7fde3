/**
 * Ids as text. Never by way of Number: 64 bits do not fit, and parseInt takes '12zz'.
 */

/**
 * A loop: a regular expression that says as much takes several times as long, and every request brings half a dozen ids.
 *
 * @returns `text` in lower case and left-padded to `width`, or undefined if it is not 1 to `width` hex digits, or zero
 */
export function hexId(text: string | undefined, width: 16 | 32): string | undefined {
  if (text === undefined || text.length > width) return undefined
  const seen = digitsSeen(text, 0, text.length)
  if ((seen & NOT_ZERO) === 0) return undefined
  const lower = (seen & UPPER_CASE) === 0 ? text : text.toLowerCase()
  return lower.length === width ? lower : lower.padStart(width, '0')
}

/** What {@link digitsSeen} tells, as bits. */
export const NOT_ZERO = 1
export const UPPER_CASE = 2

/** Which hex digits stand between `from` and `to`; 0 if none but zeros do, or something else. */
export function digitsSeen(text: string, from: number, to: number): number {
  let seen = 0
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x30 && code <= 0x39) seen |= code === 0x30 ? 0 : NOT_ZERO
    else if (code >= 0x61 && code <= 0x66) seen |= NOT_ZERO
    else if (code >= 0x41 && code <= 0x46) seen |= NOT_ZERO | UPPER_CASE
    else return 0
  }
  return seen
}

/** Whether a trace id came as 64 bits. */
export function isNarrow(text: string): boolean {
  return text.length <= 16
}

/**
 * The trace id as a format that knows both widths should send it: 16 digits if that is how it came.
 *
 * @param text begins with the id
 */
export function wideOrNarrow(text: string, narrow: boolean): string {
  return narrow ? text.slice(16) : text
}

/**
 * The value of a single-value header: a duplicate is joined by Node with a comma, and the first one counts (B3
 * specification; the same taken for every format but W3C's).
 */
export function firstValue(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const comma = text.indexOf(',')
  return (comma === -1 ? text : text.slice(0, comma)).trim()
}
