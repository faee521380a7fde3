/**
 * Gaps explained: what a process's runtime did while a span had no child running – turns of the event loop that took
 * long, garbage collections.
 */
import { common, lengthOf, union, type Interval } from './intervals.js'
import { idleOf, type SpanNode, type Tree } from './tree.js'
import type { Process, Runtime } from './trace.js'

/** Something that held a process up, by the trace's clock. */
export interface HoldUp extends Interval {
  readonly cause: 'event-loop' | 'gc'
  /** For people, such as `event loop blocked` or `garbage collection (major)`. */
  readonly label: string
}

export interface HeldUp {
  readonly node: SpanNode
  /** As far as they fall into the span's own time. */
  readonly by: readonly HoldUp[]
  /** Milliseconds in all, overlaps counted once. */
  readonly time: number
}

/** Shorter ones explain nothing that can be seen, in ms. */
const LEAST = 0.05

/** The spans that were held up, by id. */
export function heldUp(tree: Tree, runtimes: readonly Runtime[]): ReadonlyMap<string, HeldUp> {
  const found = new Map<string, HeldUp>()
  if (runtimes.length === 0) return found
  const byProcess = tree.trace.processes.map((process, index) => holdUpsOf(tree, process, index, runtimes))
  for (const node of tree.nodes) {
    const causes = byProcess[node.span.process] ?? []
    if (causes.length === 0) continue
    const by = idleOf(node).flatMap((idle) => causes.flatMap((cause) => during(cause, idle)))
    const time = lengthOf(union(by))
    if (time >= LEAST) found.set(node.span.id, { node, by, time })
  }
  return found
}

function during(cause: HoldUp, idle: Interval): HoldUp[] {
  const shared = common(cause, idle)
  return shared === undefined ? [] : [{ ...cause, ...shared }]
}

/** Of all that happened in a process, what happened in the time of the trace. */
function holdUpsOf(tree: Tree, process: Process, index: number, runtimes: readonly Runtime[]): HoldUp[] {
  const zero = tree.start - (tree.offsets[index] ?? 0)
  const placed = (start: number, duration: number): Interval => ({ start: start - zero, end: start - zero + duration })
  return runtimes
    .filter(({ service, instance }) => service === process.service && instance === process.instance)
    .flatMap(({ delays, collections }): HoldUp[] => [
      ...delays.map(({ start, duration }): HoldUp => ({
        ...placed(start, duration),
        cause: 'event-loop',
        label: 'event loop blocked',
      })),
      ...collections.map(({ start, duration, kind }): HoldUp => ({
        ...placed(start, duration),
        cause: 'gc',
        label: `garbage collection (${kind})`,
      })),
    ])
    .filter(({ start, end }) => end > 0 && start < tree.duration)
}
