/**
 * The life of a Redis command's span, whichever client sends it.
 */
import { describe, fail, glimpse, type Kit, type Scope, type Span } from '../src/instrumentation.js'
import { describeCommand, errorCode, nameOf, toldOf, type Endpoint } from './redis-describe.js'

/**
 * The scope of all that a connection does by itself: outside of any trace, so that listeners of its events and of
 * messages are in nobody else's, and told apart from an application that traces nothing.
 */
export const CONNECTION: Scope = { span: undefined, context: undefined, suppressed: false, foreign: undefined }

/**
 * Starts the span of one command, below `parent` or else below the active one.
 *
 * @param args the arguments, preceded by `skipped` elements that are none
 * @returns undefined where there is nothing to record
 */
export function startCommand(
  command: unknown,
  args: readonly unknown[],
  skipped: number,
  endpoint: Endpoint | undefined,
  parent: Span | undefined,
  kit: Kit,
): Span | undefined {
  const name = nameOf(command)
  const span = kit.startSpan(name, 'client', parent?.context())
  if (span?.record === undefined) return undefined
  describe(span, describeCommand, name, args, skipped, endpoint, kit.options.redisArguments)
  return span
}

/** Ends the span of a command or a batch that `error` was the answer to. */
export function finishFailed(span: Span, error: unknown): void {
  if (span.record === undefined) return
  span.setTag('db.error_code', glimpse(errorCode, error))
  const told = glimpse(toldOf, error, span.name)
  fail(span, error, told === undefined ? undefined : () => told)
  span.finish()
}
