/**
 * The seam of node-redis: its queue.
 *
 * Whatever a client sends passes through its queue's `addCommand` once, in the caller's context and with the arguments as
 * sent; retries and the offline queue come after it. A queue does not know its client, so the client's methods note who is
 * sending while they are on the stack. What comes without a sender is the client's housekeeping and makes no span.
 */
import { activeScope, describe, outsideOfAll, Returns, Stamp, type Kit, type Span } from '../src/instrumentation.js'
import { attemptOf, isRedirection, type Attempt } from './redis-cluster.js'
import { endpointTags, type Batching, type Endpoint } from './redis-describe.js'
import { finishFailed, startCommand } from './redis-span.js'

/** A transaction or a pipeline that is being sent. */
export interface Batch {
  readonly kind: Batching
  /** Undefined where nothing is recorded. */
  readonly span: Span | undefined
  readonly children: Span[]
}

/** The client whose method is on the stack. */
let sender: Client | undefined
let batch: Batch | undefined

/** On a queue, where its client sends to. A stamp written out. */
class destination extends Returns {
  #value: Endpoint | undefined

  static get(queue: object): Endpoint | undefined {
    return #value in queue ? queue.#value : undefined
  }

  static set(queue: object, value: Endpoint): void {
    const stamped = #value in queue ? queue : new destination(queue)
    stamped.#value = value
  }
}

/** The same on the client. */
const endpoints = Stamp<Endpoint>()

/** Calls a method of `client`, with the commands that it queues being the client's, and part of `within` if given. */
export function sendAs<Result>(
  client: Client,
  method: (this: never, ...args: never) => Result,
  args: IArguments,
  within?: Batch,
): Result {
  const outerSender = sender
  const outerBatch = batch
  sender = client._self ?? client
  batch = within
  try {
    return Reflect.apply(method, client, args) as Result
  } finally {
    sender = outerSender
    batch = outerBatch
  }
}

/** @param isSendable whether the version would ever answer to such arguments */
export function patchQueue(prototype: Queue, isSendable: (args: readonly unknown[]) => boolean, kit: Kit): void {
  kit.wrap(prototype, 'addCommand', (addCommand: Queue['addCommand']) => {
    return function addCommandTraced(this: Queue, args, options) {
      // `sendCommand` takes what it is given: whatever is wrong with it is the library's to say.
      if (!Array.isArray(args)) return addCommand.call(this, args, options)
      const endpoint = destinationOf(this)
      if (isHousekeeping(args, options)) return addCommand.call(this, args, options)
      const within = batch
      const attempt = within === undefined ? attemptOf(activeScope()) : undefined
      if (attempt?.span?.record !== undefined) {
        return redirected(put(addCommand, this, arguments, options), args, attempt.span, endpoint, attempt)
      }
      const span = startCommand(args[0], args, 1, endpoint, within?.span, kit)
      const promise = put(addCommand, this, arguments, options)
      if (args[0] === 'SELECT' && endpoint !== undefined) followSelect(promise, endpoint, args[1])
      if (span === undefined) return promise
      within?.children.push(span)
      if (attempt !== undefined) attempt.span = span
      if (!isSendable(args)) finishFailed(span, UNSENDABLE)
      // Within a transaction the answer is `QUEUED`: the command is over when the transaction is.
      return within?.kind === 'MULTI' ? observeRefusal(promise, span) : observe(promise, span, attempt)
    }
  })
  for (const method of ['subscribe', 'unsubscribe'] as const) {
    kit.wrap(prototype, method, (subscribe: Queue['subscribe']) => {
      return function subscribeTraced(this: Queue, type, channels) {
        const promise = subscribe.apply(this, arguments as never)
        // One more listener of a channel that is subscribed already: nothing is sent.
        return promise && recordSubscription(promise, destinationOf(this), method, type, channels, kit)
      }
    })
  }
}

/**
 * Lets a queue have a command. One that may time out gets a timer that lives for as long, answered or not: it is not to hold
 * on to the request for whose sake the command was sent. Whoever awaits the promise is in a scope of their own.
 */
function put(addCommand: Queue['addCommand'], queue: Queue, args: IArguments, options: SendOptions): Promise<unknown> {
  if (options?.timeout === undefined) return Reflect.apply(addCommand, queue, args)
  return outsideOfAll(addCommand, queue, args)
}

