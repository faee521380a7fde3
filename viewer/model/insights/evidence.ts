/**
 * What one trace says that may become an insight together with what others say. It is found once a trace and kept, so
 * that a thousand traces need not be read again for each question.
 */
import type { Insight, InsightKind } from '../api.js'

export interface Found {
  readonly kind: InsightKind
  readonly traceId: string
  readonly service: string
  readonly route: string | undefined
  /** What is found under one key, in one service and route, is one insight. */
  readonly key: string
  /** Some of the spans that show it. */
  readonly spanIds: readonly string[]
  /** Milliseconds that would be saved, at most. */
  readonly cost: number
  /** What it is about: a statement, a call. */
  readonly what: string
  readonly statement?: string
  /** How often, or how long, or when, as the kind needs it. */
  readonly numbers: readonly number[]
}

/** All that one trace says. */
export type Evidence = readonly Found[]

/** One kind of insight. */
export interface Detector {
  readonly kind: InsightKind
  /** @returns what a trace says; mostly nothing */
  look(view: import('./view.js').View): readonly Found[]
  /** @param found by all traces, of this kind alone */
  conclude(found: readonly Found[]): readonly Insight[]
}

const MOST_EXAMPLES = 5
const MOST_SPANS = 20

/** The ids of some spans. */
export function idsOf(spans: readonly { readonly id: string }[]): string[] {
  return spans.slice(0, MOST_SPANS).map(({ id }) => id)
}

/** What is of one insight. */
export function byKey(found: readonly Found[]): Found[][] {
  const groups = new Map<string, Found[]>()
  for (const one of found) {
    const key = `${one.service}\n${one.route ?? ''}\n${one.key}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return [...groups.values()]
}

/** An insight out of what some traces say, the latest of them as examples. */
export function insight(found: readonly Found[], title: string, detail: readonly string[], cost: number): Insight {
  const { kind, service, route, statement } = found[0] as Found
  const spansOf = new Map<string, string[]>()
  for (const { traceId, spanIds } of found) {
    const known = spansOf.get(traceId)
    if (known === undefined) spansOf.set(traceId, [...spanIds])
    else known.push(...spanIds)
  }
  const examples = [...spansOf].slice(-MOST_EXAMPLES).reverse()
  return {
    kind,
    title,
    detail,
    service,
    ...(route !== undefined && { route }),
    ...(statement !== undefined && { statement }),
    count: spansOf.size,
    cost,
    examples: examples.map(([traceId, spanIds]) => ({ traceId, spanIds })),
  }
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return 0
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** Milliseconds, as people say them. */
export function spoken(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${(milliseconds / 1000).toFixed(1)} s`
  return `${milliseconds >= 10 ? Math.round(milliseconds) : milliseconds.toFixed(1)} ms`
}

/** `10`, or `8 to 12`. */
export function rangeOf(numbers: readonly number[]): string {
  const least = numbers.reduce((a, b) => Math.min(a, b), Infinity)
  const most = numbers.reduce((a, b) => Math.max(a, b), -Infinity)
  return least === most ? `${most}` : `${least} to ${most}`
}
