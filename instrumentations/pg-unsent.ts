/**
 * Queries of `pg` that never reach a server, and that nobody calls back through the query itself.
 */
import type { Kit } from '../src/instrumentation.js'
import type { QueryWatch, Submittable } from './pg-query.js'

/** A client as far as its queue is concerned. */
export interface QueueOwner {
  readonly _queryQueue?: readonly object[]
  /** Up to 8.16; later ones warn about it. */
  readonly queryQueue?: readonly object[]
  readonly _ending?: boolean
  readonly _queryable?: boolean
}

interface Canceller extends QueueOwner {
  cancel(this: Canceller, ...args: unknown[]): unknown
}

const LOST = withoutStack('Client has encountered a connection error and is not queryable')
const CLOSED = withoutStack('Client was closed and is not queryable')
const CANCELLED = withoutStack('the query was cancelled before it was sent')
/** For want of a better reason: what `query` throws is the caller's, who gets it untouched. */
export const NOT_TAKEN = withoutStack('the client does not take this query')

/** What `pg` will say in the next tick, to a query of its own that nobody can get hold of. */
export function reasonNotSent({ _queryable, _ending }: QueueOwner): Error {
  return _queryable === false ? LOST : _ending === true ? CLOSED : NOT_TAKEN
}

/** The queries that wait. */
export function queueOf(client: QueueOwner | undefined): readonly object[] | undefined {
  return client?._queryQueue ?? client?.queryQueue
}

/** A query that is taken out of a queue is never heard of again. */
export function patchCancel(prototype: object, watch: QueryWatch, kit: Kit): void {
  kit.wrap(prototype, 'cancel', (cancel: Canceller['cancel']) => {
    return function cancelTraced(...args) {
      const query = args.at(-1) as Submittable
      // A client cancels for another one; the native client does it for itself.
      const waiting = queueOf(args.length > 1 ? (args[0] as QueueOwner) : this)
      const wasWaiting = waiting?.includes(query) === true
      const result = cancel.apply(this, args)
      if (wasWaiting && !waiting.includes(query)) watch.finish(query, CANCELLED)
      return result
    }
  })
}

function withoutStack(message: string): Error {
  return Object.assign(new Error(message), { stack: undefined })
}
