/**
 * Free text without secrets: what applications and libraries say when something fails. Nobody can tell every secret from
 * every other word, but those that look like one, or are called one, are hidden.
 *
 * Loaded with the first error.
 */
import { namesSecret } from './secret-names.js'

const HIDDEN = 'REDACTED'
/** Characters looked at; what follows is left out. */
const LONGEST = 16_384

/** `scheme://user:password@`; up to the last `@`, for passwords may hold one, and slashes where nobody has encoded them. */
const USERINFO = /([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s"'`<>]{1,1024}@/gi
/** What follows a scheme of authorization. */
const AUTHORIZATION =
  /\b(Bearer|(?:Basic|Digest|Negotiate|Token|ApiKey|AWS4-HMAC-SHA256)(?=\s+\S*[\d=+/]))\s+[^\s"'`,;]{6,}/gi
/** Headers whose whole value is secret, to the end of the line. */
const HEADER = /\b((?:proxy-)?authorization|(?:set-)?cookie)(\s*[:=]\s*)(?!\s)[^\r\n]+/gi
/** The beginning of `name=value`, `name: value`, `"name":"value"`, `name "value"`. */
const NAME =
  /(?<![\p{L}\p{N}_.[\]-])(["'`]?)([\p{L}\p{N}_.[\]-]{2,128})\1(?:\s{0,3}(?:=>|[=:])\s{0,3}|\s{1,3}(?:is\s{1,3}|was\s{1,3}|of\s{1,3})?(?=["'`]))/gu
const VALUE = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`[^`]*`?|[^\s,;&"'`)}\]([{]+/sy
/** JSON web tokens, and the tokens that tell by their beginning what they are. */
const TOKENS =
  /\beyJ[\w-]{6,}(?:\.[\w-]*){1,4}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bgh[a-z]_\w{16,}|\bgithub_pat_\w{16,}|\b[rsp]k_(?:live|test)_\w{8,}|\bxox[a-z]-[\w-]{8,}|\bAIza[\w-]{20,}|\bglpat-[\w-]{16,}|\bnpm_\w{24,}/g
const KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g
/** V8's JSON.parse quotes what it could not read, which may be a request's body. */
const NO_JSON =
  /(Unexpected (?:token|string|number|non-whitespace character|end)[^]{0,64}?, )(?:\.\.\.)?"[^]*"(?:\.\.\.)?( is not valid JSON)/g

/** What these name in a URL may be secret, but hardly ever in a sentence. */
const USUAL = /^(?:key|code)$/i

/** Hides in a message what looks like a secret. Never throws. */
export function redactText(given: string): string {
  const text = given.length > LONGEST ? given.slice(0, LONGEST) : given
  const hidden = text
    .replace(KEY, HIDDEN)
    .replace(NO_JSON, '$1"?"$2')
    .replace(USERINFO, `$1${HIDDEN}@`)
    .replace(HEADER, `$1$2${HIDDEN}`)
    .replace(AUTHORIZATION, `$1 ${HIDDEN}`)
  return hideNamed(hidden).replace(TOKENS, HIDDEN)
}

/** Hides values whose names say that they are secret. Names may stand within what looks like another one's value. */
function hideNamed(text: string): string {
  let out = ''
  let taken = 0
  for (const match of text.matchAll(NAME)) {
    const name = match[2] as string
    const from = match.index + match[0].length
    if (match.index < taken || USUAL.test(name) || !namesSecret(name)) continue
    VALUE.lastIndex = from
    const value = VALUE.exec(text)?.[0]
    if (value === undefined || value === HIDDEN) continue
    const quote = /^["'`]/.exec(value)?.[0] ?? ''
    out += `${text.slice(taken, from)}${quote}${HIDDEN}${quote}`
    taken = from + value.length
  }
  return out + text.slice(taken)
}

/** A stack: `message`, with which it begins as a rule, as above; its frames as they are. */
export function redactStack(stack: string, message: string): string {
  const at = message === '' ? -1 : stack.indexOf(message)
  const from = at === -1 ? 0 : at + message.length
  const frames = from + Math.max(0, /\n\s+at |$/.exec(stack.slice(from))?.index ?? 0)
  return redactText(stack.slice(0, frames)) + stack.slice(frames)
}
