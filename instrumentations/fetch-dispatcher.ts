/**
 * Brings each dispatch of the `undici` package into the scope of whoever asked for it.
 *
 * A pool whose connections are all busy dispatches when one is free, redirect and retry when an answer is there: all in
 * another request's scope, and that is where `undici:request:create` would then be published.
 */
import { activeScope, Stamp, withScope, type Kit, type Scope } from '../src/instrumentation.js'

/** Where a handler was dispatched first: its caller's scope, and with which options. */
interface Origin {
  readonly scope: Scope | undefined
  readonly options: unknown
}

const originOf = Stamp<Origin>()

export function patchDispatcher(DispatcherBase: { readonly prototype: Dispatcher }, kit: Kit): void {
  kit.wrap(DispatcherBase.prototype, 'dispatch', (dispatch: Dispatcher['dispatch']) => {
    return function dispatchTraced(this: unknown, options, handler) {
      if (typeof handler !== 'object' || handler === null) return dispatch.call(this, options, handler)
      const scope = activeScope()
      const origin = originOf.get(handler)
      if (origin === undefined || !isAgain(origin, options, handler)) originOf.set(handler, { scope, options })
      else if (origin.scope !== scope) return withScope(origin.scope, () => dispatch.call(this, options, handler))
      return dispatch.call(this, options, handler)
    }
  })
}

/** Whether undici dispatches once more what it has already, rather than the application a handler that it shares. */
function isAgain(origin: Origin, options: unknown, handler: Handler): boolean {
  return origin.options === options || handler.opts === options
}

// ---- the little of undici relied upon ----

interface Dispatcher {
  dispatch(this: unknown, options: unknown, handler: unknown): boolean
}

interface Handler {
  /** Redirect's and retry's handlers dispatch themselves again with these. */
  readonly opts?: unknown
}
