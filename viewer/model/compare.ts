/**
 * Two traces side by side: what only one of them did, and what took longer.
 */
import { merge, type Merged } from './merge.js'
import type { SpanNode, Tree } from './tree.js'

export interface Side {
  readonly count: number
  readonly errors: number
  /** Milliseconds; those of spans that ran at the same time add up. */
  readonly total: number
  readonly first: SpanNode | undefined
}

export interface Difference {
  readonly key: string
  readonly service: string
  readonly name: string
  readonly depth: number
  readonly a: Side
  readonly b: Side
  /** In `a` alone, in `b` alone, or in both, with as many spans or not. */
  readonly kind: 'removed' | 'added' | 'same' | 'count'
  /** Milliseconds that it took more in `b`. */
  readonly change: number
}

/** Depth first, in the order of `a`. */
export function compare(a: Tree, b: Tree): Difference[] {
  return merge([a.roots, b.roots]).map(differenceOf)
}

function differenceOf({ key, service, name, depth, sides }: Merged): Difference {
  const [a, b] = [sideOf(sides[0] ?? []), sideOf(sides[1] ?? [])]
  return { key, service, name, depth, a, b, kind: kindOf(a.count, b.count), change: b.total - a.total }
}

function sideOf(nodes: readonly SpanNode[]): Side {
  return {
    count: nodes.length,
    errors: nodes.filter(({ span }) => span.failed).length,
    total: nodes.reduce((sum, { start, end }) => sum + end - start, 0),
    first: nodes[0],
  }
}

function kindOf(a: number, b: number): Difference['kind'] {
  if (b === 0) return 'removed'
  if (a === 0) return 'added'
  return a === b ? 'same' : 'count'
}
