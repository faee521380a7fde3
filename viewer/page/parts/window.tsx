/**
 * How far back a view looks.
 */
import type { JSX } from 'preact'
import { param, set } from '../state/address.js'
import type { Window } from '../state/ask.js'

const MINUTE = 60_000
const RANGES = [
  ['', 'All', undefined],
  ['5m', '5 min', 5 * MINUTE],
  ['15m', '15 min', 15 * MINUTE],
  ['1h', '1 hour', 60 * MINUTE],
] as const

/** What to ask the server; the time is that of the question. */
export function currentWindow(): Window {
  const [, , length] = RANGES.find(([name]) => name === param('last')) ?? RANGES[0]
  return {
    ...(param('service') !== '' && { service: param('service') }),
    ...(length !== undefined && { from: Date.now() - length }),
  }
}

export function WindowChoice(): JSX.Element {
  return (
    <div class="segments" role="radiogroup" aria-label="How far back">
      {RANGES.map(([name, label]) => (
        <label key={name} class={param('last') === name ? 'is-on' : ''}>
          <input type="radio" name="last" checked={param('last') === name} onChange={() => set({ last: name })} />
          {label}
        </label>
      ))}
    </div>
  )
}
