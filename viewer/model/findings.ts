/**
 * What is odd about a trace, and should be known before its times are believed.
 */
import { milliseconds } from './time.js'
import type { SpanNode, Tree } from './tree.js'

export interface Finding {
  readonly kind: 'outlives' | 'orphan' | 'clock' | 'dropped' | 'roots'
  /** One line. */
  readonly text: string
  /** Spans to look at; none where the whole trace is meant. */
  readonly nodes: readonly SpanNode[]
}

/** Less than this is a matter of rounding, in ms. */
const TOLERANCE = 0.01
/** A server knows that its answer has gone only after the caller has read it, and two clocks agree no better, in ms. */
const TOLERANCE_OF_CALLS = 2

/** Whether a span ended after the one that it belongs to: its caller did not wait, or gave up. */
export function outlives(node: SpanNode): boolean {
  return overtime(node) > (node.parent?.process === node.process ? TOLERANCE : TOLERANCE_OF_CALLS)
}

/** By how much it did, in ms. */
export function overtime(node: SpanNode): number {
  return node.parent === undefined ? 0 : Math.max(0, node.end - node.parent.end)
}

export function findingsOf(tree: Tree): Finding[] {
  const { nodes, roots, corrections, trace } = tree
  const orphans = nodes.filter(({ isOrphan }) => isOrphan)
  const late = nodes.filter(outlives)
  const findings: Finding[] = corrections.map(({ process, by }) => ({
    kind: 'clock',
    text: `The clock of ${process.service} is ${milliseconds(Math.abs(by))} ${by < 0 ? 'ahead' : 'behind'}; its spans are shown corrected.`,
    nodes: nodes.filter((node) => node.process === process).slice(0, 1),
  }))
  if (late.length > 0) {
    findings.push({
      kind: 'outlives',
      text: `${count(late.length, 'span')} ended after the span that started ${late.length === 1 ? 'it' : 'them'}.`,
      nodes: late,
    })
  }
  if (orphans.length > 0) {
    findings.push({
      kind: 'orphan',
      text: `${count(orphans.length, 'span')} name${orphans.length === 1 ? 's' : ''} a parent that has not arrived.`,
      nodes: orphans,
    })
  }
  if (roots.length - orphans.length > 1) {
    findings.push({ kind: 'roots', text: `The trace has ${roots.length - orphans.length} roots.`, nodes: roots })
  }
  if (trace.droppedSpans > 0) {
    findings.push({
      kind: 'dropped',
      text: `${count(trace.droppedSpans, 'span')} arrived beyond what is kept of one trace.`,
      nodes: [],
    })
  }
  return findings
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
