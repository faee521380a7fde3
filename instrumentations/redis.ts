/**
 * node-redis 2 to 6: the span of a command, and of a transaction or a pipeline with its commands below it.
 *
 * Spans are made where commands enter the queue (redis-queue.ts); here the client's methods tell the queue who is sending.
 * A connection lives outside of any trace: listeners of events and of messages start traces of their own. A transaction
 * that a WATCH aborted has not failed: it did what the application asked for.
 */
import {
  activeScope,
  bind,
  defineInstrumentation,
  describe,
  fail,
  withScope,
  type Kit,
} from '../src/instrumentation.js'
import { lastOf, patchBatch } from './redis-batch.js'
import { patchClusterSlots, patchNewCluster, patchOldCluster } from './redis-cluster.js'
import { describeCommand, nameOf } from './redis-describe.js'
import { endpointOf, patchQueue, sendAs, type Client, type Queue } from './redis-queue.js'
import { CONNECTION } from './redis-span.js'
import type { Exports as CallbackExports } from './redis-callback.js'

const MODULE = '@redis/client'
/** What it was called in `redis` 4.0. */
const FIRST = '@node-redis/client'
/** `redis` 4 and `redis` 5 and 6 are made of these. */
const OLD = '>=1 <2'
const NEW = '>=5 <7'
const BOTH = `${OLD} || ${NEW}`
const QUEUE = 'dist/lib/client/commands-queue.js'
const CLIENT = 'dist/lib/client/index.js'
const CLUSTER = 'dist/lib/cluster/index.js'
const SLOTS = 'dist/lib/cluster/cluster-slots.js'

export const redis = defineInstrumentation({
  name: 'redis',
  summary: 'Commands, transactions and pipelines',
  patches: [
    // Nothing to patch here: the loader tells of a `redis` that is not made of @redis/client.
    { module: 'redis', versions: '>=4 <7', patch: () => undefined },
    { module: 'redis', versions: '>=2 <4', patch: patchCallback },
    { module: FIRST, versions: OLD, file: QUEUE, patch: patchOldQueue },
    { module: FIRST, versions: OLD, file: 'dist/lib/commander.js', patch: patchCommander },
    { module: FIRST, versions: OLD, file: CLIENT, patch: patchOldClient },
    { module: FIRST, versions: OLD, file: CLUSTER, patch: patchOldCluster },
    { module: FIRST, versions: OLD, file: SLOTS, patch: patchClusterSlots },
    { module: MODULE, versions: OLD, file: QUEUE, patch: patchOldQueue },
    { module: MODULE, versions: OLD, file: 'dist/lib/commander.js', patch: patchCommander },
    { module: MODULE, versions: OLD, file: CLIENT, patch: patchOldClient },
    { module: MODULE, versions: OLD, file: CLUSTER, patch: patchOldCluster },
    { module: MODULE, versions: NEW, file: QUEUE, patch: patchNewQueue },
    { module: MODULE, versions: NEW, file: CLIENT, patch: patchNewClient },
    { module: MODULE, versions: NEW, file: 'dist/lib/client/pool.js', patch: patchPool },
    { module: MODULE, versions: NEW, file: CLUSTER, patch: patchNewCluster },
    { module: MODULE, versions: BOTH, file: SLOTS, patch: patchClusterSlots },
  ],
})

/** Methods that queue commands while they are on the stack. Not every version has all of them. */
const SENDERS = ['QUIT', 'SUBSCRIBE', 'UNSUBSCRIBE', 'PSUBSCRIBE', 'PUNSUBSCRIBE', 'SSUBSCRIBE', 'SUNSUBSCRIBE']
const OLD_SENDERS = [
  'SELECT',
  'executeFunction',
  'executeScript',
  'functionsExecuter',
  'scriptsExecuter',
  'scriptsExecutor',
]

function patchOldQueue({ default: { prototype } }: Exports<Queue>, kit: Kit): void {
  patchQueue(prototype, (args) => args.every((arg) => typeof arg === 'string' || Buffer.isBuffer(arg)), kit)
}

function patchNewQueue({ default: { prototype } }: Exports<Queue>, kit: Kit): void {
  patchQueue(prototype, () => true, kit)
}

/** Loaded for these versions alone. Until 2.5 there was only one method to send by. */
function patchCallback(exports: CallbackExports, kit: Kit): void {
  if ('internal_send_command' in exports.RedisClient.prototype) {
    const { patchCallbackClient } = require('./redis-callback.js') as typeof import('./redis-callback.js')
    patchCallbackClient(exports, kit)
  } else {
    const { patchEarlyClient } = require('./redis-callback-early.js') as typeof import('./redis-callback-early.js')
    patchEarlyClient(exports, kit)
  }
}

/** The built-in commands would hold on to the `commandsExecutor` from before it was patched. */
function patchCommander(exports: object, kit: Kit): void {
  const name = 'attachCommands' in exports ? 'attachCommands' : 'extendWithCommands'
  kit.wrap(exports, name, (attachCommands: (config: Attachment) => void) => {
    return function attachCommandsLate(config) {
      const { prototype } = config.BaseClass
      const isMethod = prototype.commandsExecutor === config.executor
      attachCommands(isMethod ? { ...config, executor: commandsExecutorOf(prototype) } : config)
    }
  })
}

