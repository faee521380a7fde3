/**
 * Percent-encoding that never throws, for text that comes from outside or from the application.
 */

/** Decodes; bytes that are no UTF-8 become U+FFFD, text that is not percent-encoded is returned as it was. */
export function percentDecode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return /%(?![0-9a-f]{2})/i.test(text) ? text : decodeBytes(text)
  }
}

function decodeBytes(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'))
}

/** Encodes as UTF-8; half a surrogate pair becomes U+FFFD. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, '\ufffd'))
}
