/**
 * The active span, carried by one AsyncLocalStorage.
 *
 * Only `run` is used, never `enterWith`: on keep-alive connections of Node 18 to 22 an entered store leaks into the next
 * request.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { SpanContext } from '../tracer/context.js'
import type { Span } from '../tracer/span.js'

/** What is current: one small object, so that more than a span can ride along. */
export interface Scope {
  /** The active span of this process, if there is one. */
  readonly span: Span | undefined
  /**
   * What a span started now continues where that is not the active span as it is: another process's context, a decision
   * alone, or the active span's with other baggage.
   */
  readonly context: SpanContext | undefined
  /** Spans are neither made nor headers written: the exporters' own traffic. */
  readonly suppressed: boolean
  /** Another API's context that rides along (see the bridges). */
  readonly foreign: unknown
}

const storage = new AsyncLocalStorage<Scope>()
/**
 * Runs a function as if the application had not begun: this module is loaded by the preload. What outlives a request,
 * such as a connection to a collector, must not hold on to what the application keeps in its own AsyncLocalStorages.
 */
const beforeTheApplication = AsyncLocalStorage.snapshot()
const SUPPRESSED: Scope = { span: undefined, context: undefined, suppressed: true, foreign: undefined }

/** From now on `enter` is called before each function that runs in a scope of its own, and `leave` after it. */
export function watchRuns(enter: (scope: Scope | undefined) => void, leave: () => void): void {
  const { run } = storage
  storage.run = function runWatched(scope: Scope, ...rest: unknown[]) {
    enter(scope)
    try {
      return (run as (this: unknown, ...args: unknown[]) => never).call(this, scope, ...rest)
    } finally {
      leave()
    }
  }
}

/** The current scope, or undefined outside of any. */
export function activeScope(): Scope | undefined {
  return storage.getStore()
}

/** The active span, or undefined. */
export function activeSpan(): Span | undefined {
  return storage.getStore()?.span
}

/** The context that a span started now would continue. */
export function activeContext(): SpanContext | undefined {
  return contextIn(storage.getStore())
}

/** The context that a span started in `scope` would continue. */
export function contextIn(scope: Scope | undefined): SpanContext | undefined {
  return scope?.context ?? scope?.span?.context()
}

/** Calls `fn` with `span` active, in whatever `fn` starts too. Returns what `fn` returns. */
export function withSpan<Result>(span: Span, fn: () => Result): Result {
  return storage.run(scopeOf(span), fn)
}

/**
 * As {@link withSpan}, for a call that is passed on as it came. A closure over `arguments` costs every call of the function
 * that it stands in.
 */
export function applyWithSpan<Self, Result>(
  span: Span,
  fn: (this: Self, ...args: never[]) => Result,
  self: Self,
  args: ArrayLike<unknown>,
): Result {
  // A new one, so it cannot be current already.
  return storage.run(scopeOf(span), Reflect.apply as never, fn, self, args) as Result
}

function scopeOf(span: Span): Scope {
  return { span, context: undefined, suppressed: false, foreign: storage.getStore()?.foreign }
}

/** Calls `fn` in `scope`, undefined meaning outside of any. */
export function withScope<Result>(scope: Scope | undefined, fn: () => Result): Result {
  // AsyncLocalStorage has no run without a store that is not experimental; an undefined store is just that.
  return storage.run(scope as Scope, fn)
}

/** As {@link withScope}, for a call that is passed on as it came. */
export function applyWithScope<Self, Result>(
  scope: Scope | undefined,
  fn: (this: Self, ...args: never[]) => Result,
  self: Self,
  args: ArrayLike<unknown>,
): Result {
  return runIn(scope as Scope, fn, self, args) as Result
}

/** Calls `fn` with tracing switched off and outside of any context of the application's. */
export function withoutTracing<Result>(fn: () => Result): Result {
  return beforeTheApplication(() => storage.run(SUPPRESSED, fn))
}

/** Calls `fn` outside of any context, of the application's own too: what `fn` starts holds on to nothing of the caller's. */
export function outsideOfAll<Self, Result>(
  fn: (this: Self, ...args: never[]) => Result,
  self: Self,
  args: ArrayLike<unknown>,
): Result {
  return beforeTheApplication(Reflect.apply as never, fn, self, args) as Result
}

/** Calls `fn` with tracing switched off, in whatever it starts too; the application's own context stays what it is. */
export function withoutSpans<Result>(fn: () => Result): Result {
  return storage.run(SUPPRESSED, fn)
}

/** As {@link withoutSpans}, for a call that is passed on as it came. */
export function applyWithoutSpans<Self, Result>(
  fn: (this: Self, ...args: never[]) => Result,
  self: Self,
  args: ArrayLike<unknown>,
): Result {
  return runIn(SUPPRESSED, fn, self, args) as Result
}

/**
 * Ties `fn` to the current scope, for callbacks that a queue or an emitter will call from elsewhere. The application's
 * own AsyncLocalStorage stays what it is at the call.
 */
export function bind<Fn extends (this: never, ...args: never[]) => unknown>(fn: Fn): Fn {
  const scope = storage.getStore() as Scope
  const make = BINDERS[fn.length]
  if (make !== undefined) return make(fn, scope) as unknown as Fn
  const bound = (BINDERS[0] as Binder)(fn, scope)
  return Object.defineProperty(bound, 'length', { value: fn.length, configurable: true }) as unknown as Fn
}

type Bindable = (this: never, ...args: never[]) => unknown
type Binder = (fn: Bindable, scope: Scope) => (this: unknown, ...args: never[]) => unknown

/** By number of parameters: a literal that has them takes a fraction of what it takes to redefine `length`. */
const BINDERS: readonly Binder[] = [
  (fn, scope) =>
    function () {
      return runIn(scope, fn, this, arguments)
    },
  (fn, scope) =>
    function (_1) {
      return runIn(scope, fn, this, arguments)
    },
  (fn, scope) =>
    function (_1, _2) {
      return runIn(scope, fn, this, arguments)
    },
  (fn, scope) =>
    function (_1, _2, _3) {
      return runIn(scope, fn, this, arguments)
    },
]

function runIn(scope: Scope, fn: Bindable, self: unknown, args: ArrayLike<unknown>): unknown {
  // What is called back by a tick or a promise is where it was before: to run it there once more takes a map.
  if (storage.getStore() === scope) return Reflect.apply(fn, self, args as never)
  return storage.run(scope, Reflect.apply, fn, self, args)
}
