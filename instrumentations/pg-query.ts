/**
 * Queries on their way: when each is over, and in whose scope its events run.
 *
 * `pg` tells every query of its end by calling `handleReadyForQuery` or `handleError` on it, be it a `Query`, a cursor, a
 * stream or a COPY, answered, refused, timed out or cut off. These methods are wrapped once a class, and the span hangs on
 * the query by a stamp. No callback, promise or listener has to be touched.
 */
import { applyWithScope, describe, fail, Returns, type Kit, type Scope, type Span } from '../src/instrumentation.js'
import { describeFailure, redactMessage, type QueryFacts } from './pg-describe.js'

/** A query that has been handed to a client. */
export interface Running {
  readonly span: Span
  /** The caller's, in which the query's callbacks and events are to run. */
  readonly scope: Scope | undefined
  /** Its callback is a pool's, for a promise: whoever awaits that is in a scope of their own. */
  readonly isPooled: boolean
}

/** What a client needs of a query. */
export interface Submittable extends QueryFacts {
  submit(connection: unknown): unknown
  callback?: unknown
}

interface Handlers extends QueryFacts {
  /** A row could not be parsed: the query fails with this when the server is done. */
  readonly _canceledDueToError?: unknown
  listenerCount?(event: string): number
}
type Handler = (this: Handlers, ...args: unknown[]) => unknown
type Wrap = (handler: Handler) => Handler

/** Hangs the span on the query. A stamp written out. */
export class running extends Returns {
  #value: Running | undefined

  static get(query: object): Running | undefined {
    return #value in query ? query.#value : undefined
  }

  static set(query: object, value: Running): void {
    // As in serving.ts.
    try {
      new running(query).#value = value
    } catch {
      ;(query as running).#value = value
    }
  }

  /** @returns what there was */
  static take(query: object): Running | undefined {
    if (!(#value in query)) return undefined
    const value = query.#value
    query.#value = undefined
    return value
  }
}

export class QueryWatch {
  private readonly kit: Kit
  private readonly wraps: Readonly<Record<string, Wrap>>
  private readonly wrappers = new WeakSet<Handler>()

  constructor(kit: Kit) {
    this.kit = kit
    this.wraps = {
      handleError: (handler) => ending(handler, (query, args) => this.finish(query, args[0])),
      handleReadyForQuery: (handler) => ending(handler, (query) => this.finish(query, undefined)),
      handleDataRow: inScope((query) => query.listenerCount?.('row') !== 0),
      handlePortalSuspended: inScope(),
      handleCopyData: inScope(),
    }
  }

  /**
   * Wraps the handlers of a class of queries.
   *
   * @throws MissingSeam where one of the two that tell of the end is missing
   */
  patch(prototype: object): void {
    for (const name of ['handleError', 'handleReadyForQuery', 'handleDataRow']) this.wrapIn(prototype, name)
  }

  /**
   * Sees to it that the handlers of a query of any class are wrapped.
   *
   * @returns whether its end will be seen
   */
  watch(query: Submittable): boolean {
    for (const name in this.wraps) {
      const owner = ownerOf(query, name)
      if (owner === undefined || this.wrappers.has(handlerOf(owner, name))) continue
      if (owner === query) this.wrapOwn(query, name)
      else this.wrapIn(owner, name)
    }
    const { handleError, handleReadyForQuery } = query as unknown as Record<string, Handler>
    return [handleError, handleReadyForQuery].every((handler) => handler && this.wrappers.has(handler))
  }

  /** The query is over. An error of its own comes before what `pg` says. */
  finish(query: Handlers, error: unknown): void {
    const current = running.take(query)
    if (current === undefined) return
    const cause = query._canceledDueToError || error
    if (cause != null) failQuery(current.span, cause, query, this.kit)
    current.span.finish()
  }

  private wrapIn(prototype: object, name: string): void {
    this.kit.wrap(prototype, name, (handler: Handler) => this.wrapper(name, handler))
  }

  /** A stream has handlers of its own, tied to its cursor. */
  private wrapOwn(query: object, name: string): void {
    Object.defineProperty(query, name, { value: this.wrapper(name, handlerOf(query, name)) })
  }

  private wrapper(name: string, handler: Handler): Handler {
    const wrapper = (this.wraps[name] as Wrap)(handler)
    this.wrappers.add(wrapper)
    return wrapper
  }
}

/** Marks a query's span as failed, by an error that is told without data. */
export function failQuery(span: Span, error: unknown, query: string | QueryFacts, { options }: Kit): void {
  describe(span, describeFailure, error)
  const shown = options.statements === 'expose_literals'
  fail(span, error, shown ? undefined : (message) => redactMessage(message, error, query))
}

function ending(handler: Handler, finish: (query: Handlers, args: IArguments) => void): Handler {
  return function handleEndTraced() {
    const current = running.get(this)
    if (current === undefined) return handler.apply(this, arguments as never)
    finish(this, arguments)
    if (current.isPooled) return handler.apply(this, arguments as never)
    return applyWithScope(current.scope, handler, this, arguments)
  }
}

/** @param isHeard whether anybody would notice */
function inScope(isHeard?: (query: Handlers) => boolean): Wrap {
  return (handler) =>
    function handleTraced() {
      const current = running.get(this)
      if (current === undefined || isHeard?.(this) === false) return handler.apply(this, arguments as never)
      return applyWithScope(current.scope, handler, this, arguments)
    }
}

/** The object that has the method, if it can be replaced there. */
function ownerOf(query: object, name: string): object | undefined {
  for (let owner: object | null = query; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    const found = Object.getOwnPropertyDescriptor(owner, name)
    if (found === undefined) continue
    return typeof found.value === 'function' && found.configurable === true && found.writable === true
      ? owner
      : undefined
  }
  return undefined
}

function handlerOf(owner: object, name: string): Handler {
  return (owner as Record<string, Handler>)[name] as Handler
}
