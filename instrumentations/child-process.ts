/**
 * `child_process`: what a traced piece of work starts joins its trace, by variables in the child's environment, and is a
 * span from its start to its end.
 *
 * All asynchronous functions end in `ChildProcess.prototype.spawn`, with an environment that Node has made for this child
 * alone. The synchronous ones have no such place: theirs goes into a copy of the caller's options.
 */
import type * as ChildProcessModule from 'node:child_process'
import { defineInstrumentation, describe, Stamp, type Kit, type Span } from '../src/instrumentation.js'
import { describeEnd, describeFailure, describeProcess, executableOf } from './child-process-describe.js'
import { patchSync, startSpan } from './child-process-sync.js'

export const childProcess = defineInstrumentation({
  name: 'child_process',
  summary: 'Processes started; they join the trace',
  patches: [{ module: 'child_process', patch: patchModule }],
})

const childSpan = Stamp<Span>()

function patchModule(exports: typeof ChildProcessModule, kit: Kit): void {
  patchChildProcess(exports.ChildProcess.prototype as unknown as ChildProcess, kit)
  patchSync(exports, kit)
}

function patchChildProcess(prototype: ChildProcess, kit: Kit): void {
  kit.wrap(prototype, 'spawn', (spawn: ChildProcess['spawn']) => {
    return function spawnTraced(this: ChildProcess, options) {
      const span = startSpan(executableOf(options?.file, false), kit)
      if (span === undefined) return spawn.call(this, options)
      childSpan.set(this, span)
      try {
        return spawn.call(this, joining(span, options, kit))
      } catch (error) {
        describe(span, describeFailure, error)
        span.finish()
        throw error
      } finally {
        describe(span, describeProcess, executableOf(options?.file, false), this.pid)
        // Nobody waits for the end of a child that was let go.
        if (options?.detached === true && this.pid !== undefined) span.finish()
      }
    }
  })
  kit.wrap(prototype, 'emit', (emit: Emit) => {
    return function emitTraced(this: ChildProcess, event, first, second) {
      const span = childSpan.get(this)
      if (span?.record !== undefined) observe(this, span, event, first, second)
      return emit.apply(this, arguments as never)
    }
  })
}

/** An `error` before there is a process means that there will be none; later, that it could not be told something. */
function observe(child: ChildProcess, span: Span, event: string, first: unknown, second: unknown): void {
  if (event === 'exit') describe(span, describeEnd, first as number | null, second as string | null)
  else if (event === 'error' && child.pid === undefined) describe(span, describeFailure, first)
  else return
  span.finish()
}

/** The options with what the child is to be told, if they have the environment that Node makes. */
function joining(span: Span, options: SpawnOptions, kit: Kit): SpawnOptions {
  const pairs = options?.envPairs
  if (!Array.isArray(pairs)) return options
  const valueOf = (variable: string): string | undefined =>
    pairs.find((pair) => pair.startsWith(`${variable}=`))?.slice(variable.length + 1)
  const changes = kit.environmentChanges(span, valueOf)
  const kept = pairs.filter((pair) => !changes.has(pair.slice(0, pair.indexOf('='))))
  const added = [...changes].flatMap(([variable, value]) => (value === undefined ? [] : [`${variable}=${value}`]))
  return { ...options, envPairs: [...kept, ...added] }
}

// ---- the little of child_process relied upon ----

type Emit = (this: ChildProcess, event: string, ...args: unknown[]) => boolean

interface SpawnOptions {
  readonly file?: string
  readonly detached?: boolean
  /** `NAME=value`, for this child alone. */
  readonly envPairs?: string[]
}

interface ChildProcess {
  readonly pid: number | undefined
  spawn(options: SpawnOptions): unknown
}
