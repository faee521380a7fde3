/**
 * For what encoders say again and again: keys, names, addresses.
 */

/** Applications may make up names without end. */
const MOST = 1000
/** Characters of a text that is worth its place. */
const LONGEST = 256

/** As `make`, but what it made of a value is kept, for as long as there are not too many. */
export function remembering<Value, Made>(make: (value: Value) => Made): (value: Value) => Made {
  const known = new Map<Value, Made>()
  return (value) => {
    const kept = known.get(value)
    if (kept !== undefined) return kept
    const made = make(value)
    if (known.size === MOST) known.clear()
    if (typeof value !== 'string' || value.length <= LONGEST) known.set(value, made)
    return made
  }
}
