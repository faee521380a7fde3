/**
 * Coloured text whose width is known before it is coloured.
 */
import { cut, widthOf } from './tree-text.js'

type Style = 'red' | 'bold' | 'dim' | 'cyan' | 'green'
const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  cyan: [36, 39],
}

/** Text of one style. */
export interface Piece {
  readonly style?: Style
  readonly text: string
}

/** Gives text a style, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string

export function plain(_style: Style, text: string): string {
  return text
}

export function painted(style: Style, text: string): string {
  const [on, off] = CODES[style]
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`
}

/** Pieces one after the other, cut where `width` ends. */
export function fit(pieces: readonly Piece[], width: number, paint: Paint): string {
  let left = width
  let line = ''
  for (const { style, text } of pieces) {
    const shown = left === Infinity ? text : cut(text, left)
    left -= widthOf(shown)
    line += style === undefined ? shown : paint(style, shown)
  }
  return line.trimEnd()
}

/** The width of pieces one after the other. */
export function columnsOf(pieces: readonly Piece[]): number {
  return pieces.reduce((columns, { text }) => columns + widthOf(text), 0)
}

/** Fills names up to `columns` and, if they may not be longer, cuts the last of them that is too long. */
export function padded(names: readonly Piece[], columns: number, mayCut: boolean): Piece[] {
  let left = columns
  const pieces = names.map((piece) => {
    const text = mayCut ? cut(piece.text, left) : piece.text
    left -= widthOf(text)
    return { ...piece, text }
  })
  return [...pieces, { text: ' '.repeat(Math.max(0, left)) }]
}
