/**
 * Where the instrumentation of a server and that of a framework meet.
 */
import { Returns } from './stamp.js'
import type { Span } from './tracer/span.js'

/**
 * A request being served. One object for all that the two have to tell each other, since every further stamp on a response
 * makes the others slower.
 */
export class Serving {
  /** The server's. */
  readonly span: Span
  /** The pattern that a framework has found, such as `/users/:id`; read when the response is over. */
  route: string | undefined = undefined
  /** What a framework has to end with the response: called before the server's span ends. */
  ending: Ending | undefined = undefined

  constructor(span: Span) {
    this.span = span
  }
}

/**
 * Hung on a request and on its response. Without it a framework need not trace: nobody would tell it when the response is
 * over.
 */
export class servingOf extends Returns {
  #value: Serving | undefined

  static get(target: object): Serving | undefined {
    return #value in target ? target.#value : undefined
  }

  /** @param target one that has none so far, as a rule */
  static put(target: object, value: Serving): void {
    servingOf.claim(target)
    servingOf.set(target, value)
  }

  /** @param target one that has been claimed */
  static set(target: object, value: Serving): void {
    ;(target as servingOf).#value = value
  }

  /**
   * Makes room for one, to be set later.
   *
   * @returns false where there is one already. That is found out by trying: V8 takes several times as long to say of an
   *   object that it has no private field.
   */
  static claim(target: object): boolean {
    try {
      return new servingOf(target) === target
    } catch {
      return servingOf.get(target) === undefined
    }
  }
}

export interface Ending {
  end(): void
}
