/**
 * Events of requests and responses: who listens to them. Most reach nobody, or nobody but Node, and need no context.
 */
import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'

const { emit: nodesEmit } = EventEmitter.prototype
/** Somebody may have put another one there before us. */
const isNodes = Function.prototype.toString.call(nodesEmit).includes('kErrorMonitor')

/** Node's own listener to the end of a request, once it has been seen. */
let nodesOwn: unknown

/**
 * Whether the application listens, or may.
 *
 * @param listener a function, or several; undefined where nobody listens
 */
export function isApplications(listener: unknown): boolean {
  return listener !== undefined && (listener !== nodesOwn || typeof listener !== 'function')
}

/**
 * @param prototype whose `emit` is about to be wrapped
 * @returns whether to emit an event that nobody listens to does nothing
 */
export function silenceOf(prototype: object): (event: string) => boolean {
  // Somebody else's may do more.
  if (!isNodes || Object.hasOwn(prototype, 'emit')) return () => false
  const above = Object.getPrototypeOf(prototype) as EventEmitter
  return (event) => event !== 'error' && above.emit === nodesEmit
}

/**
 * When a response has finished, Node's listener to that waits for the end of the request, if that is still to come. Where
 * it is the only listener, who waits then and has not waited before is Node.
 *
 * @returns looks once the event has been emitted; undefined where there is nothing to be learnt
 */
export function learnNodesOwn(res: ServerResponse): (() => void) | undefined {
  if (nodesOwn !== undefined || listenerToEnd(res) !== undefined) return undefined
  return () => {
    if (typeof (res as WithEvents)._events?.['finish'] === 'function') nodesOwn = listenerToEnd(res)
  }
}

function listenerToEnd({ req }: ServerResponse): unknown {
  return req === undefined ? undefined : (req as WithEvents)._events?.['end']
}

// ---- the little of events relied upon ----

export interface WithEvents {
  /** By event: a function, or several. */
  readonly _events?: Readonly<Record<string, unknown>>
}
