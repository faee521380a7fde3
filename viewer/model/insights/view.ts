/**
 * A trace as insights look at it: who is whose child, and in the course of which request.
 */
import type { Span, Trace } from '../trace.js'

export interface View {
  readonly trace: Trace
  readonly byId: ReadonlyMap<string, Span>
  /** In the order of their start. */
  childrenOf(span: Span): readonly Span[]
  serviceOf(span: Span): string
  /** The span by which the span's process was entered: the nearest above it that another process asked for, or the root. */
  entryOf(span: Span): Span
}

const NONE: readonly Span[] = []

export function viewOf(trace: Trace): View {
  const byId = new Map(trace.spans.map((span) => [span.id, span]))
  const children = new Map<string, Span[]>()
  for (const span of trace.spans) {
    if (span.parentId === undefined || span.parentId === span.id) continue
    const siblings = children.get(span.parentId)
    if (siblings === undefined) children.set(span.parentId, [span])
    else siblings.push(span)
  }
  const entries = new Map<Span, Span>()
  return {
    trace,
    byId,
    childrenOf: (span) => children.get(span.id) ?? NONE,
    serviceOf: (span) => trace.processes[span.process]?.service ?? '',
    entryOf(span) {
      const way: Span[] = []
      let at = span
      // Each span is visited once: a circle of parents ends too.
      while (!entries.has(at) && !isEntry(at)) {
        entries.set(at, at)
        way.push(at)
        const parent = at.parentId === undefined ? undefined : byId.get(at.parentId)
        if (parent === undefined || parent.process !== at.process) break
        at = parent
      }
      const entry = entries.get(at) ?? at
      for (const one of way) entries.set(one, entry)
      return entry
    },
  }
}

export function isEntry({ kind }: Span): boolean {
  return kind === 'server' || kind === 'consumer'
}

export function endOf({ start, duration }: Span): number {
  return start + duration
}

/** A request's name, such as `GET /drivers`; undefined for a span that no request led to. */
export function routeOf(entry: Span): string | undefined {
  return isEntry(entry) ? entry.name : undefined
}

/**
 * How many of the spans were made one after the other: the most of which none overlaps another.
 *
 * @param spans in the order of their start
 */
export function chainOf(spans: readonly Span[]): Span[] {
  const chain: Span[] = []
  for (const span of spans) {
    const last = chain.at(-1)
    // Clocks tell microseconds.
    if (last === undefined || span.start >= endOf(last) - 0.002) chain.push(span)
    else if (endOf(span) < endOf(last)) chain[chain.length - 1] = span
  }
  return chain
}

export function totalOf(spans: readonly Span[]): number {
  return spans.reduce((sum, { duration }) => sum + duration, 0)
}

/** The groups of `items` by key; those without a key are in none. */
export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}
