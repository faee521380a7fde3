/**
 * OpenTelemetry's ContextManager over our scopes.
 */
import { EventEmitter } from 'node:events'
import { withScope } from '../../scope/scope.js'
import { Stamp } from '../../stamp.js'
import type { ApiContext } from './api.js'
import { activeApiContext, scopeOf } from './context.js'

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown

const isBound = Stamp<true>()

export class ContextManager {
  active(): ApiContext {
    return activeApiContext()
  }

  with(context: ApiContext, fn: AnyFunction, thisArg?: unknown, ...args: unknown[]): unknown {
    return withScope(scopeOf(context), () => Reflect.apply(fn, thisArg, args))
  }

  /** Ties a function, or all listeners of an emitter, to `context`. Anything else is returned as it is. */
  bind(context: ApiContext, target: unknown): unknown {
    if (target instanceof EventEmitter) return bindEmitter(context, target)
    return typeof target === 'function' ? bindFunction(context, target as AnyFunction) : target
  }

  enable(): this {
    return this
  }

  disable(): this {
    return this
  }
}

function bindFunction(context: ApiContext, target: AnyFunction): AnyFunction {
  const scope = scopeOf(context)
  const bound = function (this: unknown, ...args: unknown[]): unknown {
    return withScope(scope, () => Reflect.apply(target, this, args))
  }
  return Object.defineProperty(bound, 'length', { value: target.length, configurable: true })
}

/** An emitter is bound once: the first context stays. */
function bindEmitter(context: ApiContext, emitter: EventEmitter): EventEmitter {
  if (isBound.get(emitter) === true) return emitter
  isBound.set(emitter, true)
  const emit = bindFunction(context, emitter.emit as AnyFunction)
  return Object.defineProperty(emitter, 'emit', { value: emit, configurable: true, writable: true })
}
