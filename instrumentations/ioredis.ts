/**
 * ioredis 5 and 6: the span of a command, and of a transaction or a pipeline with its commands below it.
 *
 * Every command is an object that goes through `sendCommand`, more than once if it is queued offline or sent again: a stamp
 * on it tells that it has its span, made at the first pass, in the caller's context. Its end is seen in its own `resolve`
 * and `reject`, which leaves its promise as it was. A connection lives outside of any trace: listeners of events and of
 * messages start traces of their own. A transaction that a WATCH aborted has not failed.
 */
import {
  activeScope,
  bind,
  defineInstrumentation,
  describe,
  Stamp,
  withScope,
  type Description,
  type Kit,
  type Span,
} from '../src/instrumentation.js'
import { describeBatch, endpointTags, nameOf, type Batching, type Endpoint } from './redis-describe.js'
import { CONNECTION, finishFailed, startCommand } from './redis-span.js'

const MODULE = 'ioredis'
const VERSIONS = '>=5 <7'

export const ioredis = defineInstrumentation({
  name: 'ioredis',
  patches: [
    { module: MODULE, versions: VERSIONS, file: 'built/autoPipelining.js', patch: noteAutomatic },
    { module: MODULE, versions: VERSIONS, file: 'built/redis/event_handler.js', patch: patchHandlers },
    { module: MODULE, versions: VERSIONS, file: 'built/Pipeline.js', patch: patchPipeline },
    { module: MODULE, versions: VERSIONS, file: 'built/cluster/index.js', patch: patchCluster },
    { module: MODULE, versions: VERSIONS, file: 'built/Redis.js', patch: patchRedis },
  ],
})

/** The span of a command; null where it shall have none. */
const spans = Stamp<Span | null>()
/** Set for commands of which a cluster has yet to choose the node. */
const isUnrouted = Stamp<boolean>()
/** Set for pipelines that have been sent. */
const isSent = Stamp<boolean>()
const endpoints = Stamp<Endpoint>()
/** The marks of pipelines that ioredis makes by itself, one for each installed copy. */
const automatic: symbol[] = []
/** ioredis is restoring a connection: what is sent on the way and not known yet is its own. */
let isRestoring = false

// ---- connections ----

function noteAutomatic({ kExec }: { readonly kExec: symbol }, kit: Kit): void {
  automatic.push(kExec)
  kit.onUndo(() => automatic.splice(automatic.indexOf(kExec), 1))
}

/** After a reconnect the database is selected and channels are subscribed again, then the unanswered commands resent. */
function patchHandlers(exports: object, kit: Kit): void {
  kit.wrap(exports, 'readyHandler', (readyHandler: (redis: Redis) => Method) => {
    return function readyHandlerTraced(redis) {
      const handler = readyHandler(redis)
      return function readyTraced(this: Redis, ...args) {
        return restoring(() => handler.apply(this, args))
      }
    }
  })
}

function restoring<Result>(fn: () => Result): Result {
  const outer = isRestoring
  isRestoring = true
  try {
    return fn()
  } finally {
    isRestoring = outer
  }
}

function patchRedis({ default: { prototype } }: Exports<Redis>, kit: Kit): void {
  patchConnect(prototype, kit)
  kit.wrap(prototype, 'handleReconnection', (handle: Method) => {
    return function handleReconnectionTraced(...args) {
      return restoring(() => handle.apply(this, args))
    }
  })
  patchSendCommand(prototype, isOwnCommand, kit)
}

function patchCluster({ default: { prototype } }: Exports<Redis>, kit: Kit): void {
  patchConnect(prototype, kit)
  // Asks a node for the slots.
  kit.wrap(prototype, 'getInfoFromNode', (ask: Method) => {
    return function getInfoFromNodeTraced(...args) {
      return restoring(() => ask.apply(this, args))
    }
  })
  patchSendCommand(prototype, isOwnOfCluster, kit)
}

/** The connection's timers and sockets, and with them its listeners, keep the scope in which it was opened. */
function patchConnect(prototype: Redis, kit: Kit): void {
  kit.wrap(prototype, 'connect', (connect: Method) => {
    return function connectTraced(...args) {
      const [callback] = args
      if (typeof callback === 'function') args[0] = bind(callback as Method)
      return withScope(CONNECTION, () => connect.apply(this, args))
    }
  })
}

// ---- commands ----

const HANDSHAKE = new Set(['auth', 'client', 'hello', 'himport', 'info', 'readonly', 'select'])

/** What ioredis sends by itself. */
function isOwnCommand(redis: Redis, { name }: Command): boolean {
  if (isRestoring) return true
  if (activeScope() !== CONNECTION) return false
  return redis.status === 'connect' ? HANDSHAKE.has(name) : name === 'sentinel'
}

/** Before it is ready, a cluster asks for its state. */
function isOwnOfCluster({ status }: Redis, { name }: Command): boolean {
  return isRestoring || (status === 'connect' && name === 'cluster' && activeScope() === CONNECTION)
}

