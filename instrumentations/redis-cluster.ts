/**
 * Clusters of node-redis. Their nodes are clients as any other; here is what happens above them: a node may refer a command
 * to another one, and the slots have to be asked for.
 */
import {
  activeScope,
  Stamp,
  withoutTracing,
  withScope,
  type Kit,
  type Scope,
  type Span,
} from '../src/instrumentation.js'
import { errorCode } from './redis-describe.js'
import { finishFailed } from './redis-span.js'

interface Exports {
  readonly default: { readonly prototype: object }
}

export function patchOldCluster({ default: { prototype } }: Exports, kit: Kit): void {
  for (const name of ['sendCommand', 'executeFunction', 'executeScript']) patchCluster(prototype, name, kit)
}

export function patchNewCluster({ default: { prototype } }: Exports, kit: Kit): void {
  patchCluster(prototype, '_execute', kit)
}

function patchCluster(prototype: object, name: string, kit: Kit): void {
  // Private in 5.0: redirected commands have a span for each node then.
  if (!(name in prototype)) return
  kit.wrap(prototype, name, (send: (this: unknown) => Promise<unknown>) => {
    return function sendTraced() {
      return sendThroughCluster(() => send.apply(this, arguments as never))
    }
  })
}

/** Asking the nodes for the slots is no concern of the application's. */
export function patchClusterSlots({ default: { prototype } }: Exports, kit: Kit): void {
  for (const name of ['connect', 'rediscover']) {
    kit.wrap(prototype, name, (discover: (this: unknown) => unknown) => {
      return function discoverUntraced() {
        return withoutTracing(() => discover.apply(this, arguments as never))
      }
    })
  }
}

// ---- redirections ----

/** A command that a cluster may send to one node after the other. */
export interface Attempt {
  span: Span | undefined
}

/** By the scope in which the cluster sends. */
const attempts = Stamp<Attempt>()
/** Most applications have none: until it sends nobody looks for attempts. */
let hasCluster = false

/**
 * Has a cluster send a command: when a node refers to another one, the command's span goes on.
 *
 * @param send sends it, in a scope that is told apart by all attempts
 */
function sendThroughCluster(send: () => Promise<unknown>): Promise<unknown> {
  const scope: Scope = { ...(activeScope() ?? NO_SCOPE) }
  const attempt: Attempt = { span: undefined }
  attempts.set(scope, attempt)
  hasCluster = true
  const finishLeft = (error: unknown): never => {
    // Referred once too often, or to a node that is not known.
    if (attempt.span !== undefined) finishFailed(attempt.span, error)
    throw error
  }
  return withScope(scope, send).then((reply) => reply, finishLeft)
}

const NO_SCOPE: Scope = { span: undefined, context: undefined, suppressed: false, foreign: undefined }

export function attemptOf(scope: Scope | undefined): Attempt | undefined {
  return scope === undefined || !hasCluster ? undefined : attempts.get(scope)
}

export function isRedirection(error: unknown): boolean {
  const code = errorCode(error)
  return code === 'MOVED' || code === 'ASK'
}
