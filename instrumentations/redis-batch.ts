/**
 * Transactions and pipelines of node-redis.
 */
import { describe, type Description, type Kit, type Span } from '../src/instrumentation.js'
import { describeBatch, nameOf, type Batching } from './redis-describe.js'
import { endpointOf, sendAs, type Batch, type Client } from './redis-queue.js'
import { finishFailed } from './redis-span.js'

type Execute = (this: Client, commands: Queued, database: unknown, chain: unknown) => Promise<unknown>
type Queued = readonly { readonly args: readonly unknown[] }[]

/**
 * @param kind what is sent; undefined in version 4, which has one method for both
 * @param repliesOf the replies to a transaction's commands; null where it was aborted
 */
export function patchBatch(
  prototype: Client,
  name: string,
  kind: Batching | undefined,
  repliesOf: (settled: unknown) => unknown,
  kit: Kit,
): void {
  kit.wrap(prototype, name, (execute: Execute) => {
    return function executeTraced(commands, _database, chain) {
      const isFramed = commands[0]?.args[0] === 'MULTI'
      const sent = kind ?? (isFramed || chain !== undefined ? 'MULTI' : 'PIPELINE')
      const span = kit.startSpan(sent, 'client')
      const batch: Batch = { kind: sent, span: span?.record && span, children: [] }
      const promise = sendAs(this, execute, arguments, batch)
      if (span?.record === undefined) return promise
      describe(span, describeCommands, sent, isFramed ? commands.slice(1, -1) : commands, this)
      promise.then(
        (settled) => finishBatch(batch, span, repliesOf(settled)),
        (error: unknown) => finishFailedBatch(batch, span, error),
      )
      return promise
    }
  })
}

/** @param commands without MULTI and EXEC, which versions before 4.7 put around them here */
function describeCommands(kind: Batching, commands: Queued, client: Client): Description {
  const names = commands.map(({ args }) => nameOf(args[0]))
  return describeBatch(kind, names, endpointOf(client))
}

/** Version 4: the replies to MULTI, to each command (QUEUED), and to EXEC. */
export function lastOf(settled: unknown): unknown {
  return (settled as unknown[]).at(-1)
}

function finishBatch({ kind, children }: Batch, span: Span, replies: unknown): void {
  // The commands of a pipeline end by themselves.
  if (kind === 'MULTI') {
    children.forEach((child, index) => {
      const reply: unknown = Array.isArray(replies) ? replies[index] : undefined
      if (reply instanceof Error) finishFailed(child, reply)
      else child.finish()
    })
  }
  span.finish()
}

function finishFailedBatch({ kind, children }: Batch, span: Span, error: unknown): void {
  if (kind === 'MULTI') for (const child of children) child.finish()
  const isAborted = error instanceof Error && error.constructor.name === 'WatchError'
  if (isAborted) span.finish()
  else finishFailed(span, error)
}
