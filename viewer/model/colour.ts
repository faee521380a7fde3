/**
 * A service's colour: by its name alone, so that it is the same in every trace, on every machine, at any time.
 */

/** Degrees of hue that red, the colour of failures, leaves free. */
const FIRST_HUE = 45
const LAST_HUE = 345
/** So many hues are told apart. */
const HUES = 20
/** Not the usual start: one by which common names, and those of the demo, fall far apart. */
const START = 0x811ccd74
const FNV_PRIME = 0x01000193

export interface Tone {
  /** Degrees, as in oklch(). */
  readonly hue: number
  /** 0 for the full colour, 1 for a softer one of the same hue. */
  readonly shade: 0 | 1
}

/** FNV-1a, its upper bits mixed into the lower ones that count here. */
function hashOf(name: string): number {
  let hash = START
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), FNV_PRIME)
  }
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

export function toneOf(service: string): Tone {
  const hash = hashOf(service)
  const hue = FIRST_HUE + ((hash % HUES) * (LAST_HUE - FIRST_HUE)) / HUES
  return { hue, shade: (hash >>> 8) % 2 === 0 ? 0 : 1 }
}
