/**
 * Where PostgreSQL's lexemes end. Each function takes a text and where a lexeme begins, and returns the index behind it.
 */
const NEWLINE = 10
const RETURN = 13
export const DOUBLE_QUOTE = 34
export const DOLLAR = 36
export const AMPERSAND = 38
export const QUOTE = 39
export const STAR = 42
export const PLUS = 43
export const MINUS = 45
export const DOT = 46
export const SLASH = 47
const BACKSLASH = 92

/** An unquoted identifier or keyword. */
export function endOfWord(text: string, from: number): number {
  let end = from + 1
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (!isLetter(code) && !isDigit(code) && code !== DOLLAR) break
  }
  return end
}

/** Takes whatever hangs on a number along: `1e-5`, `0x1F`, `1_000`, and what is no number after all. */
export function endOfNumber(text: string, from: number): number {
  let end = from
  for (; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (isDigit(code) || isLetter(code)) continue
    if (code === DOT && text.charCodeAt(end + 1) !== DOT) continue
    const isSign = code === MINUS || code === PLUS
    const isAfterE = (text.charCodeAt(end - 1) | 32) === 101
    if (!isSign || !isAfterE || !isDigit(text.charCodeAt(end + 1))) break
  }
  return end
}

/** `$1` */
export function endOfParameter(text: string, from: number): number {
  let end = from + 1
  while (isDigit(text.charCodeAt(end))) end++
  return end
}

/** `$tag$…$tag$`, to the end of the text if it is not closed; -1 where no tag begins. */
export function endOfDollarQuoted(text: string, from: number): number {
  let end = from + 1
  if (isLetter(text.charCodeAt(end))) while (isLetter(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end++
  if (text.charCodeAt(end) !== DOLLAR) return -1
  const tag = text.slice(from, end + 1)
  const close = text.indexOf(tag, end + 1)
  return close === -1 ? text.length : close + tag.length
}

/** A string may go on after a line break, by the rules by which it began. One that is not closed goes to the end. */
export function endOfString(text: string, quote: number, hasEscapes: boolean): number {
  let end = endOfQuoted(text, quote, hasEscapes)
  while (end !== -1) {
    const next = continuation(text, end)
    if (next === -1) return end
    end = endOfQuoted(text, next, hasEscapes)
  }
  return text.length
}

function continuation(text: string, from: number): number {
  let at = from
  let hasLineBreak = false
  for (;;) {
    const code = text.charCodeAt(at)
    if (code === NEWLINE || code === RETURN) hasLineBreak = true
    if (isSpace(code)) at++
    else if (hasLineBreak && code === MINUS && text.charCodeAt(at + 1) === MINUS) at = endOfLine(text, at)
    else return hasLineBreak && code === QUOTE ? at : -1
  }
}

/** From one quote to the next that is alone; -1 where there is none. */
export function endOfQuoted(text: string, open: number, hasEscapes: boolean): number {
  const quote = text.charCodeAt(open)
  for (let end = open + 1; end < text.length; end++) {
    const code = text.charCodeAt(end)
    if (code === BACKSLASH && hasEscapes) end++
    else if (code !== quote) continue
    else if (text.charCodeAt(end + 1) === quote) end++
    else return end + 1
  }
  return -1
}

/** A line comment; the line break stays. */
export function endOfLine(text: string, from: number): number {
  let end = from
  while (end < text.length && text.charCodeAt(end) !== NEWLINE && text.charCodeAt(end) !== RETURN) end++
  return end
}

/** Block comments nest. */
export function endOfComment(text: string, from: number): number {
  let depth = 0
  for (let end = from; end < text.length; end++) {
    const code = text.charCodeAt(end)
    const next = text.charCodeAt(end + 1)
    if (code === SLASH && next === STAR) depth++
    else if (code === STAR && next === SLASH) depth--
    else continue
    end++
    if (depth === 0) return end + 1
  }
  return text.length
}

export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** PostgreSQL takes every character beyond ASCII for a letter. */
export function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128
}
