/**
 * A trace as Chrome trace events, which chrome://tracing and Perfetto open: a process a service, and in it as many lanes
 * as it takes for spans to nest.
 */
import type { SpanNode, Tree } from './tree.js'

type Event = Readonly<Record<string, unknown>>

export function traceAsChrome(tree: Tree): unknown {
  const lanes = lanesOf(tree)
  const pidOf = ({ span }: SpanNode): number => span.process + 1
  const names = tree.trace.processes.map(({ service }, index): Event => ({
    ph: 'M',
    name: 'process_name',
    pid: index + 1,
    tid: 0,
    args: { name: service },
  }))
  const events = tree.nodes.map((node): Event => ({
    ph: 'X',
    name: node.span.name,
    cat: node.span.kind,
    pid: pidOf(node),
    tid: lanes.get(node) ?? 0,
    ts: Math.round(node.start * 1000),
    dur: Math.round((node.end - node.start) * 1000),
    ...(node.span.failed && { cname: 'terrible' }),
    args: {
      ...node.span.tags,
      traceId: tree.trace.id,
      spanId: node.span.id,
      ...(node.parent && { parentId: node.parent.span.id }),
    },
  }))
  const calls = tree.nodes.flatMap((node): Event[] => {
    const { parent } = node
    if (parent === undefined || parent.process === node.process) return []
    const flow = { cat: 'call', name: 'call', id: node.span.id, ts: Math.round(node.start * 1000) }
    return [
      { ...flow, ph: 's', pid: pidOf(parent), tid: lanes.get(parent) ?? 0 },
      { ...flow, ph: 'f', bp: 'e', pid: pidOf(node), tid: lanes.get(node) ?? 0 },
    ]
  })
  return { traceEvents: [...names, ...events, ...calls], displayTimeUnit: 'ms', otherData: { traceId: tree.trace.id } }
}

/** A lane holds spans that nest. Each span goes into the first one, its parent's before the others, where it does. */
function lanesOf({ nodes }: Tree): ReadonlyMap<SpanNode, number> {
  const lanes = new Map<SpanNode, number>()
  /** By process and lane, the spans open there, the innermost last. */
  const open = new Map<number, SpanNode[][]>()
  for (const node of [...nodes].sort((a, b) => a.start - b.start || a.depth - b.depth)) {
    const own = open.get(node.span.process) ?? []
    open.set(node.span.process, own)
    const preferred = node.parent?.process === node.process ? (lanes.get(node.parent) ?? 0) : 0
    const lane = laneFor(node, own, preferred)
    ;(own[lane] ??= []).push(node)
    lanes.set(node, lane)
  }
  return lanes
}

function laneFor(node: SpanNode, open: readonly SpanNode[][], preferred: number): number {
  const fits = (lane: readonly SpanNode[] | undefined): boolean => {
    const last = lane?.at(-1)
    return last === undefined || node.end <= last.end
  }
  for (const lane of open) while ((lane.at(-1)?.end ?? Infinity) <= node.start) lane.pop()
  if (fits(open[preferred])) return preferred
  const free = open.findIndex(fits)
  return free < 0 ? open.length : free
}
