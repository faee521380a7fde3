/**
 * Finds out which spans hold the event loop up, where that is asked for: a callback that runs for too long without
 * returning is logged on the span for which it has done most of its work.
 *
 * The runtime's own delays (export/runtime.ts) tell when the loop was late, not for whose sake. To know that, each callback
 * has to be timed, and each function that is given a scope of its own within one. Loaded only then.
 */
import { createHook, executionAsyncResource } from 'node:async_hooks'
import { isPromise } from 'node:util/types'
import { glimpse } from './instrumentation.js'
import { activeSpan, watchRuns } from './scope/scope.js'
import { monotonicNow } from './tracer/clock.js'
import type { LocalTrace } from './tracer/local-trace.js'
import type { Span } from './tracer/span.js'

/** What runs now: a callback, or within it a function in a scope of its own. */
class Stretch {
  /** The asynchronous id of a callback; 0 for a function. */
  readonly id: number
  readonly span: Span | undefined
  readonly trace: LocalTrace | undefined
  readonly start = monotonicNow()
  /** Ms in stretches within this one. */
  inner = 0
  /** Of these, the ms in those of other local traces, and in what those held. */
  foreign = 0
  /** The span that most of the work was done for, and the ms of it. */
  heaviest: Span | undefined = undefined
  weight = 0

  constructor(id: number, span: Span | undefined) {
    this.id = id
    this.span = span
    this.trace = span?.context().local
  }
}

/** @param limit ms that a callback may run for */
export function watchCallbacks(limit: number): void {
  const stretches: Stretch[] = []
  const enter = (id: number, span: Span | undefined): void => void stretches.push(new Stretch(id, span))
  const leave = (id: number): void => {
    // The end of a callback that has thrown may never have been told; that of one around it is.
    for (let left = stretches.pop(); left !== undefined; left = stretches.pop()) {
      if (left.id !== id) continue
      const took = settle(left, stretches.at(-1))
      if (took > limit && left.heaviest !== undefined) tell(left.heaviest, took)
      break
    }
  }
  createHook({ before: (id) => enter(id, activeSpan()), after: leave }).enable()
  watchRuns(
    (scope) => enter(0, scope?.span),
    () => leave(0),
  )
}

/** Counts a stretch that is over to the one around it. Returns the ms that it held the loop for a trace of its own. */
function settle(stretch: Stretch, around: Stretch | undefined): number {
  const took = monotonicNow() - stretch.start
  weigh(stretch, stretch.span, took - stretch.inner)
  if (around !== undefined) {
    around.inner += took
    if (around.trace === stretch.trace) {
      around.foreign += stretch.foreign
      weigh(around, stretch.heaviest, stretch.weight)
      return 0
    }
    around.foreign += took
  }
  return took - stretch.foreign
}

function weigh(stretch: Stretch, span: Span | undefined, weight: number): void {
  if (weight < stretch.weight) return
  stretch.heaviest = span
  stretch.weight = weight
}

/** A span that is over already has its entry point tell. */
function tell(span: Span, took: number): void {
  const teller = span.record === undefined ? span.context().local?.root : span
  if (teller?.record === undefined) return
  const { kind, name } = glimpse(describeCallback, executionAsyncResource()) ?? {}
  teller.log({ event: 'slow callback', duration_ms: Math.round(took * 1000) / 1000, callback: kind, function: name })
}

/** Node's name for what it has called, and that of the application's function as far as it is still there. */
function describeCallback(resource: Resource): { readonly kind?: string; readonly name?: string } {
  if (isPromise(resource)) return { kind: 'Promise' }
  const { name } = resource._onTimeout ?? resource.callback ?? {}
  const kind = resource.callback === undefined ? resource.constructor.name : 'TickObject'
  // The main script is nobody's callback.
  return kind === 'Object' ? {} : { kind, ...(typeof name === 'string' && name !== '' && { name }) }
}

/** What Node keeps of a callback, where it is a timer's or one of `process.nextTick`. */
interface Resource {
  readonly _onTimeout?: { readonly name?: unknown } | null
  readonly callback?: { readonly name?: unknown }
}
