/**
 * Express 4.0 to 4.5, where routers and routes call `layer.handle` themselves and no method stands between: what they are
 * about to call is replaced while Express alone runs, from one function of the application to the next, and put back
 * before any of these runs. So the application never sees but what it has put there.
 */
import { Stamp, type Kit } from '../src/instrumentation.js'

/** A function of the application that is replaced at this moment. */
interface Loan {
  readonly holder: Holder
  readonly key: Key
  readonly original: Handle
}

const loans: Loan[] = []

function giveBack(): void {
  for (let loan = loans.pop(); loan !== undefined; loan = loans.pop()) loan.holder[loan.key] = loan.original
}

/** @param goOn calls Express */
function whileLent<Result>(lend: () => void, goOn: () => Result): Result {
  giveBack()
  lend()
  try {
    return goOn()
  } finally {
    giveBack()
  }
}

/**
 * @param layer by which the function is known, with it in `handle`
 * @param nextOf the `next` that it gets
 */
function lend(holder: Holder, key: Key, layer: Called, methods: Methods, nextOf: (next: Next) => Next): void {
  const original = holder[key] as Handle
  if (original.length > 4) return
  loans.push({ holder, key, original })
  // Routers go by the number of arguments.
  holder[key] =
    original.length === 4
      ? function handleErrorLent(error: unknown, req: unknown, res: unknown, next: unknown) {
          giveBack()
          return methods.handle_error.call(layer, error, req, res, nextOf(next as Next))
        }
      : function handleRequestLent(req: unknown, res: unknown, next: unknown) {
          giveBack()
          return methods.handle_request.call(layer, req, res, nextOf(next as Next))
        }
}

// ---- routers ----

/** @param patchMethods wraps the two methods that layers have from 4.6 on */
export function patchEarlyRouter(prototype: object, patchMethods: (prototype: object) => void, kit: Kit): void {
  const methods = newMethods()
  patchMethods(methods)
  kit.wrap(prototype, 'handle', (handle: Method) => {
    return function handleLent(...args) {
      const done = args[2]
      if (typeof done === 'function') args[2] = givingBack(done as Next)
      return handle.apply(this, args)
    }
  })
  // Whatever matches comes here before it is called; the application may look at its parameters first.
  kit.wrap(prototype, 'process_params', (process: Method) => {
    return function processParamsLent(...args) {
      const layer = args[0] as Called
      const done = args.pop() as Next
      const doneLent: Next = function (error) {
        const toLend = (): void => (error ? undefined : lend(layer, 'handle', layer, methods, asItIs))
        return whileLent(toLend, () => Reflect.apply(done, this, arguments) as unknown)
      }
      giveBack()
      return process.call(this, ...args, doneLent)
    }
  })
}

/** The router is left: others go on. */
function givingBack(done: Next): Next {
  return function (this: unknown) {
    giveBack()
    return Reflect.apply(done, this, arguments) as unknown
  }
}

function asItIs(next: Next): Next {
  return next
}

// ---- routes ----

/** Stands for a layer of a route: there are none yet, but objects with a function. */
class Handler {
  readonly holder: Holder
  readonly handle: Handle
  readonly name: string
  readonly method: undefined

  constructor(holder: Holder, handle: Handle) {
    this.holder = holder
    this.handle = handle
    this.name = handle.name
    this.method = undefined
  }
}

const handlers = Stamp<Handler>()

/** @param patchMethods as for routers */
export function patchEarlyRoute(prototype: object, patchMethods: (prototype: object) => void, kit: Kit): void {
  const methods = newMethods()
  patchMethods(methods)
  kit.wrap(prototype, 'dispatch', (dispatch: (this: Route, ...args: unknown[]) => unknown) => {
    return function dispatchLent(...args) {
      return whileLent(
        () => lendAll(this, methods),
        () => dispatch.apply(this, args),
      )
    }
  })
}

function lendAll(route: Route, methods: Methods): void {
  const nextOf = (next: Next): Next =>
    function (this: unknown) {
      return whileLent(
        () => lendAll(route, methods),
        () => Reflect.apply(next, this, arguments) as unknown,
      )
    }
  const { stack } = route
  // In 4.0 to 4.4 that is what `all` leaves there, if it comes first and with one function only.
  if (typeof stack === 'function') lend(route, 'stack', handlerOf(route, stack), methods, nextOf)
  else for (const item of stack ?? []) lend(item, 'handle', handlerOf(item, item.handle as Handle), methods, nextOf)
}

function handlerOf(holder: Holder, handle: Handle): Handler {
  const known = handlers.get(holder)
  if (known?.handle === handle) return known
  const handler = new Handler(holder, handle)
  handlers.set(holder, handler)
  return handler
}

// ---- methods ----

/** As layers have them from 4.6 on; that the arity fits has been seen to. */
function newMethods(): Methods {
  return {
    handle_request(req, res, next) {
      return call(this, [req, res, next], next)
    },
    handle_error(error, req, res, next) {
      return call(this, [error, req, res, next], next)
    },
  }
}

function call(layer: Called, args: unknown[], next: Next): unknown {
  try {
    return Reflect.apply(layer.handle, layer instanceof Handler ? layer.holder : layer, args)
  } catch (error) {
    // As Express does.
    return next(error)
  }
}

// ---- the little of express relied upon ----

type Next = (this: unknown, error?: unknown) => unknown
type Handle = (this: unknown, ...args: unknown[]) => unknown
type Method = (this: unknown, ...args: unknown[]) => unknown
type Key = 'handle' | 'stack'

/** What has a function of the application. */
interface Holder {
  handle?: unknown
  stack?: unknown
}

interface Called extends Holder {
  readonly handle: Handle
}

interface Route extends Holder {
  readonly stack?: Handle | readonly Holder[]
}

interface Methods {
  handle_request(this: Called, req: unknown, res: unknown, next: Next): unknown
  handle_error(this: Called, error: unknown, req: unknown, res: unknown, next: Next): unknown
}
