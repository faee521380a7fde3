/**
 * What may be told of an SQL statement: its text without literals, and a summary such as `SELECT users`.
 *
 * PostgreSQL's lexical forms, read in one pass by hand. A text takes time in proportion to its length, however it is
 * made, and what is not understood is kept or replaced, but never thrown at.
 */
import { truncate } from '../src/instrumentation.js'
import {
  AMPERSAND,
  DOLLAR,
  DOT,
  DOUBLE_QUOTE,
  MINUS,
  PLUS,
  QUOTE,
  SLASH,
  STAR,
  endOfComment,
  endOfDollarQuoted,
  endOfLine,
  endOfNumber,
  endOfParameter,
  endOfQuoted,
  endOfString,
  endOfWord,
  isDigit,
  isLetter,
  isSpace,
} from './sql-lexemes.js'
import { Summary } from './sql-summary.js'

export interface Statement {
  /** The text with `?` in place of literals, and without comments. */
  readonly sanitised: string
  /** Operations and their targets; undefined where the text is not SQL that we know. */
  readonly summary: string | undefined
  /** Statements in the text. */
  readonly count: number
}

/** Characters looked at; what follows is left out. */
const LONGEST = 16_384
/** Longer texts are put together by programs, and seldom come again. */
const LONGEST_CACHED = 4096
const MOST_CACHED = 256

const cache = new Map<string, Statement>()

/** Reads a statement, or remembers having read it. */
export function readStatement(text: string): Statement {
  const known = cache.get(text)
  if (known !== undefined) return known
  const statement = new Lexer(text).read()
  if (text.length > LONGEST_CACHED) return statement
  if (cache.size >= MOST_CACHED) cache.delete(cache.keys().next().value as string)
  cache.set(text, statement)
  return statement
}

/** The literals of a statement as written, delimiters included. */
export function literalsOf(text: string): readonly string[] {
  const literals: string[] = []
  new Lexer(text, literals).read()
  return literals
}

/** Words after which `-1` is a number and not a subtraction. */
const BEFORE_OPERAND = new Set(
  'SELECT DISTINCT ALL WHERE AND OR NOT WHEN THEN ELSE CASE LIMIT OFFSET BETWEEN IN LIKE RETURNING BY ON HAVING SET DEFAULT TO'.split(
    ' ',
  ),
)

class Lexer {
  private readonly text: string
  private readonly literals: string[] | undefined
  private readonly summary = new Summary()
  private at = 0
  private out = ''
  /** Up to here the text has been taken over into `out`. */
  private taken = 0
  /** Of the statement: its first word, and what it is about to hide. */
  private first = ''
  private previous = ''
  private hides: 'nothing' | 'setting' | 'value' | 'data' = 'nothing'
  /** A sign after an operand is an operator. */
  private afterOperand = false

  constructor(text: string, literals?: string[]) {
    this.text = truncate(text, LONGEST)
    this.literals = literals
  }

  read(): Statement {
    const { text, summary } = this
    while (this.at < text.length) this.step(text.charCodeAt(this.at), text.charCodeAt(this.at + 1))
    return { sanitised: trim(this.out + text.slice(this.taken)), ...summary.end() }
  }

  private step(code: number, next: number): void {
    if (isSpace(code)) this.at++
    else if (isLetter(code)) this.word()
    else if (isDigit(code) || (code === DOT && isDigit(next) && !this.isAfterDot()))
      this.replace(this.at, endOfNumber(this.text, this.at))
    else if (code === QUOTE) this.replace(this.at, endOfString(this.text, this.at, false))
    else if (code === DOUBLE_QUOTE) this.quotedName(this.at, this.at)
    else if (code === DOLLAR) this.dollar(next)
    else if (code === MINUS && next === MINUS) this.drop(endOfLine(this.text, this.at))
    else if (code === SLASH && next === STAR) this.drop(endOfComment(this.text, this.at))
    else this.operator(code, next)
  }

  /** `1..9` is a range, without fractions. */
  private isAfterDot(): boolean {
    return this.text.charCodeAt(this.at - 1) === DOT
  }

