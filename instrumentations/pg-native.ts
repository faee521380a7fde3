/**
 * Queries of `pg.native`, whose ends are told otherwise: `end` is emitted, then the callback is called; errors come by
 * `handleError`, which fills in their codes.
 */
import { withScope, type Kit } from '../src/instrumentation.js'
import type { QueryFacts } from './pg-describe.js'
import { running, type QueryWatch } from './pg-query.js'

/** Wraps the class of queries of the native client. */
export function patchNativeQuery(prototype: object, watch: QueryWatch, kit: Kit): void {
  kit.wrap(prototype, 'handleError', (handleError: NativeQuery['handleError']) => {
    return function handleErrorTraced(error) {
      const current = running.get(this)
      if (current === undefined) return handleError.call(this, error)
      try {
        return withScope(current.scope, () => handleError.call(this, error))
      } finally {
        watch.finish(this, error)
      }
    }
  })
  kit.wrap(prototype, 'emit', (emit: NativeQuery['emit']) => {
    return function emitTraced(event) {
      const current = running.get(this)
      if (current === undefined) return emit.apply(this, arguments as never)
      if (event === 'end') {
        watch.finish(this, undefined)
        bindCallback(this, current.scope)
      }
      return withScope(current.scope, () => emit.apply(this, arguments as never))
    }
  })
}

function bindCallback(query: NativeQuery, scope: Parameters<typeof withScope>[0]): void {
  const { callback } = query
  if (typeof callback !== 'function') return
  query.callback = function (this: unknown, ...args) {
    return withScope(scope, () => callback.apply(this, args))
  }
}

interface NativeQuery extends QueryFacts {
  callback?: (...args: unknown[]) => unknown
  handleError(this: NativeQuery, error: unknown): unknown
  emit(this: NativeQuery, event: string, ...args: unknown[]): boolean
}
