/**
 * Questions about the spans that arrived.
 */
import assert from 'node:assert/strict'
import type { Arrived } from './collector.js'

/** The one span with this name; fails with the names that there are. */
export function spanNamed(spans: readonly Arrived[], name: string): Arrived {
  const found = spans.filter((span) => span.name === name)
  assert.equal(found.length, 1, `${found.length} spans are named "${name}" among ${JSON.stringify(namesOf(spans))}`)
  return found[0] as Arrived
}

export function namesOf(spans: readonly Arrived[]): string[] {
  return spans.map((span) => span.name)
}

/** All spans of a component, in the order in which they started. */
export function spansOf(spans: readonly Arrived[], component: string): Arrived[] {
  return spans.filter((span) => span.component === component).sort((a, b) => a.start - b.start)
}

/** Spans of requests received, in the order in which they started. */
export function serversIn(spans: readonly Arrived[]): Arrived[] {
  return spans.filter((span) => span.kind === 'server').sort(byStart)
}

/** The texts of a component's database queries, in the order in which they started. */
export function statementsOf(spans: readonly Arrived[], component: string): unknown[] {
  return spansOf(spans, component).map((span) => span.attributes['db.query.text'])
}

export function assertChild(child: Arrived, parent: Arrived): void {
  assert.equal(child.traceId, parent.traceId, `${child.name} is in another trace than ${parent.name}`)
  assert.equal(child.parentSpanId, parent.spanId, `${child.name} is no child of ${parent.name}`)
}

/** The spans as an indented tree of names, siblings in the order of their start: easy to compare. */
export function treeOf(spans: readonly Arrived[]): string {
  const ids = new Set(spans.map((span) => span.spanId))
  const isRoot = (span: Arrived): boolean => span.parentSpanId === undefined || !ids.has(span.parentSpanId)
  const below = (id: string): Arrived[] => spans.filter((span) => span.parentSpanId === id).sort(byStart)
  const lines = (span: Arrived, depth: number): string[] => [
    `${'  '.repeat(depth)}${span.name}`,
    ...below(span.spanId).flatMap((child) => lines(child, depth + 1)),
  ]
  return spans
    .filter(isRoot)
    .sort(byStart)
    .flatMap((span) => lines(span, 0))
    .join('\n')
}

function byStart(a: Arrived, b: Arrived): number {
  return a.start - b.start
}
