/**
 * The span of an ioredis command. A command is an object that is sent more than once if it waits offline or is sent again: a
 * stamp on it tells that it has its span already.
 */
import { glimpse, Stamp, type Kit, type Span } from '../src/instrumentation.js'
import type { Endpoint } from './redis-describe.js'
import { finishFailed, startCommand } from './redis-span.js'

/** The span of a command; null where it shall have none. */
export const spans = Stamp<Span | null>()
/** Set for commands of which a cluster has yet to choose the node. */
export const isUnrouted = Stamp<boolean>()
const endpoints = Stamp<Endpoint>()

/** Whether somebody sends what is a command, and not something else that ioredis will not like either. */
export function isCommand(command: unknown): command is Command {
  return typeof command === 'object' && command !== null && glimpse(isSettled, command) === true
}

function isSettled({ resolve, reject }: Partial<Settled>): boolean {
  return typeof resolve === 'function' && typeof reject === 'function'
}

/** @param endsWithReply not so within a transaction, where the answer is `QUEUED` */
export function startSpan(
  command: Command,
  endpoint: Endpoint | undefined,
  parent: Span | undefined,
  endsWithReply: boolean,
  kit: Kit,
): Span | undefined {
  const span = startCommand(command.name, command.args, 0, endpoint, parent, kit)
  spans.set(command, span ?? null)
  if (span === undefined) return undefined
  if (endpoint === undefined) isUnrouted.set(command, true)
  observe(command, span, endsWithReply)
  return span
}

/** Wraps what settles a command or a pipeline. An observed promise would count as handled, an unobserved one does not. */
export function observe(settled: Settled, span: Span, endsWithReply: boolean): void {
  const { resolve, reject } = settled
  if (endsWithReply) {
    settled.resolve = function resolveTraced(value) {
      const result = resolve.call(this, value)
      span.finish()
      return result
    }
  }
  settled.reject = function rejectTraced(error) {
    finishFailed(span, error)
    return reject.call(this, error)
  }
}

export function endpointOf(redis: Redis): Endpoint | undefined {
  const { options, condition, stream } = redis
  // The nodes of a cluster tell for themselves.
  if (redis.isCluster === true) return undefined
  const database = String(condition?.select ?? options.db ?? 0)
  if (options.sentinels != null) return { host: stream?.remoteAddress, port: stream?.remotePort, database }
  const known = endpoints.get(redis)
  if (known !== undefined) {
    known.database = database
    return known
  }
  const { path } = options
  const endpoint = path
    ? { host: path, port: undefined, database }
    : { host: options.host ?? 'localhost', port: Number(options.port ?? 6379), database }
  endpoints.set(redis, endpoint)
  return endpoint
}

// ---- the little of ioredis relied upon ----

/** A file of one class. The first ones of version 4 export it by itself. */
export type Exports<Class> = Exported<Class> & { readonly default?: Exported<Class> }

interface Exported<Class> {
  readonly prototype: Class
}

export function classOf<Class>(exports: Exports<Class>): Exported<Class> {
  return exports.default ?? exports
}

export interface Settled {
  resolve: (value: unknown) => unknown
  reject: (error: unknown) => unknown
}

export interface Command extends Settled {
  /** Lower-case unless given by `call`. */
  readonly name: string
  readonly args: readonly unknown[]
}

export interface Redis {
  readonly isCluster?: boolean
  readonly status: string
  readonly slots?: readonly unknown[]
  readonly condition?: { readonly select?: number } | null
  readonly stream?: { readonly remoteAddress?: string; readonly remotePort?: number } | null
  readonly options: {
    readonly host?: string
    readonly port?: number | string
    readonly path?: string | null
    readonly db?: number
    readonly sentinels?: unknown
  }
}
