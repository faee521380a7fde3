/**
 * Percent-encoding that never throws, for text that comes from outside or from the application.
 */

/** Decodes; text that cannot be decoded is returned as it was. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Encodes as UTF-8; half a surrogate pair becomes U+FFFD. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'))
}
