/**
 * Questions about the spans of Redis clients.
 */
import type { Arrived } from './collector.js'
import { spanNamed } from './spans.js'

/** The children of a span, or of the one span with a name, in the order in which they started. */
export function below(spans: readonly Arrived[], parent: Arrived | string | undefined): Arrived[] {
  const spanId = typeof parent === 'string' ? spanNamed(spans, parent).spanId : parent?.spanId
  return spans
    .filter(({ parentSpanId }) => parentSpanId !== undefined && parentSpanId === spanId)
    .sort((a, b) => a.start - b.start)
}

/** The spans in which a value of the application's shows up: the applications mark theirs with `s3cret`. */
export function leaks(spans: readonly Arrived[]): string[] {
  return spans.map((span) => JSON.stringify(span)).filter((text) => text.includes('s3cret'))
}
