/**
 * node-redis 2 and 3, the client of callbacks: the span of a command.
 *
 * Every command is an object that goes through `internal_send_command`, once more if it has waited offline: a stamp on it
 * tells that it has its span already. Its end is seen in its callback; that of a command without one in the client's
 * queue. The connection lives outside of any trace, and what it sends by itself has no span. What came before 2.6 is in
 * redis-callback-early.ts.
 */
import { activeScope, Stamp, withScope, type Kit, type Scope, type Span } from '../src/instrumentation.js'
import { patchMulti, type Callback, type Command, type Group } from './redis-callback-multi.js'
import type { Endpoint } from './redis-describe.js'
import { CONNECTION, finishFailed, startCommand } from './redis-span.js'

/** A command that is on its way. */
interface Pending {
  readonly span: Span
  readonly group: Group | undefined
  /** It has a callback, in which its end is seen. */
  readonly isHeard: boolean
}

/** Null where a command has no span. Hung on the command; before 2.6, where nobody sees it in time, on its arguments. */
export const pending = Stamp<Pending | null>()
const endpoints = Stamp<Endpoint>()

/** The client is restoring a connection: what it sends meanwhile is its own. */
let isOwn = false
/** The transaction or pipeline whose commands are being sent. */
let group: Group | undefined

export function patchCallbackClient({ RedisClient, Multi }: Exports, kit: Kit): void {
  const { prototype } = RedisClient
  kit.wrap(prototype, 'internal_send_command', (send: Client['internal_send_command']) => {
    return function sendTraced(command) {
      if (pending.get(command) === undefined) begin(this, command, command, kit)
      const result = send.apply(this, arguments as never)
      endIfDropped(this, command)
      return result
    }
  })
  patchStream(prototype, kit)
  patchRestoring(prototype, ['ready_check', 'on_ready'], kit)
  patchReplies(prototype, (command) => command, kit)
  patchMulti(Multi.prototype, (client) => endpointOf(client as Client), sendAs, kit)
}

