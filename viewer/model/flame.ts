/**
 * A trace as a flame graph: how much work each path of calls was, with calls of one kind put together. Work is own time;
 * what ran at the same time stands side by side, so that the whole may be wider than the trace was long.
 */
import { merge, type Merged } from './merge.js'
import type { SpanNode, Tree } from './tree.js'

export interface Flame {
  readonly key: string
  readonly service: string
  readonly name: string
  readonly depth: number
  /** Where it begins, in ms of work from the left. */
  readonly left: number
  /** Milliseconds of work in it and below. */
  readonly work: number
  readonly selfTime: number
  readonly spans: readonly SpanNode[]
  readonly parent: Flame | undefined
}

/** Depth first, the most work to the left. */
export function flamesOf({ roots }: Tree): Flame[] {
  const merged = merge([roots])
  const work = workOf(merged)
  const flames: Flame[] = []
  const place = (groups: readonly Merged[], parent: Flame | undefined): [Merged, Flame][] => {
    let left = parent?.left ?? 0
    return [...groups]
      .sort((a, b) => (work.get(b) ?? 0) - (work.get(a) ?? 0))
      .map((group) => {
        const flame = flameOf(group, parent, left, work.get(group) ?? 0)
        left += flame.work
        return [group, flame]
      })
  }
  const waiting = place(
    merged.filter(({ depth }) => depth === 0),
    undefined,
  ).reverse()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [group, flame] = next
    flames.push(flame)
    waiting.push(...place(group.children, flame).reverse())
  }
  return flames
}

function flameOf(group: Merged, parent: Flame | undefined, left: number, work: number): Flame {
  const { key, service, name, depth, sides } = group
  return { key, service, name, depth, left, work, selfTime: selfTimeOf(group), spans: sides[0] ?? [], parent }
}

function selfTimeOf({ sides }: Merged): number {
  return (sides[0] ?? []).reduce((sum, { selfTime }) => sum + selfTime, 0)
}

function workOf(merged: readonly Merged[]): ReadonlyMap<Merged, number> {
  const work = new Map<Merged, number>()
  for (let index = merged.length - 1; index >= 0; index--) {
    const group = merged[index] as Merged
    const below = group.children.reduce((sum, child) => sum + (work.get(child) ?? 0), 0)
    work.set(group, selfTimeOf(group) + below)
  }
  return work
}
