/**
 * Traces chosen for a comparison, at most two, the first one first.
 */
import { signal } from '@preact/signals'

export const chosen = signal<readonly string[]>([])

/** Adds a trace, or takes it away again. */
export function choose(id: string): void {
  const rest = chosen.value.filter((other) => other !== id)
  chosen.value = rest.length < chosen.value.length ? rest : [...rest, id].slice(-2)
}
