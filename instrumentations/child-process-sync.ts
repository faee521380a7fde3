/**
 * The synchronous half of `child_process`: the functions that return when the child has ended. Node makes the child's
 * environment where nobody sees it, so it is put into a copy of the caller's options.
 */
import { activeSpan, describe, glimpse, type Kit, type Span } from '../src/instrumentation.js'
import { describeOutcome, executableOf, type Outcome } from './child-process-describe.js'

export function patchSync(exports: object, kit: Kit): void {
  for (const name of ['spawnSync', 'execFileSync', 'execSync'] as const) {
    kit.wrap(exports, name, (original: Sync) => {
      return function runTraced(...args) {
        const call = activeSpan() === undefined ? undefined : glimpse(callOf, name, args)
        if (call === undefined) return original.apply(this, args)
        const span = startSpan(executableOf(args[0], call.shell), kit)
        return span === undefined ? original.apply(this, args) : runSync(this, original, args, call, span, kit)
      }
    })
  }
}

/** None outside of a trace: there is nothing that a child could join. */
export function startSpan(executable: string, kit: Kit): Span | undefined {
  return activeSpan() === undefined ? undefined : kit.startSpan(`spawn ${executable}`, 'client')
}

function runSync(
  self: unknown,
  original: Sync,
  args: unknown[],
  call: Call,
  span: Span,
  kit: Kit,
): Outcome | string | null {
  const executable = executableOf(args[0], call.shell)
  try {
    const result = original.apply(self, glimpse(withEnvironment, args, call, span, kit) ?? args)
    describe(span, describeOutcome, executable, result, false)
    return result
  } catch (error) {
    describe(span, describeOutcome, executable, error as Outcome, true)
    throw error
  } finally {
    span.finish()
  }
}

/** Where the options of a call stand, or would stand, and what they are. */
function callOf(name: string, args: readonly unknown[]): Call {
  const at = name === 'execSync' || isOptions(args[1]) ? 1 : 2
  const options = args[at]
  const shell = isOptions(options) ? options.shell : undefined
  return { at, options, shell: name === 'execSync' ? (shell ?? true) : shell }
}

/** The arguments with a copy of the options; what a child inherits of `env`, its prototype's values too, is copied. */
function withEnvironment(args: readonly unknown[], { at, options, shell }: Call, span: Span, kit: Kit): unknown[] {
  const changed = [...args]
  if (options !== undefined && !isOptions(options)) return changed
  // Some Nodes look at what options inherit or hide, others do not.
  if (options !== undefined && 'env' in options && !isEnumerable.call(options, 'env')) return changed
  const original = options?.env || process.env
  const env: Record<string, unknown> = {}
  for (const variable in original) env[variable] = original[variable]
  const changes = kit.environmentChanges(span, (variable) => env[variable] as string | undefined)
  for (const [variable, value] of changes) {
    if (value === undefined) delete env[variable]
    else env[variable] = value
  }
  changed[at] = copyOf(options, { env, shell })
  return changed
}

const { propertyIsEnumerable: isEnumerable } = Object.prototype

/** The caller's options, getters and prototype and all, but for what has been read already. */
function copyOf(options: SyncOptions | undefined, { env, shell }: SyncOptions): object {
  if (options === undefined) return { env }
  const properties: PropertyDescriptorMap = Object.getOwnPropertyDescriptors(options)
  properties['env'] = plain(env)
  const { enumerable, get } = properties['shell'] ?? {}
  if (get !== undefined) properties['shell'] = { ...plain(shell), enumerable: enumerable === true }
  return Object.create(Object.getPrototypeOf(options) as object | null, properties) as object
}

function plain(value: unknown): PropertyDescriptor {
  return { value, enumerable: true, writable: true, configurable: true }
}

function isOptions(value: unknown): value is SyncOptions {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// ---- the little of child_process relied upon ----

type Sync = (this: unknown, ...args: unknown[]) => Outcome | string | null

interface Call {
  readonly at: number
  readonly options: unknown
  readonly shell: unknown
}

interface SyncOptions {
  readonly env?: Readonly<Record<string, unknown>> | undefined
  readonly shell?: unknown
}
