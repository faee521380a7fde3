/**
 * `pg`: the span of a query, one for each call of `client.query`, in whatever form, and so one for each `pool.query`.
 *
 * `pg` makes a query out of most forms by itself and puts it at the end of the client's queue: there it is picked up, so
 * that the caller's arguments, callback and promise stay what they are. See pg-query.ts for how it ends.
 */
import {
  activeScope,
  applyWithScope,
  bind,
  defineInstrumentation,
  describe,
  Stamp,
  type Kit,
  type Span,
} from '../src/instrumentation.js'
import { describeQuery, type ClientFacts, type QueryFacts } from './pg-describe.js'
import { patchNativeQuery } from './pg-native.js'
import { failQuery, QueryWatch, running, type Running, type Submittable } from './pg-query.js'
import { NOT_TAKEN, patchCancel, queueOf, reasonNotSent, type QueueOwner } from './pg-unsent.js'

export const pg = defineInstrumentation({
  name: 'pg',
  summary: 'Queries, by a client or a pool',
  patches: [
    { module: 'pg', versions: '>=8 <9', file: 'lib/client.js', patch: patchClient },
    { module: 'pg', versions: '>=8 <9', file: 'lib/native/client.js', optional: true, patch: patchNativeClient },
    { module: 'pg-pool', versions: '>=2 <4', patch: patchPool },
  ],
})

// ---- client ----

function patchClient(Client: ClientClass, kit: Kit): void {
  const watch = new QueryWatch(kit)
  watch.patch(Client.Query.prototype)
  patchQueries(Client.prototype, kit, (query) => watch.watch(query))
  patchCancel(Client.prototype, watch, kit)
}

function patchNativeClient(Client: ClientClass, kit: Kit): void {
  const watch = new QueryWatch(kit)
  patchNativeQuery(Client.Query.prototype, watch, kit)
  patchCancel(Client.prototype, watch, kit)
  patchQueries(Client.prototype, kit, (query) => query instanceof Client.Query)
}

/** @param sees whether the end of a query that the application has made will be seen */
function patchQueries(prototype: Client, kit: Kit, sees: (query: Submittable) => boolean): void {
  /** The query that `pg` is making of a text, until it is in the client's queue. */
  let entering: Running | undefined

  kit.wrap(prototype, 'query', (query: Client['query']) => {
    return function queryTraced(config) {
      const span = config == null ? undefined : kit.startSpan('postgresql', 'client')
      if (config == null || span === undefined) return query.apply(this, arguments as never)
      describe(span, describeQuery, this, config, kit.options.statements)
      if (hasWaited && waited.get(this) !== undefined) tellWaiting(this, span)
      const current: Running = { span, scope: activeScope(), isPooled: isServingPool && !isSubmittable(config) }
      const outer = entering
      if (isSubmittable(config)) {
        entering = undefined
        adopt(config, current, sees)
      } else entering = current
      let hasThrown = true
      try {
        const result = query.apply(this, arguments as never)
        hasThrown = false
        if (entering !== undefined) end(span, reasonNotSent(this), config, kit)
        return result
      } finally {
        // Not caught: Node would show the place where it is thrown again.
        if (hasThrown) end(span, NOT_TAKEN, config, kit)
        entering = outer
      }
    }
  })
  kit.wrap(prototype, '_pulseQueryQueue', (pulse: Client['_pulseQueryQueue']) => {
    return function pulseQueryQueueTraced() {
      if (entering !== undefined) {
        const query = queueOf(this)?.at(-1)
        if (query !== undefined) {
          running.set(query, entering)
          entering = undefined
        }
      }
      return pulse.call(this)
    }
  })
}

/** On a client that a pool has given out: how long it was waited for, in ms. The first query tells. */
const waited = Stamp<number | undefined>()

function tellWaiting(client: Client, span: Span): void {
  span.setTag('db.pool.wait_ms', Math.round((waited.get(client) ?? 0) * 1000) / 1000)
  waited.set(client, undefined)
}

function isSubmittable(config: string | QueryFacts): config is Submittable {
  return typeof (config as Partial<Submittable>).submit === 'function'
}

/** A query whose end nobody can see has a span that is over at once, rather than never. */
function adopt(query: Submittable, current: Running, sees: (query: Submittable) => boolean): void {
  if (sees(query)) running.set(query, current)
  else current.span.finish()
}

function end(span: Span, error: unknown, query: string | QueryFacts, kit: Kit): void {
  failQuery(span, error, query, kit)
  span.finish()
}

// ---- pool ----

