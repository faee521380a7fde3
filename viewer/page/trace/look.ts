/**
 * How a trace is looked at: all of it is in the address, and all that follows from it and from the trace is here.
 */
import { useMemo } from 'preact/hooks'
import type { TraceAnswer } from '../../model/api.js'
import { criticalPath, timeOnPath, type Step } from '../../model/critical-path.js'
import { find } from '../../model/find.js'
import { findingsOf, type Finding } from '../../model/findings.js'
import { heldUp, type HeldUp } from '../../model/held-up.js'
import { rowsOf, type Folding } from '../../model/rows.js'
import { buildTree, type SpanNode, type Tree } from '../../model/tree.js'
import { param, set } from '../state/address.js'
import { rangeIn, type Range } from './range.js'

export interface Look {
  readonly tree: Tree
  readonly steps: ReadonlyMap<SpanNode, readonly Step[]>
  readonly path: readonly Step[]
  readonly onPath: ReadonlyMap<SpanNode, number>
  readonly heldUp: ReadonlyMap<string, HeldUp>
  readonly findings: readonly Finding[]
  readonly folding: Folding
  readonly rows: readonly SpanNode[]
  /** The spans that fit the search, in their order; undefined without one. */
  readonly matches: readonly SpanNode[] | undefined
  readonly isMatch: ReadonlySet<SpanNode>
  readonly selected: SpanNode | undefined
  readonly range: Range
  readonly showsPath: boolean
}

export const VIEWS = ['waterfall', 'flame', 'statistics'] as const
export type View = (typeof VIEWS)[number]

export function currentView(): View {
  return VIEWS.find((view) => view === param('view')) ?? 'waterfall'
}

export function useLook({ trace, runtime }: TraceAnswer): Look {
  const base = useMemo(() => {
    const tree = buildTree(trace)
    const path = criticalPath(tree)
    const steps = new Map<SpanNode, Step[]>()
    for (const step of path) {
      const of = steps.get(step.node)
      if (of === undefined) steps.set(step.node, [step])
      else of.push(step)
    }
    return { tree, path, steps, onPath: timeOnPath(path), heldUp: heldUp(tree, runtime), findings: findingsOf(tree) }
  }, [trace, runtime])
  const { tree } = base
  const [fold, toggled, q] = [param('fold'), param('toggled'), param('q')]
  const folding = useMemo(() => foldingOf(fold, toggled), [fold, toggled])
  const rows = useMemo(() => rowsOf(tree, folding), [tree, folding])
  const matches = useMemo(() => (q.trim() === '' ? undefined : find(tree, q)), [tree, q])
  const isMatch = useMemo(() => new Set(matches), [matches])
  return {
    ...base,
    folding,
    rows,
    matches,
    isMatch,
    selected: tree.byId.get(param('span')),
    range: rangeIn(param('zoom'), tree.duration),
    showsPath: param('path') !== 'off',
  }
}

function foldingOf(fold: string, toggled: string): Folding {
  return { depth: fold === '' ? Infinity : Number(fold) || 0, toggled: new Set(toggled.split('.').filter(Boolean)) }
}

export function setFolding({ depth, toggled }: Folding): void {
  set({ fold: Number.isFinite(depth) ? depth : undefined, toggled: [...toggled].join('.') })
}