  private word(): void {
    const { text, at } = this
    const end = endOfWord(this.text, at)
    if (end - at === 1 && this.prefixed(text.charCodeAt(at) | 32, end)) return
    const word = text.slice(at, end)
    const upper = word.toUpperCase()
    if (upper === 'TRUE' || upper === 'FALSE' || (this.hides === 'value' && this.first === 'SET')) {
      this.replace(at, end)
      return
    }
    this.summary.word(upper, word)
    this.note(upper)
    this.at = end
    this.afterOperand = !BEFORE_OPERAND.has(upper)
  }

  /**
   * Two statements hold data that is no literal: a `COPY … FROM STDIN` in a script is followed by it, and a setting of the
   * application's own (`SET app.user TO joe`) may be a bare word.
   */
  private note(upper: string): void {
    if (this.first === '') this.first = upper
    else if (this.first === 'COPY' && upper === 'STDIN' && this.previous === 'FROM') this.hides = 'data'
    else if (upper === 'TO' && this.hides === 'setting') this.hides = 'value'
    this.previous = upper
  }

  private notePunctuation(char: string): void {
    if (char === '.' && this.first === 'SET' && this.hides === 'nothing') this.hides = 'setting'
    else if (char === '=' && this.hides === 'setting') this.hides = 'value'
    else if (char === ';') {
      if (this.hides === 'data' && this.at < this.text.length) this.replace(this.at, this.text.length)
      this.hides = 'nothing'
      this.first = ''
    }
  }

  /** `E'…'`, `B'…'`, `X'…'`, `N'…'`, `U&'…'` and `U&"…"`, whose single letter is no word. */
  private prefixed(letter: number, end: number): boolean {
    const { text, at } = this
    const first = text.charCodeAt(end)
    if (first === QUOTE && 'ebxn'.includes(String.fromCharCode(letter))) {
      this.replace(at, endOfString(this.text, end, letter === 101))
      return true
    }
    if (letter !== 117 || first !== AMPERSAND) return false
    const second = text.charCodeAt(end + 1)
    if (second === QUOTE) this.replace(at, endOfString(this.text, end + 1, false))
    else if (second === DOUBLE_QUOTE) this.quotedName(at, end + 1)
    return second === QUOTE || second === DOUBLE_QUOTE
  }

  /** `"…"` is kept. One that never ends may be anything. */
  private quotedName(start: number, quote: number): void {
    const end = endOfQuoted(this.text, quote, false)
    if (end === -1) {
      this.replace(start, this.text.length)
      return
    }
    this.summary.quoted(this.text.slice(start, end))
    this.at = end
    this.afterOperand = true
  }

  /** `$1` is kept, `$tag$…$tag$` is a string. */
  private dollar(next: number): void {
    if (isDigit(next)) {
      this.at = endOfParameter(this.text, this.at)
      this.afterOperand = true
      return
    }
    const end = endOfDollarQuoted(this.text, this.at)
    if (end === -1) this.operator(DOLLAR, next)
    else this.replace(this.at, end)
  }

  private operator(code: number, next: number): void {
    const isSign = (code === MINUS || code === PLUS) && !this.afterOperand
    if (isSign && (isDigit(next) || (next === DOT && isDigit(this.text.charCodeAt(this.at + 2))))) {
      this.replace(this.at, endOfNumber(this.text, this.at + 1))
      return
    }
    const char = this.text.charAt(this.at++)
    this.summary.punctuation(char)
    this.afterOperand = char === ')' || char === ']'
    this.notePunctuation(char)
  }

  private replace(start: number, end: number): void {
    this.literals?.push(this.text.slice(start, end))
    this.out += `${this.text.slice(this.taken, start)}?`
    this.taken = end
    this.at = end
    this.afterOperand = true
  }

  /** Leaves a comment out. A space keeps apart what it kept apart. */
  private drop(end: number): void {
    const { text, at } = this
    const needsSpace = at > 0 && end < text.length && !isSpace(text.charCodeAt(end))
    this.out += text.slice(this.taken, at) + (needsSpace ? ' ' : '')
    this.taken = end
    this.at = end
  }
}

/** White space to PostgreSQL, which is less than to `trim`. */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}
