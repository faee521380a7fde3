/**
 * URLs without secrets. Textual: what is not hidden stays byte for byte, and nothing can make it throw.
 */
const HIDDEN = 'REDACTED'
const LONGEST = 2048

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

/** Names that people give to secrets; in any case. */
const SECRETS = new Set([
  'token',
  'access_token',
  'id_token',
  'refresh_token',
  'auth',
  'authorization',
  'api_key',
  'apikey',
  'key',
  'password',
  'passwd',
  'pwd',
  'secret',
  'client_secret',
  'code',
  'session',
  'sessionid',
  'jwt',
  'signature',
  'credential',
])

/**
 * Hides user and password and the values of query parameters that may be secret; drops the fragment; cuts what is very
 * long. Works on absolute URLs and on `/path?query`.
 *
 * @param more further parameter names, lower-case
 */
export function redactUrl(url: string, more: readonly string[] = []): string {
  let text = withoutUserinfo(url)
  // Not before: a cut could take the `@` away that tells a password from a port.
  if (text.length > LONGEST) text = text.slice(0, LONGEST)
  const fragment = text.indexOf('#')
  if (fragment !== -1) text = text.slice(0, fragment)
  const question = text.indexOf('?')
  if (question === -1) return text
  return text.slice(0, question + 1) + redactQuery(text.slice(question + 1), more)
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
  if (!query.includes('=')) return query
  return query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=')
      return equals !== -1 && isSecret(pair.slice(0, equals), more) ? `${pair.slice(0, equals)}=${HIDDEN}` : pair
    })
    .join('&')
}

function isSecret(encoded: string, more: readonly string[]): boolean {
  const key = decode(encoded)
  const folded = key.toLowerCase()
  return SIGNATURES.has(key) || SECRETS.has(folded) || more.includes(folded)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
