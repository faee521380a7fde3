/**
 * Traces chosen for a comparison, at most two, the first one first.
 */
import { computed } from '@preact/signals'
import { param, set } from './address.js'

export const chosen = computed<readonly string[]>(() => param('chosen').split('.').filter(Boolean))

/** Adds a trace, or takes it away again. */
export function choose(id: string): void {
  const rest = chosen.value.filter((other) => other !== id)
  set({ chosen: (rest.length < chosen.value.length ? rest : [...rest, id].slice(-2)).join('.') })
}

export function chooseNone(): void {
  set({ chosen: undefined })
}
