/**
 * Questions about the spans of Redis clients.
 */
import type { Arrived } from './collector.js'
import { spanNamed, treeOf } from './spans.js'

/** The children of a span, or of the one span with a name, in the order in which they started. */
export function below(spans: readonly Arrived[], parent: Arrived | string | undefined): Arrived[] {
  const spanId = typeof parent === 'string' ? spanNamed(spans, parent).spanId : parent?.spanId
  return spans
    .filter(({ parentSpanId }) => parentSpanId !== undefined && parentSpanId === spanId)
    .sort((a, b) => a.start - b.start)
}

/** What stands below the one span of this name, as {@link treeOf} tells it, line by line. */
export function treeBelow(spans: readonly Arrived[], section: string): string[] {
  const { traceId } = spanNamed(spans, section)
  const lines = treeOf(spans.filter((span) => span.traceId === traceId)).split('\n')
  return lines.slice(1).map((line) => line.slice(2))
}

/** The names of what has failed in the trace of the one span of this name. */
export function failedIn(spans: readonly Arrived[], section: string): string[] {
  const { traceId } = spanNamed(spans, section)
  return spans.filter((span) => span.traceId === traceId && span.failed).map(({ name }) => name)
}

/** The spans in which a value of the application's shows up: the applications mark theirs with `s3cret`. */
export function leaks(spans: readonly Arrived[]): string[] {
  return spans.map((span) => JSON.stringify(span)).filter((text) => text.includes('s3cret'))
}
