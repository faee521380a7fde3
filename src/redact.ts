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

/** Names that people give to secrets: whole names, in any case and without separators … */
const SECRETS = new Set([
  'key',
  'code',
  'sid',
  'apikey',
  'accesskey',
  'secretkey',
  'privatekey',
  'encryptionkey',
  'signingkey',
  'subscriptionkey',
  'sessionid',
  'accesstoken',
  'authtoken',
  'idtoken',
  'refreshtoken',
  'authcode',
  'devicecode',
  'usercode',
  'codeverifier',
  'samlresponse',
  'samlrequest',
  'idtokenhint',
  'ticket',
])
/** … and words that make a secret of every name that they are part of, as in `reset_password_token` and `user[pwd]`. */
const SECRET_WORDS = new Set([
  'token',
  'secret',
  'password',
  'passwd',
  'passphrase',
  'passcode',
  'pass',
  'pwd',
  'auth',
  'authorization',
  'jwt',
  'assertion',
  'signature',
  'credential',
  'credentials',
  'session',
  'cookie',
  'otp',
  'totp',
  'pin',
  'ssn',
  'cvv',
  'cvc',
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
  return SIGNATURES.has(key) || namesSecret(key) || (more.length > 0 && more.includes(key.toLowerCase()))
}

const LONGEST_NAME = 64
const MOST_NAMES = 512
const judged = new Map<string, boolean>()

/** Whether somebody who names a thing so is likely to keep it secret. Remembered, for the same names come again. */
export function namesSecret(name: string): boolean {
  let verdict = judged.get(name)
  if (verdict !== undefined) return verdict
  verdict = name.length > LONGEST_NAME || judge(name)
  if (judged.size < MOST_NAMES && name.length <= LONGEST_NAME) judged.set(name, verdict)
  return verdict
}

/** By its words, whichever way they are put together: `api_key`, `apiKey`, `api-key`, `user[password]`. */
function judge(name: string): boolean {
  if (SECRETS.has(name.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase())) return true
  const words = name.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').split(/[^\p{L}]+/u)
  return words.some((word) => SECRET_WORDS.has(word.toLowerCase())) || /api[^a-z]?key$/i.test(name)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
