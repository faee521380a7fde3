/**
 * The grammars of values. Each turns a variable's text into a value, or says what is wrong with it.
 */
import { readFileSync } from 'node:fs'

/** Told of each thing wrong with a value; parsing goes on with what is left. */
export type Complain = (problem: string) => void

export interface Type<T> {
  /** For the documentation: `integer`, `list of …`. */
  readonly label: string
  /** For the documentation: what a bad value does, where it is not just replaced by the default. */
  readonly ifBad?: string
  /** @returns undefined where nothing of the text can be used */
  parse(text: string, complain: Complain, env: Readonly<Record<string, string | undefined>>): T | undefined
}

export interface Alias<T> {
  readonly name: string
  /** Where the alias has a grammar of its own. */
  readonly type?: Type<T>
  /** The alias speaks of more than spans: that both are set is no contradiction. */
  readonly isGeneral?: boolean
}

export interface Variable<T> {
  readonly name: string
  readonly aliases?: readonly Alias<T>[]
  readonly type: Type<T>
  readonly default: T
  readonly meaning: string
  /** Never shown in a message. */
  readonly secret?: boolean
}

/** Fixes the type of an entry of the table. */
export function variable<T>(entry: Variable<T>): Variable<T> {
  return entry
}

const MEMBERWISE = 'the member is skipped; if none is left, the default is used'
const EMPTY = 'names nothing'
/** RFC 9110: a token, and text that Node agrees to write. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/
const LATER = 'is not supported by this version'

export const text: Type<string> = { label: 'text', ifBad: 'any text will do', parse: (value) => value }

/** The specification's boolean: `true` in any case is true. `false`, and nothing else, is false without a complaint. */
export const flag: Type<boolean> = {
  label: '`true` or `false`',
  parse(value, complain) {
    const word = value.toLowerCase()
    if (word === 'true') return true
    if (word !== 'false') complain('is neither true nor false')
    return word === 'false' ? false : undefined
  },
}

/** A switch of pretrace's own, which takes what people write: true/false, 1/0, yes/no, on/off. */
export const toggle: Type<boolean> = {
  label: '`true` or `false`, also `1`/`0`, `yes`/`no`, `on`/`off`',
  parse(value, complain) {
    const word = value.toLowerCase()
    if (['true', '1', 'yes', 'on'].includes(word)) return true
    if (['false', '0', 'no', 'off'].includes(word)) return false
    complain('is neither true nor false')
    return undefined
  },
}

/** A whole number within bounds, in decimal digits and nothing else. */
export function integer(least: number, most = 2 ** 31 - 1, unit = ''): Type<number> {
  const bounds = most === 2 ** 31 - 1 ? `of at least ${least}` : `from ${least} to ${most}`
  return {
    label: `integer ${bounds}${unit === '' ? '' : `, ${unit}`}`,
    parse(value, complain) {
      const number = /^\d+$/.test(value) ? Number(value) : NaN
      if (number >= least && number <= most) return number
      complain(`is not an integer ${bounds}`)
      return undefined
    },
  }
}

export const milliseconds = (least: number): Type<number> => integer(least, undefined, 'milliseconds')

/**
 * One of a few words, in any case.
 *
 * @param later words that exist elsewhere and that this version cannot serve
 */
export function choice<Word extends string>(words: readonly Word[], later: readonly string[] = []): Type<Word> {
  return {
    label: words.map((word) => `\`${word}\``).join(', '),
    parse(value, complain) {
      const folded = value.toLowerCase()
      const found = words.find((word) => word === folded)
      if (found === undefined) complain(later.includes(folded) ? LATER : `is not one of ${words.join(', ')}`)
      return found
    },
  }
}