function commandsExecutorOf(prototype: Attachment['BaseClass']['prototype']): Executor {
  return function commandsExecutorLate() {
    return prototype.commandsExecutor.apply(this, arguments as never)
  }
}

function patchOldClient({ default: { prototype } }: Exports<Client>, kit: Kit): void {
  for (const name of [...SENDERS, ...OLD_SENDERS]) patchSender(prototype, name, kit)
  patchSend(prototype, 'sendCommand', (args) => args as readonly unknown[], kit)
  patchSend(prototype, 'commandsExecutor', (command, args) => (command as OldCommand).transformArguments(...args), kit)
  patchBatch(prototype, 'multiExecutor', undefined, lastOf, kit)
  patchConnect(prototype, kit)
}

function patchNewClient({ default: { prototype } }: Exports<Client>, kit: Kit): void {
  for (const name of SENDERS) patchSender(prototype, name, kit)
  patchSend(prototype, 'sendCommand', (args) => args as readonly unknown[], kit)
  patchBatch(prototype, '_executeMulti', 'MULTI', (replies) => replies, kit)
  patchBatch(prototype, '_executePipeline', 'PIPELINE', (replies) => replies, kit)
  patchConnect(prototype, kit)
}

/** The connection's timers and sockets, and with them its listeners, keep the scope in which it was opened. */
function patchConnect(prototype: Client, kit: Kit): void {
  kit.wrap(prototype, 'connect', (connect: Method) => {
    return function connectTraced() {
      return withScope(CONNECTION, () => connect.apply(this, arguments as never))
    }
  })
}

/** A pool's task waits for a client, and is then run by whoever gave that client back. */
function patchPool({ RedisClientPool }: { RedisClientPool: { prototype: object } }, kit: Kit): void {
  kit.wrap(RedisClientPool.prototype, 'execute', (execute: (this: unknown, task: () => unknown) => unknown) => {
    return function executeTraced(task) {
      return execute.call(this, typeof task === 'function' ? bind(task) : task)
    }
  })
}

// ---- commands ----

function patchSender(prototype: Client, name: string, kit: Kit): void {
  if (!(name in prototype)) return
  kit.wrap(prototype, name, (method: Method) => {
    return function sendTraced() {
      return sendAs(this, method, arguments)
    }
  })
}

type ArgumentsOf = (first: unknown, second: readonly unknown[]) => readonly unknown[]

/** @param argumentsOf makes of the method's arguments those that would be sent */
function patchSend(prototype: Client, name: string, argumentsOf: ArgumentsOf, kit: Kit): void {
  kit.wrap(prototype, name, (send: Method) => {
    // No closure and no list of its arguments in this function: every command would pay for it.
    return function sendCommandTraced() {
      if (isByItself(this, arguments)) return send.apply(this, arguments as never)
      if (isRefusing(this)) recordRefusal(this, argumentsOf, arguments, kit)
      return sendAs(this, send, arguments)
    }
  })
}

/** The heartbeat and the renewal of credentials, in 5 and 6. They come without options, unlike an application's. */
function isByItself({ options }: Client, args: IArguments): boolean {
  const command = args[0] as unknown
  if (args.length > 1 || activeScope() !== CONNECTION || !Array.isArray(command)) return false
  return command[0] === 'AUTH' || (command[0] === 'PING' && options?.pingInterval !== undefined)
}

/** Whether the client rejects commands without queueing them. */
function isRefusing({ isReady, isOpen, options }: Client): boolean {
  return !isReady && (!isOpen || options?.disableOfflineQueue === true)
}

/** Nothing is queued, so the span is made here. The promise is the application's own and stays untouched. */
function recordRefusal(client: Client, argumentsOf: ArgumentsOf, sent: IArguments, kit: Kit): void {
  const span = kit.startSpan('redis', 'client')
  if (span === undefined) return
  describe(span, () => {
    const args = argumentsOf(sent[0], sent[1] as never)
    return describeCommand(nameOf(args[0]), args, 1, endpointOf(client), kit.options.redisArguments)
  })
  fail(span, client.isOpen ? OFFLINE : CLOSED)
  span.finish()
}

const CLOSED = Object.assign(new Error('The client is closed'), { name: 'ClientClosedError', stack: undefined })
const OFFLINE = Object.assign(new Error('The client is offline'), { name: 'ClientOfflineError', stack: undefined })

// ---- the little of node-redis relied upon ----

interface Exports<Class> {
  readonly default: { readonly prototype: Class }
}

type Method = (this: Client, ...args: unknown[]) => unknown
type Executor = (this: unknown) => unknown

interface OldCommand {
  transformArguments(...args: readonly unknown[]): readonly unknown[]
}

interface Attachment {
  readonly BaseClass: { readonly prototype: { readonly commandsExecutor: Executor } }
  readonly executor: Executor
}