function patchSendCommand(prototype: Redis, isOwn: (redis: Redis, command: Command) => boolean, kit: Kit): void {
  kit.wrap(prototype, 'sendCommand', (sendCommand: SendCommand) => {
    return function sendCommandTraced(command) {
      const span = spans.get(command)
      if (span === undefined) begin(this, command, isOwn(this, command), kit)
      else if (span !== null && isUnrouted.get(command) === true) describe(span, describeRoute, this)
      return sendCommand.apply(this, arguments as never)
    }
  })
}

function begin(redis: Redis, command: Command, isOwn: boolean, kit: Kit): void {
  if (isOwn) spans.set(command, null)
  else startSpan(command, endpointOf(redis), undefined, true, kit)
}

/** @param endsWithReply not so within a transaction, where the answer is `QUEUED` */
function startSpan(
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

function describeRoute(redis: Redis): Description {
  return { tags: endpointTags(endpointOf(redis)) }
}

/** Wraps what settles a command or a pipeline. An observed promise would count as handled, an unobserved one does not. */
function observe(settled: Settled, span: Span, endsWithReply: boolean): void {
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

function endpointOf(redis: Redis): Endpoint | undefined {
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

// ---- transactions and pipelines ----

function patchPipeline({ default: { prototype } }: Exports<Pipeline>, kit: Kit): void {
  kit.wrap(prototype, 'sendCommand', (sendCommand: (this: Pipeline, command: Command) => unknown) => {
    return function sendCommandTraced(command) {
      // An automatic pipeline is sent later, in the context of its first command.
      if (isAutomatic(this) && spans.get(command) === undefined) begin(this.redis, command, false, kit)
      return sendCommand.call(this, command)
    }
  })
  kit.wrap(prototype, 'exec', (exec: (this: Pipeline) => unknown) => {
    return function execTraced() {
      // Within a transaction the first `exec` only adds the command; a cluster calls it again to retry.
      const isSending = this._transactions === 0 && isSent.get(this) === undefined && !isAutomatic(this)
      if (isSending && isConnected(this.redis)) startBatch(this, kit)
      return exec.apply(this, arguments as never)
    }
  })
}

function isAutomatic(pipeline: Pipeline): boolean {
  return automatic.some((mark) => mark in pipeline)
}

/** A cluster that does not know its nodes calls `exec` again when it does. */
function isConnected(redis: Redis): boolean {
  return redis.isCluster !== true || redis.slots === undefined || redis.slots.length > 0
}

function startBatch(pipeline: Pipeline, kit: Kit): void {
  isSent.set(pipeline, true)
  const queue = pipeline._queue
  const isTransaction = queue[0]?.name === 'multi' && queue.at(-1)?.name === 'exec'
  const kind: Batching = isTransaction ? 'MULTI' : 'PIPELINE'
  const commands = isTransaction ? queue.slice(1, -1) : queue
  const span = kit.startSpan(kind, 'client')
  for (const command of queue) spans.set(command, null)
  if (span?.record === undefined) return
  const endpoint = endpointOf(pipeline.redis)
  describe(span, () =>
    describeBatch(
      kind,
      commands.map(({ name }) => nameOf(name)),
      endpoint,
    ),
  )
  const children = commands.map((command) => startSpan(command, endpoint, span, !isTransaction, kit))
  observeBatch(pipeline, span, children, isTransaction)
}

/** Pipelines resolve with a pair of error and reply for each command; that of `exec` has all replies of a transaction. */
function observeBatch(
  pipeline: Pipeline,
  span: Span,
  children: readonly (Span | undefined)[],
  isTransaction: boolean,
): void {
  const { resolve } = pipeline
  observe(pipeline, span, false)
  pipeline.resolve = function resolveTraced(results) {
    const [error, replies] = (isTransaction ? (results as [unknown, unknown][]).at(-1) : undefined) ?? []
    children.forEach((child, index) => {
      const reply: unknown = Array.isArray(replies) ? replies[index] : undefined
      if (reply instanceof Error && child !== undefined) finishFailed(child, reply)
      else child?.finish()
    })
    if (error == null) span.finish()
    else finishFailed(span, error)
    return resolve.call(this, results)
  }
}

// ---- the little of ioredis relied upon ----

interface Exports<Class> {
  readonly default: { readonly prototype: Class }
}

type Method = (this: Redis, ...args: unknown[]) => unknown
type SendCommand = (this: Redis, command: Command) => unknown

interface Settled {
  resolve: (value: unknown) => unknown
  reject: (error: unknown) => unknown
}

interface Command extends Settled {
  /** Lower-case unless given by `call`. */
  readonly name: string
  readonly args: readonly unknown[]
}

interface Redis {
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

interface Pipeline extends Settled {
  readonly redis: Redis
  readonly _queue: readonly Command[]
  /** Transactions begun in it and not yet ended. */
  readonly _transactions: number
}
