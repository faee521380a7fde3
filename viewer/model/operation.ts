/**
 * What spans of one kind have in common: beside their name, for calls, who was called. Calls are often named by their
 * method alone.
 */
import type { SpanNode } from './tree.js'

/** Such as `GET /cart`, or `GET → stock`. */
export function operationOf({ span, service, children }: SpanNode): string {
  if (span.kind !== 'client' && span.kind !== 'producer') return span.name
  const callee = children.find((child) => child.service !== service)?.service
  return callee === undefined ? span.name : `${span.name} → ${callee}`
}
