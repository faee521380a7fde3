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

  static set(target: object, value: Serving): void {
    const stamped = #value in target ? target : new servingOf(target)
    stamped.#value = value
  }
}

export interface Ending {
  end(): void
}
