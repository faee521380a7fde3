/**
 * node-redis 2 and 3, the client of callbacks: the span of a command.
 *
 * Every command is an object that goes through `internal_send_command`, once more if it has waited offline: a stamp on it
 * tells that it has its span already. Its end is seen in its callback; that of a command without one in the client's
 * queue. The connection lives outside of any trace, and what it sends by itself has no span.
 */
import { activeScope, Stamp, withScope, type Kit, type Scope, type Span } from '../src/instrumentation.js'
import { patchMulti, type Callback, type Command, type Group } from './redis-callback-multi.js'
import type { Endpoint } from './redis-describe.js'
import { CONNECTION, finishFailed, startCommand } from './redis-span.js'

/** A command that is on its way. */
interface Pending {
  readonly span: Span
  readonly group: Group | undefined
}

/** Null where a command has no span. */
const pending = Stamp<Pending | null>()
const endpoints = Stamp<Endpoint>()

/** The client is restoring a connection: what it sends meanwhile is its own. */
let isOwn = false
/** The transaction or pipeline whose commands are being sent. */
let group: Group | undefined

export function patchCallbackClient({ RedisClient, Multi }: Exports, kit: Kit): void {
  const { prototype } = RedisClient
  kit.wrap(prototype, 'internal_send_command', (send: Client['internal_send_command']) => {
    return function sendTraced(command) {
      if (pending.get(command) === undefined) begin(this, command, kit)
      const result = send.apply(this, arguments as never)
      endIfDropped(this, command)
      return result
    }
  })
  patchConnection(prototype, kit)
  patchReplies(prototype, kit)
  patchMulti(Multi.prototype, (client) => endpointOf(client as Client), sendAs, kit)
}

function sendAs<Result>(within: Group, send: () => Result): Result {
  const outer = group
  group = within
  try {
    return send()
  } finally {
    group = outer
  }
}

// ---- connections ----

/** Timers and sockets, and with them listeners of events, keep the scope in which the connection was opened. */
function patchConnection(prototype: Client, kit: Kit): void {
  kit.wrap(prototype, 'create_stream', (create: Method) => {
    return function createStreamTraced(...args) {
      return withScope(CONNECTION, () => asOwn(true, () => create.apply(this, args)))
    }
  })
  for (const name of ['ready_check', 'on_ready']) {
    kit.wrap(prototype, name, (method: Method) => {
      return function restoreTraced(...args) {
        return asOwn(true, () => method.apply(this, args))
      }
    })
  }
  // The last that `on_ready` does itself: what comes after it are listeners of `ready`.
  kit.wrap(prototype, 'send_offline_queue', (method: Method) => {
    return function sendOfflineQueueTraced(...args) {
      isOwn = false
      return method.apply(this, args)
    }
  })
}

function asOwn<Result>(value: boolean, fn: () => Result): Result {
  const outer = isOwn
  isOwn = value
  try {
    return fn()
  } finally {
    isOwn = outer
  }
}

// ---- commands ----

function begin(client: Client, command: Command, kit: Kit): void {
  const within = group
  const current = isOwn ? null : start(client, command, within, kit)
  pending.set(command, current)
  if (isOwn) return
  if (within?.isFrame(command.command, command.args) === true) within.watchFrame(command)
  else if (typeof command.callback === 'function') bindCallback(command, command.callback, current)
}

function start(client: Client, { command, args }: Command, within: Group | undefined, kit: Kit): Pending | null {
  // The transaction's own span stands for its frame.
  if (within !== undefined && (within.span === undefined || within.isFrame(command, args))) return null
  const span = startCommand(command, args, 0, endpointOf(client), within?.span, kit)
  if (span === undefined) return null
  within?.add(span)
  return { span, group: within }
}

function bindCallback(command: Command, callback: Callback, current: Pending | null): void {
  const scope: Scope | undefined = activeScope()
  command.callback = function (this: unknown, ...args) {
    if (current !== null) finish(current, args[0])
    return withScope(scope, () => callback.apply(this, args))
  }
}

/** Within a transaction the answer is `QUEUED`: the command is over when the transaction is. */
function finish({ span, group }: Pending, error: unknown): void {
  if (error == null && group?.kind === 'MULTI') return
  if (span.record === undefined) return
  if (error == null) span.finish()
  else finishFailed(span, error)
  group?.settled()
}

// ---- commands without a callback ----

/** Whatever the server says, it says to the first of the commands that wait. */
function patchReplies(prototype: Client, kit: Kit): void {
  kit.wrap(prototype, 'return_reply', (reply: Method) => {
    return function returnReplyTraced(...args) {
      const command = this.command_queue.peekFront()
      const result = reply.apply(this, args)
      // Not so if it was a message, or one of several answers.
      if (command !== undefined && command !== this.command_queue.peekFront()) endUnheard(command, undefined)
      return result
    }
  })
  kit.wrap(prototype, 'return_error', (returnError: Method) => {
    return function returnErrorTraced(...args) {
      const command = this.command_queue.peekFront()
      if (command !== undefined) endUnheard(command, args[0])
      return returnError.apply(this, args)
    }
  })
  kit.wrap(prototype, 'flush_and_error', (flush: Method) => {
    return function flushTraced(...args) {
      const waiting = [...this.command_queue.toArray(), ...this.offline_queue.toArray()]
      const result = flush.apply(this, args)
      const left = new Set([...this.command_queue.toArray(), ...this.offline_queue.toArray()])
      for (const command of waiting) if (!left.has(command)) endUnheard(command, ABORTED)
      return result
    }
  })
}

const ABORTED = Object.assign(new Error('The connection was lost'), { name: 'AbortError', stack: undefined })
const REFUSED = Object.assign(new Error('The client is closed or offline'), { name: 'AbortError', stack: undefined })

function endUnheard(command: Command, error: unknown): void {
  const current = pending.get(command)
  if (current != null && command.callback === undefined) finish(current, error)
}

/** Refused, or sent after `CLIENT REPLY OFF`: the command is in no queue. */
function endIfDropped(client: Client, command: Command): void {
  if (command.callback !== undefined || pending.get(command)?.span.record === undefined) return
  const { command_queue: sent, offline_queue: waiting } = client
  if (sent.peekBack() === command || waiting.peekBack() === command) return
  endUnheard(command, client.ready ? undefined : REFUSED)
}

function endpointOf(client: Client): Endpoint {
  const { host, port, path } = client.connection_options ?? {}
  const database = String(client.selected_db ?? 0)
  const known = endpoints.get(client)
  if (known !== undefined) {
    known.database = database
    return known
  }
  const endpoint = {
    host: path ?? host ?? 'localhost',
    port: path === undefined ? Number(port ?? 6379) : undefined,
    database,
  }
  endpoints.set(client, endpoint)
  return endpoint
}

// ---- the little of redis relied upon ----

type Method = (this: Client, ...args: unknown[]) => unknown

interface Queue {
  peekFront(): Command | undefined
  peekBack(): Command | undefined
  toArray(): readonly Command[]
}

interface Client {
  readonly ready: boolean
  readonly selected_db?: number | string
  readonly connection_options?: { readonly host?: string; readonly port?: number | string; readonly path?: string }
  readonly command_queue: Queue
  readonly offline_queue: Queue
  internal_send_command(this: Client, command: Command): unknown
}

export interface Exports {
  readonly RedisClient: { readonly prototype: Client }
  readonly Multi: { readonly prototype: object }
}
