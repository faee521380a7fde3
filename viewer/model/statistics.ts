/**
 * A trace by operation: how often, how long, how much of that was its own, and how much was waited for.
 */
import { timeOnPath, type Step } from './critical-path.js'
import { operationOf } from './operation.js'
import type { SpanNode, Tree } from './tree.js'

export interface OperationStatistics {
  readonly service: string
  readonly name: string
  readonly count: number
  readonly errors: number
  /** Milliseconds; those of spans that ran at the same time add up. */
  readonly total: number
  readonly selfTime: number
  readonly onPath: number
  readonly average: number
  readonly longest: SpanNode
}

/** Most on the critical path first. */
export function statisticsOf({ nodes }: Tree, path: readonly Step[]): OperationStatistics[] {
  const times = timeOnPath(path)
  const groups = new Map<string, SpanNode[]>()
  for (const node of nodes) {
    const key = `${node.service}\0${operationOf(node)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [node])
    else group.push(node)
  }
  return [...groups.values()]
    .map((group) => figuresOf(group as [SpanNode, ...SpanNode[]], times))
    .sort((a, b) => b.onPath - a.onPath || b.selfTime - a.selfTime)
}

function figuresOf(
  group: readonly [SpanNode, ...SpanNode[]],
  times: ReadonlyMap<SpanNode, number>,
): OperationStatistics {
  const [first] = group
  const sum = (of: (node: SpanNode) => number): number => group.reduce((sum, node) => sum + of(node), 0)
  const total = sum((node) => node.end - node.start)
  return {
    service: first.service,
    name: operationOf(first),
    count: group.length,
    errors: sum((node) => (node.span.failed ? 1 : 0)),
    total,
    selfTime: sum((node) => node.selfTime),
    onPath: sum((node) => times.get(node) ?? 0),
    average: total / group.length,
    longest: group.reduce((most, node) => (node.end - node.start > most.end - most.start ? node : most)),
  }
}
