/**
 * Hangs something on a foreign object so that nobody sees it: no property, no listener, nothing in `util.inspect`.
 *
 * A private field put on by a constructor that returns the object itself. Unlike a WeakMap it costs the garbage collector
 * nothing, and reading it is one property access.
 */
export class Returns {
  constructor(target: object) {
    return target
  }
}

/**
 * Makes a kind of stamp. Each kind has a private field of its own.
 *
 * V8 remembers by place in the code which objects and fields it has met there, and for all stamps made here it is one place.
 * Those that every request looks at, such as `servingOf`, are therefore classes of their own, written out.
 */
export function Stamp<Value>(): {
  get(target: object): Value | undefined
  set(target: object, value: Value): void
} {
  class Stamped extends Returns {
    #value: Value | undefined
    static set(target: object, value: Value): void {
      const stamped = #value in target ? target : new Stamped(target)
      stamped.#value = value
    }
    static get(target: object): Value | undefined {
      return #value in target ? target.#value : undefined
    }
  }
  return Stamped
}
