/**
 * Free text without secrets: what applications and libraries say when something fails. Nobody can tell every secret from
 * every other word, but those that look like one, or are called one, are hidden.
 *
 * Loaded with the first error.
 */
import { namesSecret } from './redact.js'

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
/** `name=value`, `name: value`, `"name":"value"`; also `name "value"`. */
const NAMED =
  /(?<![\p{L}\p{N}_.[\]-])((["'`]?)([\p{L}\p{N}_.[\]-]{2,128})\2(?:\s{0,3}(?:=>|[=:])\s{0,3}|\s{1,3}(?:is\s{1,3}|was\s{1,3}|of\s{1,3})?(?=["'`])))("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`[^`]*`?|[^\s,;&"'`)}\]]+)/gu
/** JSON web tokens, and the tokens that tell by their beginning what they are. */
const TOKENS =
  /\beyJ[\w-]{6,}(?:\.[\w-]*){1,4}|\b(?:AKIA|ASIA)[A-Z0-9]{12,}|\bgh[a-z]_\w{16,}|\bgithub_pat_\w{16,}|\b[rsp]k_(?:live|test)_\w{8,}|\bxox[a-z]-[\w-]{8,}|\bAIza[\w-]{20,}|\bglpat-[\w-]{16,}|\bnpm_\w{24,}/g
const KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g
/** V8's JSON.parse quotes what it could not read, which may be a request's body. */
const NO_JSON = /(Unexpected (?:token|string|number|non-whitespace character|end)[^]{0,64}?, )(?:\.\.\.)?"[^]*"(?:\.\.\.)?( is not valid JSON)/g

/** What these name in a URL may be secret, but hardly ever in a sentence. */
const USUAL = /^(?:key|code)$/i

/** Hides in a message what looks like a secret. Never throws. */
export function redactText(given: string): string {
  const text = given.length > LONGEST ? given.slice(0, LONGEST) : given
  return text
    .replace(KEY, HIDDEN)
    .replace(NO_JSON, '$1"?"$2')
    .replace(USERINFO, `$1${HIDDEN}@`)
    .replace(HEADER, `$1$2${HIDDEN}`)
    .replace(AUTHORIZATION, `$1 ${HIDDEN}`)
    .replace(NAMED, hideNamed)
    .replace(TOKENS, HIDDEN)
}

function hideNamed(all: string, head: string, _quote: string, name: string, value: string): string {
  if (USUAL.test(name) || !namesSecret(name) || value === HIDDEN || /^[({[]/.test(value)) return all
  const quote = /^["'`]/.exec(value)?.[0] ?? ''
  return `${head}${quote}${HIDDEN}${quote}`
}

/** A stack: `message`, with which it begins as a rule, as above; its frames as they are. */
export function redactStack(stack: string, message: string): string {
  const at = message === '' ? -1 : stack.indexOf(message)
  const from = at === -1 ? 0 : at + message.length
  const frames = from + Math.max(0, /\n\s+at |$/.exec(stack.slice(from))?.index ?? 0)
  return redactText(stack.slice(0, frames)) + stack.slice(frames)
}
