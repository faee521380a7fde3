/**
 * The critical path: what a trace spent its time on, step by step. Whatever is shortened there shortens the whole;
 * what ran beside it does not.
 */
import type { SpanNode, Tree } from './tree.js'
import type { Interval } from './intervals.js'

/** A stretch of the path, in which `node` itself was what the rest waited for. */
export interface Step extends Interval {
  readonly node: SpanNode
}

interface Walk {
  readonly node: SpanNode
  /** Children by their end, the last one first to pop. */
  readonly children: SpanNode[]
  /** Where the walk began: what goes on beyond counts until here. */
  readonly limit: number
  /** From here back it is still open who was waited for. */
  until: number
}

/**
 * Walks back from the end of the longest root: whoever ended last is who was waited for. A child that outlives its parent
 * counts until the parent's end.
 *
 * @returns the steps in the order of time; they do not overlap
 */
export function criticalPath({ roots }: Tree): Step[] {
  const longest = roots.reduce<SpanNode | undefined>(
    (most, node) => (most === undefined || node.end - node.start > most.end - most.start ? node : most),
    undefined,
  )
  if (longest === undefined) return []
  const steps: Step[] = []
  const add = (node: SpanNode, start: number, end: number): void =>
    void (end > start && steps.push({ node, start, end }))
  const walks = [walkFrom(longest, longest.end)]
  for (let walk = walks.at(-1); walk !== undefined; walk = walks.at(-1)) {
    const child = walk.children.pop()
    if (child === undefined) {
      add(walk.node, walk.node.start, walk.until)
      walks.pop()
      continue
    }
    const end = Math.min(child.end, walk.limit)
    // Who was still running then was not waited for at that point; who has started later cannot have been.
    if (end > walk.until || child.start >= walk.until) continue
    add(walk.node, end, walk.until)
    walk.until = Math.max(child.start, walk.node.start)
    walks.push(walkFrom(child, end))
  }
  return steps.reverse()
}

function walkFrom(node: SpanNode, until: number): Walk {
  const ends = (child: SpanNode): number => Math.min(child.end, until)
  const children = [...node.children].sort((a, b) => ends(a) - ends(b) || b.start - a.start)
  return { node, children, limit: until, until }
}

/** Milliseconds on the path, by span. */
export function timeOnPath(steps: readonly Step[]): ReadonlyMap<SpanNode, number> {
  const times = new Map<SpanNode, number>()
  for (const { node, start, end } of steps) times.set(node, (times.get(node) ?? 0) + end - start)
  return times
}
