/**
 * Transactions and pipelines of node-redis 2 and 3: their span, with their commands below it.
 */
import { activeScope, describe, withScope, type Description, type Kit, type Span } from '../src/instrumentation.js'
import { describeBatch, nameOf, type Batching, type Endpoint } from './redis-describe.js'
import { finishFailed } from './redis-span.js'

/** A transaction or a pipeline whose commands are being sent. */
export class Group {
  readonly kind: Batching
  /** Undefined where nothing is recorded. */
  readonly span: Span | undefined
  private readonly children: Span[] = []
  /** The commands of the application, less those that are over. */
  private left: number
  private isSent = false

  constructor(kind: Batching, span: Span | undefined, size: number) {
    this.kind = kind
    this.span = span
    this.left = size
  }

  add(child: Span): void {
    this.children.push(child)
  }

  isFrame(command: string, args: readonly unknown[]): boolean {
    return this.kind === 'MULTI' && args.length === 0 && (command === 'multi' || command === 'exec')
  }

  /** The answer to `exec` is that of all commands; its callback calls theirs. */
  watchFrame(command: Command): void {
    const { callback } = command
    if (command.command !== 'exec' || typeof callback !== 'function') return
    this.isSent = true
    const scope = activeScope()
    const finish = (error: unknown, replies: unknown): void => this.finish(error, replies)
    command.callback = function (this: unknown, ...args) {
      finish(args[0], args[1])
      return withScope(scope, () => callback.apply(this, args))
    }
  }

  /** A command of a pipeline is over. */
  settled(): void {
    if (--this.left === 0 && this.kind === 'PIPELINE') this.span?.finish()
  }

  /** The client has refused the transaction. */
  endIfNotSent(): void {
    if (this.kind === 'MULTI' && !this.isSent) this.finish(NOT_SENT, undefined)
  }

  private finish(error: unknown, replies: unknown): void {
    const { span, children } = this
    if (span === undefined) return
    children.forEach((child, index) => {
      const reply: unknown = Array.isArray(replies) ? replies[index] : undefined
      if (reply instanceof Error) finishFailed(child, reply)
      else child.finish()
    })
    if (error == null) span.finish()
    else finishFailed(span, error)
  }
}

const NOT_SENT = Object.assign(new Error('the transaction was not sent'), { stack: undefined })

/**
 * @param sendAs calls `send`, with what is sent meanwhile being part of the group
 * @param methods by their names, what they send: these of 2.2 and later unless others are told
 */
export function patchMulti(
  prototype: object,
  endpointOf: (client: object) => Endpoint,
  sendAs: (group: Group, send: () => unknown) => unknown,
  kit: Kit,
  methods = METHODS,
): void {
  for (const [name, kind] of Object.entries(methods)) {
    kit.wrap(prototype, name, (exec: (this: Multi) => unknown) => {
      return function execTraced() {
        const commands = namesIn(this.queue)
        // Answered without a word to the server.
        if (commands.length === 0 && kind === 'PIPELINE') return exec.apply(this, arguments as never)
        const span = kit.startSpan(kind, 'client')
        const isRecorded = span?.record !== undefined
        if (isRecorded) describe(span, describeCommands, kind, commands, endpointOf(this._client))
        const group = new Group(kind, isRecorded ? span : undefined, commands.length)
        try {
          return sendAs(group, () => exec.apply(this, arguments as never))
        } finally {
          group.endIfNotSent()
        }
      }
    })
  }
}

const METHODS: Readonly<Record<string, Batching>> = {
  exec_transaction: 'MULTI',
  exec: 'PIPELINE',
  EXEC: 'PIPELINE',
  exec_batch: 'PIPELINE',
}

/** What the application has put into a transaction or a pipeline. Before 2.2 its own MULTI came first. */
function namesIn(queue: Multi['queue']): unknown[] {
  if ('toArray' in queue) return queue.toArray().map((queued) => (Array.isArray(queued) ? queued[0] : queued.command))
  return queue.slice(1).map(([name]) => name)
}

function describeCommands(kind: Batching, commands: readonly unknown[], endpoint: Endpoint): Description {
  return describeBatch(kind, commands.map(nameOf), endpoint)
}

// ---- the little of redis relied upon ----

export type Callback = (this: unknown, ...args: unknown[]) => unknown

export interface Command {
  /** Lower-case. */
  readonly command: string
  readonly args: readonly unknown[]
  callback: Callback | undefined
}

/** Before 2.6: the command's name, and what comes with it. */
type QueuedEarly = unknown[]

interface Multi {
  readonly _client: object
  readonly queue: { toArray(): readonly (Command | QueuedEarly)[] } | readonly QueuedEarly[]
}
