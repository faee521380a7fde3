/**
 * Tells by how they begin whether names of headers may be those of a trace. Most requests bring none.
 */

const FIRST_LETTER = 0x61

export class Beginnings {
  private readonly beginnings: readonly string[]
  /** Their first letters, a bit each: few names get past these. */
  private readonly initials: number

  /** @param beginnings each begins with a lower-case letter */
  constructor(beginnings: readonly string[]) {
    this.beginnings = [...new Set(beginnings)]
    this.initials = initialsOf(beginnings)
  }

  /** @param name in lower case */
  mean(name: string): boolean {
    if ((this.initials & initialOf(name)) === 0) return false
    for (let i = 0; i < this.beginnings.length; i++) if (name.startsWith(this.beginnings[i] as string)) return true
    return false
  }
}

/** The first letters of all of them, a bit each. */
export function initialsOf(names: readonly string[]): number {
  return names.reduce((bits, name) => bits | initialOf(name), 0)
}

/** What is no letter may share a bit with one. */
export function initialOf(name: string): number {
  return 1 << (name.charCodeAt(0) - FIRST_LETTER)
}
