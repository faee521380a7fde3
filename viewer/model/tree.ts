/**
 * The spans of a trace as the tree that they are, by one clock that starts at 0.
 */
import { correctionFor, type Call } from './skew.js'
import { gaps, lengthOf, type Interval } from './intervals.js'
import type { Process, Span, Trace, Value } from './trace.js'

export interface SpanNode {
  readonly span: Span
  readonly process: Process
  readonly service: string
  readonly parent: SpanNode | undefined
  /** In the order of their start. */
  readonly children: readonly SpanNode[]
  readonly depth: number
  /** How many spans are below this one. */
  readonly descendants: number
  /** Milliseconds since the trace began, by the clock of its first process. */
  readonly start: number
  readonly end: number
  /** Milliseconds in which no child was running. */
  readonly selfTime: number
  /** Its parent has not arrived. */
  readonly isOrphan: boolean
}

/** A process whose clock was off. */
export interface Correction {
  readonly process: Process
  /** Milliseconds added to its times. */
  readonly by: number
}

export interface Tree {
  readonly trace: Trace
  /** Depth first: parents before their children, siblings by their start. */
  readonly nodes: readonly SpanNode[]
  readonly roots: readonly SpanNode[]
  readonly byId: ReadonlyMap<string, SpanNode>
  /** Epoch milliseconds of 0. */
  readonly start: number
  /** From the first start to the last end, in ms. */
  readonly duration: number
  readonly corrections: readonly Correction[]
  /** Milliseconds added to each process's times, by its index. */
  readonly offsets: readonly number[]
}

type Growing = { -readonly [Key in keyof Omit<SpanNode, 'children' | 'parent'>]: SpanNode[Key] } & {
  readonly children: Growing[]
  parent: Growing | undefined
}

const NOBODY: Process = { service: 'unknown', instance: '', tags: {} }

export function buildTree(trace: Trace): Tree {
  const offsets = offsetsOf(trace)
  const corrected = (span: Span): number => span.start + (offsets[span.process] ?? 0)
  const start = trace.spans.reduce((least, span) => Math.min(least, corrected(span)), Infinity)
  const all = trace.spans.map((span) => leafOf(trace, span, corrected(span) - start))
  const byId = new Map(all.map((node) => [node.span.id, node]))
  const roots = adopt(all, byId)
  const nodes = inOrder(roots)
  for (const node of nodes) node.selfTime = lengthOf(idleOf(node))
  const duration = nodes.reduce((most, { end }) => Math.max(most, end), 0)
  const corrections = trace.processes.flatMap((process, index) => {
    const by = offsets[index] ?? 0
    return by === 0 ? [] : [{ process, by }]
  })
  return { trace, nodes, roots, byId, start: Number.isFinite(start) ? start : 0, duration, corrections, offsets }
}

/** When a span ran and none of its children did. */
export function idleOf(node: SpanNode): Interval[] {
  return gaps(node, node.children)
}

function leafOf({ processes }: Trace, span: Span, start: number): Growing {
  const process = processes[span.process] ?? NOBODY
  return {
    span,
    process,
    service: process.service,
    parent: undefined,
    children: [],
    depth: 0,
    descendants: 0,
    start,
    end: start + Math.max(0, span.duration),
    selfTime: 0,
    isOrphan: false,
  }
}

/** Gives every node its parent. @returns those that have none */
function adopt(all: readonly Growing[], byId: ReadonlyMap<string, Growing>): Growing[] {
  const roots: Growing[] = []
  for (const node of all) {
    const { parentId } = node.span
    const parent = parentId === undefined ? undefined : byId.get(parentId)
    if (parent === undefined || isBelow(parent, node)) {
      node.isOrphan = parentId !== undefined
      roots.push(node)
    } else {
      node.parent = parent
      parent.children.push(node)
    }
  }
  return roots
}

/** Spans that name each other as parents come from broken or hostile senders; the circle is cut open. */
function isBelow(node: Growing, other: Growing): boolean {
  // A node without children has nothing below it, which spares honest traces the walk.
  if (node !== other && other.children.length === 0) return false
  for (let at: Growing | undefined = node; at !== undefined; at = at.parent) if (at === other) return true
  return false
}

/** Without recursion: a trace may be as deep as it has spans. */
function inOrder(roots: Growing[]): Growing[] {
  const byStart = (a: Growing, b: Growing): number => a.start - b.start || b.end - a.end
  const nodes: Growing[] = []
  const waiting = [...roots].sort(byStart).reverse()
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    nodes.push(node)
    node.depth = node.parent === undefined ? 0 : node.parent.depth + 1
    node.children.sort(byStart)
    for (let index = node.children.length - 1; index >= 0; index--) waiting.push(node.children[index] as Growing)
  }
  for (let index = nodes.length - 1; index >= 0; index--) {
    const { parent, descendants } = nodes[index] as Growing
    if (parent !== undefined) parent.descendants += descendants + 1
  }
  roots.sort(byStart)
  return nodes
}

// ---- clocks ----

/** Milliseconds to add to each process's clock; that of a root is right by definition. */
function offsetsOf({ spans, processes }: Trace): number[] {
  const calls = callsOf(spans)
  const offsets: number[] = processes.map(() => 0)
  const known = new Set<number>()
  const ids = new Set(spans.map(({ id }) => id))
  const isRoot = ({ parentId }: Span): boolean => parentId === undefined || !ids.has(parentId)
  // After the roots everybody else: spans that name each other as parents have none.
  for (const { process } of [...spans.filter(isRoot), ...spans]) {
    if (known.has(process)) continue
    known.add(process)
    const waiting = [process]
    for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
      for (const [to, between] of calls.get(from) ?? []) {
        if (known.has(to)) continue
        known.add(to)
        const isOneClock = hostOf(processes[from]) !== undefined && hostOf(processes[from]) === hostOf(processes[to])
        offsets[to] = (offsets[from] ?? 0) + (isOneClock ? 0 : correctionFor(between))
        waiting.push(to)
      }
    }
  }
  return offsets
}

/** Processes of one host have one clock. What looks like another one there is a process that was held up. */
function hostOf(process: Process | undefined): Value | undefined {
  return process?.tags['host.id'] ?? process?.tags['host.name'] ?? process?.tags['hostname']
}

/** Calls from process to process. */
function callsOf(spans: readonly Span[]): Map<number, Map<number, Call[]>> {
  const byId = new Map(spans.map((span) => [span.id, span]))
  const calls = new Map<number, Map<number, Call[]>>()
  for (const child of spans) {
    const parent = child.parentId === undefined ? undefined : byId.get(child.parentId)
    if (parent === undefined || parent.process === child.process) continue
    const waits = parent.kind !== 'producer' && child.kind !== 'consumer'
    const call = { parent: timesOf(parent), child: timesOf(child), waits }
    const from = calls.get(parent.process) ?? new Map<number, Call[]>()
    const between = from.get(child.process) ?? []
    between.push(call)
    calls.set(parent.process, from.set(child.process, between))
  }
  return calls
}

function timesOf({ start, duration }: Span): Interval {
  return { start, end: start + duration }
}
