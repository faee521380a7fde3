/**
 * Gives a wrapper the outside of what it wraps.
 */
export type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

/** Gives `wrapper` the outside of `original`: length, name, prototype and whatever else hangs on it. */
export function disguise<Wrapper extends object>(wrapper: Wrapper, original: object): Wrapper {
  for (const key of Reflect.ownKeys(original)) {
    // What the wrapper says for itself it has a reason to.
    if (key === 'arguments' || key === 'caller' || (typeof key === 'symbol' && Object.hasOwn(wrapper, key))) continue
    Object.defineProperty(wrapper, key, Object.getOwnPropertyDescriptor(original, key) as PropertyDescriptor)
  }
  return wrapper
}

/**
 * Replaces a function of Node's own.
 *
 * @returns puts the original back, unless somebody else has put something over it
 */
export function replace<Fn extends object>(owner: object, name: string, make: (original: Fn) => Fn): () => void {
  const members = owner as Record<string, unknown>
  const original = members[name] as Fn
  const replacement = disguise(make(original), original)
  members[name] = replacement
  return () => {
    if (members[name] === replacement) members[name] = original
  }
}
