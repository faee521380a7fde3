/**
 * Statements without what differs from one execution to the next.
 */

/** Longer statements are told apart by their beginning. */
const LONGEST = 1000

const COMMENT = /\/\*[^]*?\*\/|--[^\n]*/g
const STRING = /'(?:[^'\\]|''|\\.)*'/g
const NUMBER = /(?<![\w$?:@"])[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?\b/gi
const PARAMETER = /\$\d+|(?<![:\w]):\w+|@\w+/g
const LIST = /\(\s*\?(?:\s*,\s*\?)+\s*\)/g
const ROWS = /\(\?\)(?:\s*,\s*\(\?\))+/g
/** Of a key, a part that is a number, an id, or a placeholder already. */
const ID = /^(?=.*\d)[\w-]{1,64}$|^[0-9a-f-]{16,}$|^\?$/i

/** SQL with `?` in the place of values, however many; lists and rows of them as one. */
export function normaliseSql(text: string): string {
  return text
    .slice(0, 4 * LONGEST)
    .replace(COMMENT, ' ')
    .replace(STRING, '?')
    .replace(PARAMETER, '?')
    .replace(NUMBER, '?')
    .replace(/\s+/g, ' ')
    .replace(LIST, '(?)')
    .replace(ROWS, '(?)')
    .trim()
    .slice(0, LONGEST)
}

/** A command of a key-value store with `*` in the place of those parts of its key that look like ids. */
export function normaliseCommand(text: string): string {
  const [name = '', key, ...rest] = text.trim().slice(0, LONGEST).split(/\s+/)
  if (key === undefined) return name.toUpperCase()
  const pattern = key
    .split(':')
    .map((part) => (ID.test(part) && part !== '?' ? '*' : part))
    .join(':')
  return `${name.toUpperCase()} ${pattern}${rest.length === 0 ? '' : ' …'}`
}

/** Whether a statement holds, in some place, a value that cannot be seen. */
export function hasPlaceholders(text: string): boolean {
  return /\?|\$\d|(?<![:\w]):\w|%s|@\w/.test(text)
}

const READS =
  /^(select|with|show|find|aggregate|count|distinct|get|mget|hget|hgetall|hmget|exists|hexists|smembers|sismember|scard|lrange|llen|zrange\w*|zscore|zcard|geo(search|radius|pos|dist)\w*|ttl|strlen|keys|scan|query|getitem|batchgetitem)\b/i

/** Whether a statement surely only reads. */
export function isRead(text: string): boolean {
  const trimmed = text.trim()
  return READS.test(trimmed) && !/\bfor\s+(update|share)\b|\binto\b|\b(insert|update|delete)\b/i.test(trimmed)
}
