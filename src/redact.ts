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
  'jsessionid',
  'phpsessid',
  'aspnetsessionid',
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
  // One look at each character: a search for each of them would take longer, and so would a loop.
  if (url.length <= LONGEST && !NOT_PLAIN.test(url)) return url
  let text = withoutUserinfo(url)
  // Not before: a cut could take the `@` away that tells a password from a port.
  if (text.length > LONGEST) text = text.slice(0, LONGEST)
  const fragment = text.indexOf('#')
  if (fragment !== -1) text = text.slice(0, fragment)
  const question = text.indexOf('?')
  if (question === -1) return redactPath(text)
  return redactPath(text.slice(0, question)) + '?' + redactQuery(text.slice(question + 1), more)
}

/** What there is in a URL in which something has to be looked at: the `J` is that of `eyJ`, with which a web token begins. */
const NOT_PLAIN = /[#;?@J]/

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

/** As in `PGPASSWORD`. */
const SECRET_END = /(?:password|passwd|secret|token|api[^a-z]?key)$/i

/** By its words, whichever way they are put together: `api_key`, `apiKey`, `api-key`, `user[password]`. */
function judge(name: string): boolean {
  if (SECRETS.has(name.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase())) return true
  const words = name.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').split(/[^\p{L}]+/u)
  return words.some((word) => SECRET_WORDS.has(word.toLowerCase())) || SECRET_END.test(name)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
