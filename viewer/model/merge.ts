/**
 * Spans of one kind in one place are one: siblings of the same service and operation fall together, and so do their children.
 * A flame graph shows one trace that way, a comparison two.
 */
import { operationOf } from './operation.js'
import type { SpanNode } from './tree.js'

export interface Merged {
  readonly service: string
  readonly name: string
  readonly depth: number
  /** Unique in its merged tree. */
  readonly key: string
  /** Spans of each of the trees, in their order. */
  readonly sides: readonly (readonly SpanNode[])[]
  readonly children: readonly Merged[]
}

type Growing = Omit<Merged, 'children' | 'sides'> & { children: Growing[]; readonly sides: SpanNode[][] }

/** Depth first: parents before their children. */
export function merge(trees: readonly (readonly SpanNode[])[]): Merged[] {
  const all: Growing[] = []
  const waiting = group(trees, 0, '').reverse()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    all.push(node)
    const below = node.sides.map((nodes) => nodes.flatMap(({ children }) => children))
    node.children = group(below, node.depth + 1, `${all.length}`)
    for (let index = node.children.length - 1; index >= 0; index--) waiting.push(node.children[index] as Growing)
  }
  return all
}

function group(sides: readonly (readonly SpanNode[])[], depth: number, prefix: string): Growing[] {
  const groups = new Map<string, Growing>()
  sides.forEach((nodes, side) => {
    for (const node of nodes) {
      const { service } = node
      const name = operationOf(node)
      const key = `${prefix}\0${service}\0${name}`
      let found = groups.get(key)
      if (found === undefined) {
        found = { service, name, depth, key, sides: sides.map(() => []), children: [] }
        groups.set(key, found)
      }
      found.sides[side]?.push(node)
    }
  })
  return [...groups.values()]
}