function recordSubscription(
  promise: Promise<unknown>,
  endpoint: Endpoint | undefined,
  method: 'subscribe' | 'unsubscribe',
  type: string,
  channels: string | readonly string[] | undefined,
  kit: Kit,
): Promise<unknown> {
  // Up to 1.4 the type is the command itself.
  const command = (PREFIXES.get(type) ?? '') + (PREFIXES.has(type) ? method.toUpperCase() : type)
  const args = channels === undefined ? [] : typeof channels === 'string' ? [channels] : channels
  const span = startCommand(command, args, 0, endpoint, undefined, kit)
  return span === undefined ? promise : observe(promise, span)
}

const PREFIXES = new Map([
  ['CHANNELS', ''],
  ['PATTERNS', 'P'],
  ['SHARDED', 'S'],
])

/** Version 4 throws while writing such a command and never settles its promise. */
const UNSENDABLE = Object.assign(new TypeError('Invalid argument type'), { stack: undefined })

/**
 * Ends the span with the answer. The queue's own promise is one that an application may get (`client.sendCommand`): it gets
 * the one that follows instead, for which a rejection that nobody handles is as unhandled as before.
 */
function observe(promise: Promise<unknown>, span: Span, attempt?: Attempt): Promise<unknown> {
  return promise.then(
    (reply) => {
      span.finish()
      return reply
    },
    (error: unknown) => {
      if (attempt === undefined || !isRedirection(error)) finishFailed(span, error)
      throw error
    },
  )
}

function observeRefusal(promise: Promise<unknown>, span: Span): Promise<unknown> {
  promise.then(nothing, (error: unknown) => finishFailed(span, error))
  return promise
}

function nothing(): void {}

/** The command again, or the `ASKING` before it. */
function redirected(
  promise: Promise<unknown>,
  args: readonly unknown[],
  span: Span,
  endpoint: Endpoint | undefined,
  attempt: Attempt,
): Promise<unknown> {
  if (args[0] === 'ASKING') return promise
  if (endpoint !== undefined) describe(span, () => ({ tags: endpointTags(endpoint) }))
  return observe(promise, span, attempt)
}

/** Known from the first call of one of its client's methods. */
function destinationOf(queue: Queue): Endpoint | undefined {
  const known = destination.get(queue)
  if (known !== undefined || sender === undefined) return known
  const endpoint = endpointOf(sender)
  destination.set(queue, endpoint)
  return endpoint
}

/** What a client sends by itself, and the frame of a transaction, for which the transaction's own span stands. */
function isHousekeeping(args: readonly unknown[], options: SendOptions): boolean {
  if (batch !== undefined) {
    if (batch.span === undefined) return true
    return batch.kind === 'MULTI' && args.length === 1 && (args[0] === 'MULTI' || args[0] === 'EXEC')
  }
  if (sender !== undefined) return false
  // Version 4 sends the commands of its legacy mode without a sender, and its heartbeat too.
  return options?.asap === true || options?.chainId !== undefined || args[0] === 'PING'
}

function followSelect(promise: Promise<unknown>, endpoint: Endpoint, database: unknown): void {
  promise.then(() => (endpoint.database = String(database)), nothing)
}

export function endpointOf(client: Client): Endpoint {
  const owner = client._self ?? client
  const known = endpoints.get(owner)
  if (known !== undefined) return known
  const { socket, database } = owner.options ?? {}
  const path = socket?.path
  const endpoint = {
    host: path ?? socket?.host ?? 'localhost',
    port: path === undefined ? (socket?.port ?? 6379) : undefined,
    database: String(database ?? 0),
  }
  endpoints.set(owner, endpoint)
  return endpoint
}

// ---- the little of node-redis relied upon ----

type SendOptions =
  | {
      readonly asap?: boolean
      readonly chainId?: symbol
      /** Since version 5. In ms. */
      readonly timeout?: number | undefined
    }
  | null
  | undefined

export interface Queue {
  addCommand(args: readonly unknown[], options: SendOptions): Promise<unknown>
  subscribe(type: string, channels: string | readonly string[] | undefined): Promise<unknown> | undefined
}

export interface Client {
  /** Versions 5 and 6: the client behind an object that `withCommandOptions` or the like made from it. */
  readonly _self?: Client
  readonly isOpen: boolean
  readonly isReady: boolean
  readonly options?: {
    readonly socket?: { readonly host?: string; readonly port?: number; readonly path?: string }
    readonly database?: number
    readonly disableOfflineQueue?: boolean
    readonly pingInterval?: number
  }
}
