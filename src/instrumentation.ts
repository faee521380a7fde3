/**
 * The contract between the core and an instrumentation, and all that an instrumentation may use.
 *
 * An instrumentation says which file of which versions of a library it patches. It gets a kit and never learns which
 * headers are written or where spans go.
 */
import * as descriptions from './describe.js'
import { ledger } from './ledger.js'
import * as methods from './known-methods.js'
import * as urls from './redact.js'
import * as scopes from './scope/scope.js'
import * as servings from './serving.js'
import * as stamps from './stamp.js'
import type { SpanContext } from './tracer/context.js'
import * as limits from './tracer/limits.js'
import type { SpanKind, Tags } from './tracer/record.js'
import type { Span } from './tracer/span.js'
import type { ResponseHeader } from './config/instrumentation-variables.js'
import type { StatementPolicy } from './config/variables.js'

// Not `export … from`: in CommonJS that makes getters, of which V8 keeps a hash table. Every call by one of these names, some
// thirty a request, would look it up and call the getter: two hundred instructions each.
export const {
  activeScope,
  activeSpan,
  applyWithoutSpans,
  applyWithScope,
  applyWithSpan,
  bind,
  outsideOfAll,
  withScope,
  withSpan,
  withoutSpans,
  withoutTracing,
} = scopes
export const { describe, glimpse } = descriptions
export const { isKnownMethod } = methods
export const { redactUrl } = urls
export const { truncate } = limits
export const { Serving, servingOf } = servings
export const { Returns, Stamp } = stamps
export type Serving = servings.Serving
export type { Description } from './describe.js'
export type { Ending } from './serving.js'
export type { Scope } from './scope/scope.js'
export type { Span, SpanContext, SpanKind, Tags }

/** One file of one library to be patched. */
export interface Patch {
  /** The package's name, or a builtin's without `node:`. */
  readonly module: string
  /** Semver range of the package; builtins have none. The loader, the test matrix and the README all go by it. */
  readonly versions?: string
  /** The file inside the package, with slashes; the package's main module if left out. */
  readonly file?: string
  /** The file may never be loaded, or not exist in every version: nothing is said if it is not seen. */
  readonly optional?: boolean
  /**
   * Patches what the file exports.
   *
   * @returns what is to be exported instead, or undefined to keep `exports`
   * @throws where the library is not as expected: everything wrapped so far is then undone, and one line says so
   */
  readonly patch: (exports: never, kit: Kit) => unknown
}

/** Listens to a diagnostics channel. What it throws is caught: it would otherwise end the process. */
export type ChannelListener = (message: never, kit: Kit) => void

export interface Instrumentation {
  /** As in `OTEL_NODE_DISABLED_INSTRUMENTATIONS`, and the tag `component`. */
  readonly name: string
  /** What is traced, in a few words for the table of libraries. */
  readonly summary?: string
  readonly patches: readonly Patch[]
  /** Listeners by channel name. */
  readonly channels?: Readonly<Record<string, ChannelListener>>
}

/** Options of instrumentations, out of the configuration. */
export interface Options {
  readonly middlewareSpans: boolean
  readonly redisArguments: boolean
  readonly statements: StatementPolicy
  readonly redactedKeys: readonly string[]
  /** Patterns of requests that are not traced. */
  readonly ignoreIncoming: readonly string[]
  readonly ignoreOutgoing: readonly string[]
  /** Names of headers that are recorded. */
  readonly serverRequestHeaders: readonly string[]
  readonly serverResponseHeaders: readonly string[]
  readonly clientRequestHeaders: readonly string[]
  readonly clientResponseHeaders: readonly string[]
  /** Spans of requests sent log what they waited for. */
  readonly httpTimings: boolean
  /** What the client of a request is told. */
  readonly responseHeaders: readonly ResponseHeader[]
  /** Instrumentations that make no span outside of a trace. */
  readonly requireParent: readonly string[]
}

/** Writes one outgoing header; names are lower-case. */
export type HeaderWriter = (name: string, value: string) => void

/** Any function; the instrumentation says by its annotation which one it expects. */
export type Wrappable = (this: never, ...args: never[]) => unknown

