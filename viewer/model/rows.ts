/**
 * Which spans a waterfall shows, and in which state: what is folded is data, small enough for an address.
 */
import type { SpanNode, Tree } from './tree.js'

/** Everything below a depth is folded, but for the spans that were unfolded, or folded above it, by hand. */
export interface Folding {
  /** Spans this deep and deeper start folded; Infinity for none. */
  readonly depth: number
  /** Ids of the spans that are not as `depth` says. */
  readonly toggled: ReadonlySet<string>
}

export const UNFOLDED: Folding = { depth: Infinity, toggled: new Set() }

export function isFolded(node: SpanNode, { depth, toggled }: Folding): boolean {
  return node.children.length > 0 && node.depth >= depth !== toggled.has(node.span.id)
}

/** The other state for one span. */
export function toggle({ depth, toggled }: Folding, id: string): Folding {
  const next = new Set(toggled)
  if (!next.delete(id)) next.add(id)
  return { depth, toggled: next }
}

/** As `folding`, with everything above `node` open. */
export function reveal(folding: Folding, node: SpanNode): Folding {
  let next = folding
  for (let at = node.parent; at !== undefined; at = at.parent) if (isFolded(at, next)) next = toggle(next, at.span.id)
  return next
}

/** The spans to be seen, in their order. */
export function rowsOf({ nodes }: Tree, folding: Folding): SpanNode[] {
  const rows: SpanNode[] = []
  for (let index = 0; index < nodes.length;) {
    const node = nodes[index] as SpanNode
    rows.push(node)
    index += isFolded(node, folding) ? node.descendants + 1 : 1
  }
  return rows
}
