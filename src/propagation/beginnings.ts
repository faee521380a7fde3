/**
 * Tells by how they begin whether names of headers may be those of a trace. Most requests bring none.
 */

export class Beginnings {
  private readonly beginnings: readonly string[]
  /** Few names get past these. */
  private readonly initials: number

  /** @param beginnings two characters each, or more, in lower case */
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

/** The first two characters of all of them, a bit each pair. */
export function initialsOf(names: readonly string[]): number {
  return names.reduce((bits, name) => bits | initialOf(name), 0)
}

/** Several pairs share a bit: whose bit is not there is none of the names. Letters count in either case. */
export function initialOf(name: string): number {
  return 1 << (name.charCodeAt(0) * 12 + name.charCodeAt(1))
}
