/**
 * The public API, for applications that want to add spans of their own. None of it is needed to be traced.
 *
 * ```js
 * const { tracer } = require('pretrace')
 * const span = tracer.startSpan('price') // a child of the active span
 * ```
 *
 * Without the preload everything here works and does nothing.
 */
import * as opentracing from 'opentracing'
import { preloaded } from './running.js'
import type { Span } from './tracer/span.js'

const running = preloaded()

/** The OpenTracing tracer of this process; a no-op where the preload was not loaded. */
export const tracer: opentracing.Tracer =
  (running?.core().tracer as unknown as opentracing.Tracer | undefined) ?? new opentracing.Tracer()

/** The span in whose course the caller runs, if any. */
export function activeSpan(): opentracing.Span | undefined {
  return running?.scope.activeSpan() as unknown as opentracing.Span | undefined
}

/** Calls `fn` with `span` active, in whatever it starts too. */
export function withSpan<Result>(span: opentracing.Span, fn: () => Result): Result {
  return running === undefined ? fn() : running.scope.withSpan(span as unknown as Span, fn)
}

/** Ties a callback to the span that is active now, for queues that call it from elsewhere. */
export function bind<Fn extends (this: never, ...args: never[]) => unknown>(fn: Fn): Fn {
  return running === undefined ? fn : running.scope.bind(fn)
}

/** Resolves when all spans finished so far have been sent, or given up. Never rejects. */
export async function flush(): Promise<void> {
  await running?.core().flush()
}
