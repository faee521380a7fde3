/**
 * Lays spans out as a tree: one line a span, with a bar that shows when it ran, how long it took, and what is known of it.
 *
 * ```
 * trace 4bf92f3577b34da6a3ce929d0e0e4736 · 3 spans · 12.3 ms
 * shop: GET /cart/:id  ━━━━━━━━━━━━━━━━━━━━━━━━  12.3 ms  http server · 200 · /cart/7
 * ├─ SELECT carts       ━━━━━━━━━━━━             6.01 ms  pg · SELECT * FROM carts WHERE id = $1
 * └─ GET                             ━━━━━       2.50 ms  redis · GET cart:7
 * ```
 */
import { columnsOf, fit, padded, painted, plain, type Piece } from './tree-style.js'
import { duration, escape } from './tree-text.js'

/** A span, of whatever origin, as the tree shows it. */
export interface TreeSpan {
  readonly id: string
  readonly parentId: string | undefined
  readonly service: string
  readonly name: string
  /** Who made it and what they tell of it, the most telling first. */
  readonly details: readonly string[]
  readonly failed: boolean
  /** Why it failed, if it did. */
  readonly error: string | undefined
  /** Milliseconds, of any origin common to all. */
  readonly start: number
  readonly end: number
}

export interface TreeLook {
  /** Columns of the terminal, at which lines are cut; undefined where there is none and nothing needs to be cut. */
  readonly width: number | undefined
  readonly colour: boolean
}

/** What the first line says. */
export interface TreeTitle {
  readonly traceId: string
  /** Remarks such as `2 still open`. */
  readonly notes?: readonly string[]
}

interface Row {
  readonly span: TreeSpan
  /** Branches, the service where it changes, the span's name. */
  readonly names: readonly Piece[]
}

const BAR_COLUMNS = 24
const DURATION_COLUMNS = 7
const GAP = '  '
/** Narrower terminals get no bar. */
const LEAST_WIDTH_FOR_BARS = 80
/** Longer names push their bar to the right, or are cut where that would leave no room for it. */
const MOST_NAME_COLUMNS = 64

/** The lines of a tree, without line ends. */
export function treeLines(spans: readonly TreeSpan[], title: TreeTitle, look: TreeLook): string[] {
  const width = look.width ?? Infinity
  const paint = look.colour ? painted : plain
  const from = spans.reduce((least, { start }) => Math.min(least, start), Infinity)
  const to = spans.reduce((most, { end }) => Math.max(most, end), from)
  const rows = rowsOf(spans)
  const hasBars = width >= LEAST_WIDTH_FOR_BARS
  const columns = nameColumns(rows, width - (hasBars ? BAR_COLUMNS + GAP.length : 0) - DURATION_COLUMNS - GAP.length)
  const lines = rows.map(({ names, span }) => {
    const style = span.failed ? 'red' : 'green'
    return fit(
      [
        ...padded(names, columns, width !== Infinity),
        ...(hasBars ? [{ text: GAP }, { style, text: barOf(span, from, to) } as const] : []),
        { text: GAP + duration(span.end - span.start).padStart(DURATION_COLUMNS) },
        ...detailsOf(span),
      ],
      width,
      paint,
    )
  })
  return [fit(titlePieces(spans.length, to - from, title), width, paint), ...lines]
}

function titlePieces(count: number, time: number, { traceId, notes = [] }: TreeTitle): Piece[] {
  const facts = [count === 1 ? '1 span' : `${count} spans`, duration(time), ...notes]
  return [{ style: 'bold', text: 'trace' }, { text: ` ${traceId} · ${facts.join(' · ')}` }]
}

/** Depth first, siblings in the order of their start. A span whose parent is not here stands at the left. */
function rowsOf(spans: readonly TreeSpan[]): Row[] {
  const byId = new Map(spans.map((span) => [span.id, span]))
  const below = new Map<TreeSpan | undefined, TreeSpan[]>()
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const parent = span.parentId === undefined ? undefined : byId.get(span.parentId)
    const siblings = below.get(parent)
    if (siblings === undefined) below.set(parent, [span])
    else siblings.push(span)
  }
  const rows: Row[] = []
  const visit = (span: TreeSpan, branch: string, indent: string, service: string | undefined): void => {
    rows.push({ span, names: namesOf(branch, span, service) })
    const children = below.get(span) ?? []
    children.forEach((child, index) => {
      const isLast = index === children.length - 1
      visit(child, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`, span.service)
    })
  }
  for (const root of below.get(undefined) ?? []) visit(root, '', '', undefined)
  return rows
}

function namesOf(branch: string, span: TreeSpan, service: string | undefined): Piece[] {
  return [
    { style: 'dim', text: branch },
    { style: 'cyan', text: span.service === service ? '' : `${escape(span.service)}: ` },
    span.failed ? { style: 'red', text: escape(span.name) } : { text: escape(span.name) },
  ]
}

function detailsOf({ failed, error, details }: TreeSpan): Piece[] {
  const reason = failed ? `${GAP}✗ ${escape(error ?? 'failed')}` : ''
  const rest = details
    .filter((detail) => detail !== error)
    .map((detail) => escape(detail.replace(/\s+/g, ' ')))
    .join(' · ')
  return [
    { style: 'red', text: reason },
    { style: 'dim', text: rest === '' ? '' : `${GAP}${rest}` },
  ]
}

function nameColumns(rows: readonly Row[], most: number): number {
  const longest = rows.reduce((columns, { names }) => Math.max(columns, columnsOf(names)), 0)
  return Math.max(1, Math.min(longest, MOST_NAME_COLUMNS, most))
}

/** Where in the whole time the span ran. Every span is seen, however short. */
function barOf({ start, end }: TreeSpan, from: number, to: number): string {
  const scale = to > from ? BAR_COLUMNS / (to - from) : 0
  const first = Math.min(BAR_COLUMNS - 1, Math.floor((start - from) * scale))
  const last = Math.max(first, Math.ceil((end - from) * scale) - 1)
  return ' '.repeat(first) + '━'.repeat(Math.min(last, BAR_COLUMNS - 1) - first + 1).padEnd(BAR_COLUMNS - first)
}
