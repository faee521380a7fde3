/**
 * Finding spans in a trace.
 */
import { textOf } from './text.js'
import type { SpanNode, Tree } from './tree.js'

/** Spans that hold every word somewhere: in their name, service, error, tags or logs, whatever the case; or as their id. */
export function find({ nodes }: Tree, text: string): SpanNode[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return nodes.filter((node) => {
    const told = tellingOf(node)
    return words.every((word) => told.includes(word) || word === node.span.id)
  })
}

function tellingOf({ span, service }: SpanNode): string {
  const tags = [span.tags, ...span.logs.map(({ tags }) => tags)].flatMap((tags) =>
    Object.entries(tags).map(([key, value]) => `${key}=${textOf(value)}`),
  )
  const logs = span.logs.map(({ name }) => name)
  return [span.name, service, span.kind, span.error ?? '', ...logs, ...tags].join('\n').toLowerCase()
}
