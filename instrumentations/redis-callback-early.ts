/**
 * node-redis 2.0 to 2.5, which makes a command of what `send_command` is called with: the command's span hangs on its
 * arguments, of which the client gets a copy. So it is known again that has waited offline, and that nobody hears of.
 */
import { withScope, type Kit } from '../src/instrumentation.js'
import { patchMulti, type Callback, type Command } from './redis-callback-multi.js'
import {
  begin,
  endpointOf,
  finish,
  patchReplies,
  patchRestoring,
  patchStream,
  pending,
  REFUSED,
  sendAs,
  type Client,
  type Exports,
} from './redis-callback.js'
import { CONNECTION } from './redis-span.js'

export function patchEarlyClient(exports: Exports, kit: Kit): void {
  const { prototype } = exports.RedisClient
  /** Before 2.5: a callback may stand among the arguments, and who is refused is told at once or never. */
  const isFirst = 'do_auth' in prototype
  kit.wrap(prototype, 'send_command', (send: Send) => {
    return function sendTraced(name, args, callback) {
      const isKnown = Array.isArray(args) ? pending.get(args) !== undefined : args !== undefined
      if (isKnown) return send.apply(this, arguments as never)
      const own: unknown[] = Array.isArray(args) ? [...args] : []
      const isLast = isFirst && !callback && typeof own.at(-1) === 'function'
      const command: Command = { command: name, args: own, callback: isLast ? (own.pop() as Callback) : callback }
      const queued = queuedIn(this)
      begin(this, command, own, kit)
      try {
        return send.call(this, name, own, command.callback)
      } finally {
        // What the client takes off a list of the application's.
        if (Array.isArray(args) && args.length > own.length) args.length = own.length
        if (queuedIn(this) === queued) endRefused(own, isFirst)
      }
    }
  })
  patchConnection(exports, kit)
  patchReplies(prototype, ({ args }) => args, kit)
  const methods = 'exec_transaction' in exports.Multi.prototype ? undefined : FIRST_METHODS
  patchMulti(exports.Multi.prototype, (client) => endpointOf(client as Client), sendAs, kit, methods)
}

/** Before 2.2 there were no pipelines. */
const FIRST_METHODS = { exec: 'MULTI', EXEC: 'MULTI' } as const

/** Streams were opened by whoever made a client, then by the client. */
function patchConnection(exports: Exports, kit: Kit): void {
  const { prototype } = exports.RedisClient
  const names = ['do_auth', 'ready_check', 'on_ready']
  patchRestoring(
    prototype,
    names.filter((name) => name in prototype),
    kit,
  )
  if ('create_stream' in prototype) return patchStream(prototype, kit)
  kit.wrap(exports, 'createClient', (create: (this: unknown) => unknown) => {
    return function createClientTraced() {
      return withScope(CONNECTION, () => create.apply(this, arguments as never))
    }
  })
}

function queuedIn({ command_queue, offline_queue }: Client): number {
  return command_queue.length + offline_queue.length
}

function endRefused(stamped: object, isFirst: boolean): void {
  const current = pending.get(stamped)
  if (current != null && (isFirst || !current.isHeard)) finish(current, REFUSED)
}

// ---- the little of redis relied upon ----

type Send = (this: Client, name: string, args: unknown, callback: Callback | undefined) => unknown