export function sendAs<Result>(within: Group, send: () => Result): Result {
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
export function patchStream(prototype: Client, kit: Kit): void {
  kit.wrap(prototype, 'create_stream', (create: Method) => {
    return function createStreamTraced(...args) {
      return withScope(CONNECTION, () => asOwn(true, () => create.apply(this, args)))
    }
  })
}

/** @param names of the methods in which the client asks and restores on its own account */
export function patchRestoring(prototype: Client, names: readonly string[], kit: Kit): void {
  for (const name of names) {
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

/** @param stamped what the command will be known by */
export function begin(client: Client, command: Command, stamped: object, kit: Kit): void {
  const within = group
  const current = isOwn ? null : start(client, command, within, kit)
  pending.set(stamped, current)
  if (isOwn) return
  if (within?.isFrame(command.command, command.args) === true) within.watchFrame(command)
  else if (typeof command.callback === 'function') bindCallback(command, command.callback, current)
}

function start(
  client: Client,
  { command, args, callback }: Command,
  within: Group | undefined,
  kit: Kit,
): Pending | null {
  // The transaction's own span stands for its frame.
  if (within !== undefined && (within.span === undefined || within.isFrame(command, args))) return null
  const span = startCommand(command, args, 0, endpointOf(client), within?.span, kit)
  if (span === undefined) return null
  within?.add(span)
  return { span, group: within, isHeard: typeof callback === 'function' }
}

function bindCallback(command: Command, callback: Callback, current: Pending | null): void {
  const scope: Scope | undefined = activeScope()
  command.callback = function (this: unknown, ...args) {
    if (current !== null) finish(current, args[0])
    return withScope(scope, () => callback.apply(this, args))
  }
}

/** Within a transaction the answer is `QUEUED`: the command is over when the transaction is. */
export function finish({ span, group }: Pending, error: unknown): void {
  if (error == null && group?.kind === 'MULTI') return
  if (span.record === undefined) return
  if (error == null) span.finish()
  else finishFailed(span, error)
  group?.settled()
}

// ---- commands without a callback ----

/** Whatever the server says, it says to the first of the commands that wait. */
export function patchReplies(prototype: Client, stampedOf: (command: Command) => object, kit: Kit): void {
  const end = (command: Command, error: unknown): void => endUnheard(stampedOf(command), error)
  kit.wrap(prototype, 'return_reply', (reply: Method) => {
    return function returnReplyTraced(...args) {
      const command = frontOf(this.command_queue)
      const result = reply.apply(this, args)
      // Not so if it was a message, or one of several answers.
      if (command !== undefined && command !== frontOf(this.command_queue)) end(command, undefined)
      return result
    }
  })
  kit.wrap(prototype, 'return_error', (returnError: Method) => {
    return function returnErrorTraced(...args) {
      const command = frontOf(this.command_queue)
      if (command !== undefined) end(command, args[0])
      return returnError.apply(this, args)
    }
  })
  kit.wrap(prototype, 'flush_and_error', (flush: Method) => {
    return function flushTraced(...args) {
      const waiting = waitingIn(this)
      const result = flush.apply(this, args)
      const left = new Set(waitingIn(this))
      for (const command of waiting) if (!left.has(command)) end(command, ABORTED)
      return result
    }
  })
}

function frontOf(queue: Queue): Command | undefined {
  return 'peekFront' in queue ? queue.peekFront() : (queue.head[queue.offset] ?? queue.tail[0])
}

function waitingIn({ command_queue, offline_queue }: Client): Command[] {
  return [command_queue, offline_queue].flatMap((queue) =>
    'toArray' in queue ? queue.toArray() : [...queue.head.slice(queue.offset), ...queue.tail],
  )
}

const ABORTED = Object.assign(new Error('The connection was lost'), { name: 'AbortError', stack: undefined })
export const REFUSED = Object.assign(new Error('The client is closed or offline'), {
  name: 'AbortError',
  stack: undefined,
})

function endUnheard(stamped: object, error: unknown): void {
  const current = pending.get(stamped)
  if (current != null && !current.isHeard) finish(current, error)
}

/** Refused, or sent after `CLIENT REPLY OFF`: the command is in no queue. */
function endIfDropped(client: Client, command: Command): void {
  if (command.callback !== undefined || pending.get(command)?.span.record === undefined) return
  const queues = [client.command_queue, client.offline_queue]
  if (queues.some((queue) => 'peekBack' in queue && queue.peekBack() === command)) return
  endUnheard(command, client.ready ? undefined : REFUSED)
}

export function endpointOf(client: Client): Endpoint {
  const { connection_options: options, connection_option: before24 = client.connectionOption } = client
  const { host, port, path } = options ?? before24 ?? {}
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

export type Method = (this: Client, ...args: unknown[]) => unknown

type Queue = LaterQueue | FirstQueue

interface LaterQueue {
  readonly length: number
  peekFront(): Command | undefined
  peekBack(): Command | undefined
  toArray(): readonly Command[]
}

/** Before 2.2. */
interface FirstQueue {
  readonly length: number
  readonly head: readonly Command[]
  readonly tail: readonly Command[]
  /** Of the first in `head`. */
  readonly offset: number
}

interface Connection {
  readonly host?: string
  readonly port?: number | string
  readonly path?: string
}

export interface Client {
  readonly ready: boolean
  readonly selected_db?: number | string
  readonly connection_options?: Connection
  /** In 2.3. */
  readonly connection_option?: Connection
  /** Before 2.3. */
  readonly connectionOption?: Connection
  readonly command_queue: Queue
  readonly offline_queue: Queue
  internal_send_command(this: Client, command: Command): unknown
}

export interface Exports {
  readonly RedisClient: { readonly prototype: Client }
  readonly Multi: { readonly prototype: object }
}
