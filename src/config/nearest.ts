/**
 * What somebody may have meant.
 */

/** How many slips make another name. */
const MOST_SLIPS = 3

/**
 * The known name with the fewest differences, if they are few.
 *
 * @param most how many those may be
 */
export function nearest(name: string, known: readonly string[], most = MOST_SLIPS): string | undefined {
  let best: string | undefined
  let fewest = most + 1
  for (const candidate of known) {
    const slips = distance(name, candidate, most)
    if (slips < fewest) [best, fewest] = [candidate, slips]
  }
  return best
}

/** Levenshtein's distance, one row at a time; more than `most` is as good as any. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
