/**
 * Transactions and pipelines of ioredis: those of the application have a span with their commands below it, those that it
 * makes by itself of commands sent at about the same time have none.
 */
import { describe, Stamp, type Kit, type Span } from '../src/instrumentation.js'
import {
  classOf,
  endpointOf,
  isCommand,
  observe,
  spans,
  startSpan,
  type Command,
  type Exports,
  type Redis,
  type Settled,
} from './ioredis-command.js'
import { describeBatch, nameOf, type Batching } from './redis-describe.js'
import { finishFailed } from './redis-span.js'

/** Set for pipelines that have been sent. */
const isSent = Stamp<boolean>()
/** The marks of pipelines that ioredis makes by itself, one for each installed copy. */
const automatic: symbol[] = []

export function noteAutomatic({ kExec }: { readonly kExec: symbol }, kit: Kit): void {
  automatic.push(kExec)
  kit.onUndo(() => automatic.splice(automatic.indexOf(kExec), 1))
}

export function patchPipeline(exports: Exports<Pipeline>, kit: Kit): void {
  const { prototype } = classOf(exports)
  kit.wrap(prototype, 'sendCommand', (sendCommand: (this: Pipeline, command: Command) => unknown) => {
    return function sendCommandTraced(command) {
      // An automatic pipeline is sent later, in the context of its first command.
      if (isCommand(command) && isAutomatic(this) && spans.get(command) === undefined)
        startSpan(command, endpointOf(this.redis), undefined, true, kit)
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

interface Pipeline extends Settled {
  readonly redis: Redis
  readonly _queue: readonly Command[]
  /** Transactions begun in it and not yet ended. */
  readonly _transactions: number
}