/** On what waits in a pool: since when, in ms. */
const waitingSince = Stamp<number>()
/** Until somebody has to wait nobody looks. */
let hasWaited = false

/** Whoever asks for a connection is the last in the queue, and has to wait if there are more in it than idle ones. */
function noteWaiting({ _pendingQueue: queue = [], idleCount = 0 }: Pool): void {
  const item = queue.length > idleCount ? queue.at(-1) : undefined
  if (item === undefined || waitingSince.get(item) !== undefined) return
  waitingSince.set(item, performance.now())
  hasWaited = true
}

/** A pool is asking for a connection, for a query whose promise it has given out. */
let isPromising = false
/** A pool is sending such a query. */
let isServingPool = false

/** Whoever waits for a connection gets it from whoever gives one back, but goes on in a scope of its own. */
function patchPool(Pool: { readonly prototype: Pool }, kit: Kit): void {
  kit.wrap(Pool.prototype, 'connect', (connect: Pool['connect']) => {
    return function connectTraced(use) {
      const own = isPromising
      isPromising = false
      const result =
        own && isFunction(use)
          ? connect.call(this, servingPool(use as Callback))
          : connect.apply(this, Array.from(arguments, boundIfCallback))
      noteWaiting(this)
      return result
    }
  })
  if ('_acquireClient' in Pool.prototype) patchAcquisition(Pool.prototype, kit)
  kit.wrap(Pool.prototype, 'query', (query: Pool['query']) => {
    return function queryTraced() {
      if (hasCallback(arguments)) {
        // It is called by the connection, if that is lost.
        return query.apply(this, Array.from(arguments, boundIfNotFirst) as never)
      }
      isPromising = isQuiet(this)
      try {
        return query.apply(this, arguments as never)
      } finally {
        isPromising = false
      }
    }
  })
}

/**
 * Whether nothing of the application's runs when a query is over but what awaits its promise, which is in a scope of its
 * own: promises of other makes need not know of scopes.
 */
function isQuiet(pool: Pool): boolean {
  return pool.Promise === Promise && pool.options?.log === undefined && pool.listenerCount?.('release') === 0
}

/** @param use sends a query on the connection that it gets, in the scope of whoever has asked for that */
function servingPool(use: Callback): Callback {
  const scope = activeScope()
  return function useTraced(this: unknown) {
    isServingPool = true
    try {
      return applyWithScope(scope, use, this, arguments)
    } finally {
      isServingPool = false
    }
  }
}

/** No list of the rest of the arguments is made for that. */
function hasCallback(args: IArguments): boolean {
  for (let i = 0; i < args.length; i++) if (isFunction(args[i])) return true
  return false
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function'
}

/** How long somebody waited for a client is told with the first query that it gets. */
function patchAcquisition(prototype: Pool, kit: Kit): void {
  kit.wrap(prototype, '_acquireClient', (acquire: Pool['_acquireClient']) => {
    return function acquireClientTraced(client, item, ...rest) {
      const since = hasWaited ? waitingSince.get(item) : undefined
      if (since !== undefined) waited.set(client, performance.now() - since)
      return acquire.call(this, client, item, ...rest)
    }
  })
}

function boundIfCallback(argument: unknown): unknown {
  return isFunction(argument) ? bind(argument as Callback) : argument
}

/** The first argument of a query is no callback, whatever it is. */
function boundIfNotFirst(argument: unknown, index: number): unknown {
  return index === 0 ? argument : boundIfCallback(argument)
}

// ---- the little of pg relied upon ----

interface Client extends ClientFacts, QueueOwner {
  query(this: Client, config: string | QueryFacts | null | undefined, ...rest: unknown[]): unknown
  /** Called when a query has been put at the end of the queue, and whenever one is over. */
  _pulseQueryQueue(this: Client): void
}

interface ClientClass {
  readonly prototype: Client
  readonly Query: { readonly prototype: object; [Symbol.hasInstance](value: unknown): boolean }
}

interface Pool {
  connect(this: Pool, ...args: unknown[]): unknown
  query(this: Pool, text: unknown, ...args: unknown[]): unknown
  readonly idleCount?: number
  readonly options?: { readonly log?: unknown }
  /** What its promises are made by. */
  readonly Promise?: unknown
  listenerCount?(event: string): number
  readonly _pendingQueue?: readonly object[]
  /** Gives a client to the one that waits. */
  _acquireClient(this: Pool, client: Client, item: object, ...rest: unknown[]): unknown
}

type Callback = (this: unknown, ...args: never[]) => unknown