/** What an instrumentation works with. */
export interface Kit {
  readonly options: Options
  /**
   * Replaces `owner[name]` by what `factory` makes of it, and remembers how to undo that. `length`, `name` and own
   * properties of the original are kept.
   *
   * @throws MissingSeam if there is no such function
   */
  wrap<Fn extends Wrappable>(owner: object, name: string, factory: (original: Fn) => Fn): void
  /** Remembers a step that undoes what a patch did by other means than `wrap`. */
  onUndo(undo: () => void): void
  /**
   * Starts a span below the active one, or below `parent`.
   *
   * @returns undefined where tracing is suppressed, or outside of a trace if one is required: call the original and do nothing else
   */
  startSpan(name: string, kind?: SpanKind, parent?: SpanContext): Span | undefined
  /**
   * Starts the server's span of a request that came with `headers` (lower-case names).
   *
   * @param target its path and query, by which a sampler may decide
   * @param peer the connection that it came on. Without it nobody is trusted by address (`PRETRACE_TRUST_INBOUND`).
   */
  startServerSpan(
    name: string,
    headers: Readonly<Record<string, unknown>>,
    target?: string,
    peer?: { readonly remoteAddress?: string | undefined } | null,
  ): Span
  /**
   * Writes the headers that carry `span` to the next service.
   *
   * @param present the headers that the caller has set itself (lower-case names): formats in which it has spoken are left
   *   out, and no header is written twice
   */
  inject(span: Span, write: HeaderWriter, present?: readonly string[]): void
  /**
   * The headers that {@link inject} and {@link passedOn} have to know: all of `present`, or none where no format that is
   * written has any of them, as nearly always.
   */
  clashing(span: Span, present: readonly string[]): readonly string[]
  /**
   * Those of `present` that the caller has taken over from the request which it serves, as a proxy does: they name the
   * service before this one as the next one's caller, and are to be taken out before {@link inject}.
   *
   * @param valueOf the value of one of them
   */
  passedOn(span: Span, present: readonly string[], valueOf: (name: string) => unknown): readonly string[]
  /**
   * What has to change in the environment of a child process that is to continue the trace of `span`; undefined removes a
   * variable. What the caller has set itself is left as it is.
   *
   * @param valueOf what the child would get
   */
  environmentChanges(span: Span, valueOf: (variable: string) => string | undefined): Map<string, string | undefined>
  /**
   * Writes the headers that tell a client of the server's span, those that are configured.
   *
   * @param write also told whether a header is a list, to which the application may have contributed members of its own
   */
  injectResponse(span: Span, write: (name: string, value: string, isList: boolean) => void): void
  /** Tells that a client span's response has begun: the span stays open for the body, within bounds (see lingerers.ts). */
  linger(span: Span): void
}

/** Declares an instrumentation; the identity function with a type. */
export function defineInstrumentation(instrumentation: Instrumentation): Instrumentation {
  return instrumentation
}

/**
 * Marks a span as failed by `error` and logs it (OpenTracing conventions). Does not finish it.
 *
 * @param redact takes out of an error's message what must not be told
 */
export function fail(span: Span, error: unknown, redact?: (message: string) => string): void {
  span.setTag('error', true)
  logError(span, error, redact)
}

/** Says that `span` comes of another one that is not its parent (OpenTracing's FOLLOWS_FROM). */
export function followFrom(span: Span, context: SpanContext): void {
  if (span.record !== undefined) limits.addLinks(span.record, span.tracer().limits, [{ context, type: 'follows_from' }])
}

/** Logs `error` without calling the span failed. */
export function logError(span: Span, error: unknown, redact?: (message: string) => string): void {
  if (span.record === undefined) return
  try {
    span.log(errorFields(error, redact))
  } catch {
    // An error whose properties throw when read.
    ledger.describeErrors++
  }
}

/** The log fields of an error. Its other properties may hold data (pg's `detail`) and are not recorded. */
function errorFields(error: unknown, redact = asItIs): Record<string, string> {
  const { redactStack, redactText } = require('./redact-text.js') as typeof import('./redact-text.js')
  const isError = error instanceof Error
  const original = isError ? error.message : String(error)
  const told = redact(original)
  const message = redactText(told)
  if (!isError) return { event: 'error', 'error.kind': typeof error, message }
  const stack: unknown = told === original ? error.stack : stackTelling(told, error.stack, original)
  const fields = { event: 'error', 'error.kind': error.name, message }
  return typeof stack === 'string' ? { ...fields, stack: redactStack(stack, told) } : fields
}

function asItIs(message: string): string {
  return message
}

/** A stack begins with the message that the error was made with. If that is another one, nothing is known of it. */
function stackTelling(told: string, stack: string | undefined, original: string): string | undefined {
  return stack?.includes(original) === true ? stack.replace(original, () => told) : undefined
}
