/**
 * Ids as text. Never by way of Number: 64 bits do not fit, and parseInt takes '12zz'.
 */
const HEX = /^[0-9a-f]+$/i
const ZEROS = /^0+$/

/**
 * @returns `text` in lower case and left-padded to `width`, or undefined if it is not 1 to `width` hex digits, or zero
 */
export function hexId(text: string | undefined, width: 16 | 32): string | undefined {
  if (text === undefined || text.length > width || !HEX.test(text) || ZEROS.test(text)) return undefined
  return text.toLowerCase().padStart(width, '0')
}

/** Whether a trace id came as 64 bits. */
export function isNarrow(text: string): boolean {
  return text.length <= 16
}

/** The trace id as a format that knows both widths should send it: 16 digits if that is how it came. */
export function wideOrNarrow(traceId: string, narrow: boolean): string {
  return narrow ? traceId.slice(16) : traceId
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
