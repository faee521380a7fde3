/**
 * The secrets of URLs. Textual: what is not hidden stays byte for byte, and nothing can make it throw.
 */
import { namesSecret } from './secret-names.js'

const HIDDEN = 'REDACTED'

/** OpenTelemetry's list, past and present; case counts. */
const SIGNATURES = new Set([
  'X-Amz-Signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
  'AWSAccessKeyId',
  'Signature',
  'sig',
  'X-Goog-Signature',
  'X-Goog-Credential',
])

/**
 * A URL, or `/path?query`, without its secrets and its fragment, cut to `longest` characters.
 *
 * @param more further parameter names, lower-case
 */
export function withoutSecrets(url: string, longest: number, more: readonly string[]): string {
  let text = withoutUserinfo(url)
  // Not before: a cut could take the `@` away that tells a password from a port.
  if (text.length > longest) text = text.slice(0, longest)
  const fragment = text.indexOf('#')
  if (fragment !== -1) text = text.slice(0, fragment)
  const question = text.indexOf('?')
  if (question === -1) return redactPath(text)
  return redactPath(text.slice(0, question)) + '?' + redactQuery(text.slice(question + 1), more)
}

/** Tokens that tell what they are, and parameters as in `/cart;jsessionid=1`. */
function redactPath(path: string): string {
  if (!path.includes(';') && !path.includes('eyJ')) return path
  return path
    .replace(WEB_TOKEN, HIDDEN)
    .replace(/;([^;/=]+)=[^;/]*/g, (pair, name: string) => (namesSecret(decode(name)) ? `;${name}=${HIDDEN}` : pair))
}

function withoutUserinfo(url: string): string {
  if (!url.includes('@')) return url
  const authority = /^[a-z][a-z0-9+.-]*:\/\//i.exec(url)?.[0].length
  if (authority === undefined) return url
  const end = url.slice(authority).search(/[/?#\\]/)
  const stop = end === -1 ? url.length : authority + end
  const at = url.lastIndexOf('@', stop - 1)
  if (at < authority) return url
  const userinfo = url.slice(authority, at).includes(':') ? `${HIDDEN}:${HIDDEN}` : HIDDEN
  return `${url.slice(0, authority)}${userinfo}${url.slice(at)}`
}

function redactQuery(query: string, more: readonly string[]): string {
  if (!query.includes('=')) return query.replace(WEB_TOKEN, HIDDEN)
  // `;` separates too, for some.
  return query.replace(PAIR, (pair, name: string, value: string) =>
    isSecret(name, more) || holdsSecret(value, more) ? `${name}=${HIDDEN}` : pair,
  )
}

const PAIR = /([^&;=]*)=([^&;]*)/g
const WEB_TOKEN = /eyJ[\w-]{6,}(?:\.[\w-]*){1,4}/g
/** A value that may be another URL, or what follows one's path. */
const NESTED = /%3d|%40|%3b|@|=/i

/** Whether a value is a token, or a URL in which there is a secret. */
function holdsSecret(value: string, more: readonly string[]): boolean {
  if (value.includes('eyJ')) return true
  if (!NESTED.test(value)) return false
  const inner = decode(value)
  if (/:\/\/[^/?#]*@/.test(inner)) return true
  const question = inner.indexOf('?')
  const query = inner.slice(question + 1)
  return query.includes('=') && redactQuery(query, more) !== query
}

function isSecret(encoded: string, more: readonly string[]): boolean {
  const key = decode(encoded)
  return SIGNATURES.has(key) || namesSecret(key) || (more.length > 0 && more.includes(key.toLowerCase()))
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