/** Comma-separated words of a few; unknown ones are skipped and said, doubles dropped. */
export function choices<Word extends string>(
  words: readonly Word[],
  later: readonly string[] = [],
): Type<readonly Word[]> {
  return {
    label: `list of ${words.map((word) => `\`${word}\``).join(', ')}`,
    ifBad: MEMBERWISE,
    parse(value, complain) {
      const found = new Set<Word>()
      for (const entry of entries(value)) {
        const folded = entry.toLowerCase()
        const word = words.find((known) => known === folded)
        if (word !== undefined) found.add(word)
        else complain(later.includes(folded) ? `"${entry}" ${LATER}` : `"${entry}" is not one of ${words.join(', ')}`)
      }
      if (entries(value).length === 0) complain(EMPTY)
      return found.size === 0 ? undefined : [...found]
    },
  }
}

/** Comma-separated free text. */
export const list: Type<readonly string[]> = {
  label: 'list',
  ifBad: 'any list will do',
  parse(value, complain) {
    const found = entries(value)
    if (found.length === 0) complain(EMPTY)
    return found.length === 0 ? undefined : found
  },
}

/** `k1=v1,k2=v2`, values percent-encoded; a member that is not that discards the variable (OTel specification). */
export const pairs: Type<Readonly<Record<string, string>>> = {
  label: 'list of `key=value`, values percent-encoded',
  ifBad: 'none of the list is used',
  parse(value, complain) {
    const found: Record<string, string> = {}
    if (entries(value).length === 0) complain(EMPTY)
    for (const entry of entries(value)) {
      const equals = entry.indexOf('=')
      const decoded = equals < 1 ? undefined : decode(entry.slice(equals + 1).trim())
      if (decoded === undefined) {
        complain('has a member that is not key=value with a percent-encoded value')
        return undefined
      }
      found[entry.slice(0, equals).trim()] = decoded
    }
    return found
  },
}

/** As {@link pairs}, fit to be sent: names in lower case, nothing that HTTP forbids. */
export const headers: Type<Readonly<Record<string, string>>> = {
  label: pairs.label,
  ifBad: 'none of the list is used',
  parse(value, complain, env) {
    const found = Object.entries(pairs.parse(value, complain, env) ?? {})
    if (found.every(([name, text]) => HEADER_NAME.test(name) && HEADER_VALUE.test(text))) {
      return found.length === 0
        ? undefined
        : Object.fromEntries(found.map(([name, text]) => [name.toLowerCase(), text]))
    }
    complain('has a name or a value that no header can have')
    return undefined
  },
}

/** `k1=v1, k2=${VARIABLE:default}`, Jaeger's grammar; a bad member is skipped. */
export const jaegerTags: Type<Readonly<Record<string, string>>> = {
  label: 'list of `key=value`, a value may be `${VARIABLE:default}`',
  ifBad: MEMBERWISE,
  parse(value, complain, env) {
    const found: Record<string, string> = {}
    for (const entry of entries(value)) {
      const equals = entry.indexOf('=')
      if (equals < 1) complain(`"${entry}" is not key=value`)
      else found[entry.slice(0, equals).trim()] = fromEnvironment(entry.slice(equals + 1).trim(), env)
    }
    if (entries(value).length === 0) complain(EMPTY)
    return Object.keys(found).length === 0 ? undefined : found
  },
}

/** An http(s) address. */
export const url: Type<string> = {
  label: 'URL',
  parse(value, complain) {
    if (/^https?:\/\/[^/]/i.test(value) && URL.canParse(value)) return value
    complain('is not an http or https URL')
    return undefined
  },
}

/** An address of a backend: http(s), or a Unix socket. */
export const endpoint: Type<string> = {
  label: 'URL, or `unix:///path/to.sock`',
  parse(value, complain) {
    const isUnix = /^(unix|http\+unix):/i.test(value)
    if (isUnix ? UNIX_SOCKET.test(value) : /^https?:\/\/[^/]/i.test(value) && URL.canParse(value)) return value
    complain('is not an http or https URL')
    return undefined
  },
}

/** A host's name, or its address; an IPv6 address without the brackets that it may stand in. */
export const host: Type<string> = {
  label: 'host name or address',
  parse(value, complain) {
    // As `inUrl` has it, whose file would be one more for every start.
    const bare = value.replace(/^\[(.*)\]$/, '$1')
    if (!/[/?#@\\]/.test(bare) && URL.canParse(`http://${bare.includes(':') ? `[${bare}]` : bare}`)) return bare
    complain('is not a host')
    return undefined
  },
}

/** An HTTP proxy; without a scheme, http is meant. */
export const proxy: Type<string> = {
  label: 'URL of a proxy, or `host:port`',
  parse(value, complain) {
    const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
    if (/^https?:\/\/[^/]/i.test(address) && URL.canParse(address) && decode(userinfo(address)) !== undefined) {
      return new URL(address).href
    }
    complain('is not an http or https URL')
    return undefined
  },
}

/** Hosts, separated by commas or spaces. */
export const hosts: Type<readonly string[]> = {
  ...list,
  label: 'list of hosts',
  parse: (value, complain, env) => list.parse(value.replace(/\s+/g, ','), complain, env),
}

/** A file with a certificate or a key. The path is the value. */
export const pemFile: Type<string> = {
  label: 'path of a PEM file',
  parse(value, complain) {
    try {
      if (readFileSync(value, 'latin1').includes('-----BEGIN ')) return value
      complain('is not a PEM file')
    } catch (error) {
      complain(`cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)})`)
    }
    return undefined
  },
}

/** A share of all traces. */
export const share: Type<number> = {
  label: 'number from 0 to 1',
  parse(value, complain) {
    const number = /^[+]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN
    if (number >= 0 && number <= 1) return number
    complain('is not a number from 0 to 1')
    return undefined
  },
}

const UNIX_SOCKET = /^(unix|http\+unix):(\/\/)?(\/|%2f)[^/]/i

function userinfo(url: string): string {
  const { username, password } = new URL(url)
  return username + password
}

function entries(value: string): string[] {
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}

function fromEnvironment(value: string, env: Readonly<Record<string, string | undefined>>): string {
  const match = /^\$\{([^:}]*)(?::([^}]*))?\}$/.exec(value)
  if (match === null) return value
  return env[match[1] as string] ?? match[2] ?? ''
}
