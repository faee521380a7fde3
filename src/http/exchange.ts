/**
 * One HTTP request and its answer, which keep no process alive. Not by Node's `http`: what the tracer's own requests teach V8
 * about the code that clients share with servers makes every request that the application answers dearer (see RATIONALE.md).
 */
import { connectionError } from '../log.js'
import { readAnswer, type Answer, type Read } from './answer.js'
import { closedTooEarly, connectionFor, type Connection, type User } from './connection.js'
import { lastWordOn, type LastWord } from './last-word.js'
import { requestHead } from './request-head.js'
import { routeOf, type Address } from './route.js'

export interface Request extends Address {
  readonly method: 'GET' | 'POST'
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  /** Bytes of an answer's body; of a longer one no more is read. */
  readonly longest: number
}

/** A request under way. */
export interface Exchange {
  /** For the end of the process: all of it has been handed to the operating system, and the other side may have read it. */
  isWritten(): boolean
  /** For the end of the process, when it is written: what has been answered by now. Asks the operating system. */
  lastWord(): LastWord
  /** Whatever comes of it, comes no more. */
  destroy(): void
}

/** Exactly one of the two is called, once, and never before {@link exchange} has returned. */
export interface Ends {
  answered(answer: Answer): void
  /** @param wasStale the connection was an old one, which the other side may have closed in the same moment */
  failed(why: string, wasStale: boolean): void
}

const NOTHING = Buffer.alloc(0)

/** Sends a request, once. */
export function exchange(request: Request, ends: Ends): Exchange {
  try {
    return new UnderWay(request, ends)
  } catch (error) {
    return refused(error as Error, ends)
  }
}

/** A request that cannot even be begun. */
function refused(error: Error, ends: Ends): Exchange {
  const told = setImmediate(() => ends.failed(connectionError(error), false))
  return { isWritten: () => false, lastWord: () => 'unseen', destroy: () => clearImmediate(told) }
}

class UnderWay implements Exchange, User {
  private readonly connection: Connection
  private readonly ends: Ends
  private readonly longest: number
  /** What there is of the answer. */
  private bytes: Buffer = NOTHING
  private word: (() => LastWord) | undefined

  constructor(request: Request, ends: Ends) {
    const { method, body = NOTHING, longest } = request
    const { name, open, target, headers } = routeOf(request)
    const head = requestHead(method, target, {
      ...headers,
      ...(method === 'POST' && { 'content-length': String(body.length) }),
      connection: 'keep-alive',
    })
    this.ends = ends
    this.longest = longest
    this.connection = connectionFor(name, open)
    this.connection.send(head, body, this)
  }

  isWritten(): boolean {
    return this.connection.isWritten && !this.isStale
  }

  /** The other side has closed an old connection, in all likelihood before the message came. */
  private get isStale(): boolean {
    return this.connection.isOld && this.bytes.length === 0 && this.lastWord() === 'closed'
  }

  lastWord(): LastWord {
    this.word ??= lastWordOn(this.connection.socket, this.bytes)
    return this.word()
  }

  destroy(): void {
    this.connection.destroy()
  }

  received(bytes: Buffer): void {
    this.bytes = this.bytes.length === 0 ? bytes : Buffer.concat([this.bytes, bytes])
    this.read(false)
  }

  ended(): void {
    this.read(true)
  }

  failed(error: Error): void {
    this.ends.failed(connectionError(error), this.connection.isOld && this.bytes.length === 0)
  }

  private read(isEnd: boolean): void {
    let found: Read | undefined
    try {
      found = readAnswer(this.bytes, isEnd, this.longest)
      if (found === undefined && isEnd) throw closedTooEarly()
    } catch (error) {
      this.connection.destroy()
      return this.failed(error as Error)
    }
    if (found === undefined) return
    this.connection.giveBack(found.idle)
    this.ends.answered(found.answer)
  }
}
