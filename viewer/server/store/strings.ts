/**
 * Texts that come again and again, such as names, keys and hosts, are kept once.
 */

/** Longer ones seldom come again. */
const LONGEST = 128
/** Texts a generation: what neither of the two latest generations has seen is forgotten. */
const GENERATION = 8192
/** Of a longer text the beginning is kept. */
export const LONGEST_TEXT = 256 * 1024
/** A string's own size, beside its characters. */
const OVERHEAD = 24

export class Strings {
  /** Approximate bytes of the texts that were new since somebody last set it to 0. */
  size = 0
  private young = new Map<string, string>()
  private old = new Map<string, string>()

  /** The same text, though perhaps another copy of it. */
  keep(text: string): string {
    if (text.length > LONGEST) return this.add(text.length > LONGEST_TEXT ? cut(text) : text)
    const known = this.young.get(text)
    if (known !== undefined) return known
    const former = this.old.get(text)
    if (this.young.size >= GENERATION) {
      this.old = this.young
      this.young = new Map()
    }
    const kept = former ?? this.add(text)
    this.young.set(kept, kept)
    return kept
  }

  /** For a text that surely comes once, such as an id. */
  add(text: string): string {
    this.size += OVERHEAD + text.length
    return text
  }
}

function cut(text: string): string {
  return `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)`
}
