/**
 * Whether a name, such as a parameter's, is that of a secret.
 */

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
