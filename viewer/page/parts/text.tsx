/**
 * Text of others: shown as text, whatever is in it, and no more of it than a page can bear.
 */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { escape } from '../../../src/export/tree-text.js'

/** Names longer than that are cut by us, not by the layout that would measure them. */
const LONGEST_NAME = 300
const FIRST_PART = 2000
const NEXT_PART = 50_000
/** Line breaks and tabs stay; everything else that would move, hide or reorder text is shown as an escape. */
const BREAKS = /([\n\t])/

/** On one line. */
export function oneLine(text: string, most = LONGEST_NAME): string {
  return escape(text.length > most ? `${text.slice(0, most)}…` : text)
}

function manyLines(text: string): string {
  return text
    .split(BREAKS)
    .map((part) => (BREAKS.test(part) ? part : escape(part)))
    .join('')
}

/** A value in full, in parts where it is long. */
export function Value({ text }: { readonly text: string }): JSX.Element {
  const [shown, setShown] = useState(FIRST_PART)
  const left = text.length - shown
  return (
    <>
      {manyLines(text.slice(0, shown))}
      {left > 0 && (
        <button type="button" class="link more" onClick={() => setShown(shown + NEXT_PART)}>
          … {left.toLocaleString('en')} more characters
        </button>
      )}
    </>
  )
}
