/**
 * A short word about what has just been done.
 */
import { signal } from '@preact/signals'
import type { JSX } from 'preact'

/** Long enough to be read, in ms. */
const SHOWN = 3500

const said = signal<{ readonly text: string; readonly isError: boolean } | undefined>(undefined)
let timer: number | undefined

export function say(text: string, isError = false): void {
  said.value = { text, isError }
  window.clearTimeout(timer)
  timer = window.setTimeout(() => (said.value = undefined), SHOWN)
}

export function Toast(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {said.value !== undefined && <div class={`toast${said.value.isError ? ' is-error' : ''}`}>{said.value.text}</div>}
    </div>
  )
}
