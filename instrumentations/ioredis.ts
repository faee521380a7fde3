/**
 * ioredis 4, 5 and 6: the span of a command, and of a transaction or a pipeline with its commands below it.
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
  withScope,
  type Description,
  type Kit,
} from '../src/instrumentation.js'
import {
  classOf,
  endpointOf,
  isCommand,
  isUnrouted,
  spans,
  startSpan,
  type Command,
  type Exports,
  type Redis,
} from './ioredis-command.js'
import { noteAutomatic, patchPipeline } from './ioredis-pipeline.js'
import { endpointTags } from './redis-describe.js'
import { CONNECTION } from './redis-span.js'

const MODULE = 'ioredis'
const OLD = '>=4 <5'
const NEW = '>=5 <7'
const HANDLERS = 'built/redis/event_handler.js'
const CLUSTER = 'built/cluster/index.js'
const AUTOMATIC = 'built/autoPipelining.js'

export const ioredis = defineInstrumentation({
  name: 'ioredis',
  summary: 'Commands, transactions and pipelines',
  patches: [
    { module: MODULE, versions: '>=4.19 <5', file: AUTOMATIC, optional: true, patch: noteAutomatic },
    { module: MODULE, versions: OLD, file: HANDLERS, patch: patchHandlers },
    { module: MODULE, versions: OLD, file: 'built/pipeline.js', patch: patchPipeline },
    { module: MODULE, versions: OLD, file: CLUSTER, patch: patchCluster },
    { module: MODULE, versions: '>=4 <4.11', file: 'built/redis.js', patch: patchRedis },
    { module: MODULE, versions: '>=4.11 <5', file: 'built/redis/index.js', patch: patchRedis },
    { module: MODULE, versions: NEW, file: AUTOMATIC, patch: noteAutomatic },
    { module: MODULE, versions: NEW, file: HANDLERS, patch: patchHandlers },
    { module: MODULE, versions: NEW, file: 'built/Pipeline.js', patch: patchPipeline },
    { module: MODULE, versions: NEW, file: CLUSTER, patch: patchCluster },
    { module: MODULE, versions: NEW, file: 'built/Redis.js', patch: patchRedis },
  ],
})

/** ioredis is restoring a connection: what is sent on the way and not known yet is its own. */
let isRestoring = false

// ---- connections ----

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

function patchRedis(exports: Exports<Redis>, kit: Kit): void {
  const { prototype } = classOf(exports)
  patchConnect(prototype, kit)
  // Up to 4.6 connections are not renewed because of an error.
  if ('handleReconnection' in prototype) patchReconnection(prototype, kit)
  patchSendCommand(prototype, isOwnCommand, kit)
}

function patchReconnection(prototype: Redis, kit: Kit): void {
  kit.wrap(prototype, 'handleReconnection', (handle: Method) => {
    return function handleReconnectionTraced(...args) {
      return restoring(() => handle.apply(this, args))
    }
  })
}

function patchCluster(exports: Exports<Redis>, kit: Kit): void {
  const { prototype } = classOf(exports)
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
      if (!isCommand(command)) return sendCommand.apply(this, arguments as never)
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

function describeRoute(redis: Redis): Description {
  return { tags: endpointTags(endpointOf(redis)) }
}

// ---- the little of ioredis relied upon ----

type Method = (this: Redis, ...args: unknown[]) => unknown
type SendCommand = (this: Redis, command: Command) => unknown
