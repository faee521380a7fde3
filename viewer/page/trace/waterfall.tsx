/**
 * The spans of a trace, each a bar when it ran; only the rows that can be seen are in the page.
 */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { isFolded, reveal, toggle } from '../../model/rows.js'
import type { SpanNode } from '../../model/tree.js'
import { useKeys } from '../parts/keys.js'
import { useVirtual } from '../parts/virtual.js'
import { go, set } from '../state/address.js'
import { Details } from './details.js'
import { setFolding, type Look } from './look.js'
import { Minimap } from './minimap.js'
import { moved, setRange, zoomed } from './range.js'
import { Ruler } from './ruler.js'
import { ROW_HEIGHT, SpanRow } from './span-row.js'
import { foldAll, unfoldAll } from './toolbar.js'

const ZOOM_STEP = 0.6
const MOVE_STEP = 0.2
const WHEEL_ZOOM = 0.002

export function Waterfall({ look }: { readonly look: Look }): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null)
  const { rows, selected, range, tree } = look
  const { items, height, scrollTo } = useVirtual(scroller, rows.length, ROW_HEIGHT)
  useSelectionInSight(look, scrollTo)
  useWaterfallKeys(look)
  useWheel(scroller, look)
  return (
    <div class={`waterfall${selected === undefined ? '' : ' has-details'}`}>
      <div class="waterfall-main">
        <Minimap look={look} />
        <Ruler range={range} duration={tree.duration} />
        <div
          class="rows scroller"
          ref={scroller}
          role="treegrid"
          aria-label="Spans"
          aria-rowcount={rows.length}
          aria-activedescendant={selected === undefined ? undefined : `span-${selected.span.id}`}
          tabIndex={0}
        >
          <div class="rows-inner" role="rowgroup" style={{ height: `${height}px` }}>
            {items.map(({ index, start }) => {
              const node = rows[index]
              return node && <SpanRow key={node.span.id} look={look} node={node} index={index} top={start} />
            })}
          </div>
        </div>
      </div>
      {selected !== undefined && <Details look={look} node={selected} />}
    </div>
  )
}

/** What is selected from elsewhere is unfolded and scrolled to. */
function useSelectionInSight({ selected, rows, folding }: Look, scrollTo: (index: number) => void): void {
  const id = selected?.span.id
  useEffect(() => {
    if (selected === undefined) return
    const index = rows.indexOf(selected)
    if (index >= 0) scrollTo(index)
    else setFolding(reveal(folding, selected))
  }, [id, id !== undefined && rows.length])
}

function useWaterfallKeys(look: Look): void {
  const { rows, selected, range, tree, folding } = look
  const select = (node: SpanNode | undefined): void => node && set({ span: node.span.id })
  const move = (by: number): void => {
    const at = selected === undefined ? -1 : rows.indexOf(selected)
    select(rows[at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by))])
  }
  const zoom = (factor: number): void => setRange(zoomed(range, factor), tree.duration)
  const shift = (by: number): void => setRange(moved(range, by * (range.to - range.from)), tree.duration)
  const left = (): void => {
    if (selected === undefined) return
    if (selected.children.length > 0 && !isFolded(selected, folding)) setFolding(toggle(folding, selected.span.id))
    else select(selected.parent)
  }
  const right = (): void => {
    if (selected === undefined) return
    if (isFolded(selected, folding)) setFolding(toggle(folding, selected.span.id))
    else select(selected.children[0])
  }
  useKeys({
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    j: () => move(1),
    k: () => move(-1),
    Home: () => select(rows[0]),
    End: () => select(rows.at(-1)),
    ArrowLeft: left,
    ArrowRight: right,
    h: left,
    l: right,
    '[': foldAll,
    ']': unfoldAll,
    '+': () => zoom(ZOOM_STEP),
    '=': () => zoom(ZOOM_STEP),
    '-': () => zoom(1 / ZOOM_STEP),
    '0': () => set({ zoom: undefined }),
    z: () => selected && setRange({ from: selected.start, to: selected.end }, tree.duration),
    a: () => shift(-MOVE_STEP),
    d: () => shift(MOVE_STEP),
    Escape: () => (selected === undefined ? go(['traces']) : set({ span: undefined })),
  })
}

/** With Ctrl, which is also what a pinch says, the wheel zooms; sideways it moves. */
function useWheel(scroller: { readonly current: HTMLElement | null }, look: Look): void {
  const latest = useRef(look)
  latest.current = look
  useEffect(() => {
    const element = scroller.current
    const onWheel = (event: WheelEvent): void => {
      const { range, tree } = latest.current
      const area = element?.querySelector('.span-time')?.getBoundingClientRect()
      if (area === undefined || (!event.ctrlKey && !event.metaKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)))
        return
      event.preventDefault()
      const length = range.to - range.from
      const at = range.from + ((event.clientX - area.left) / area.width) * length
      const isZoom = event.ctrlKey || event.metaKey
      const next = isZoom
        ? zoomed(range, Math.exp(event.deltaY * WHEEL_ZOOM), at)
        : moved(range, (event.deltaX / area.width) * length)
      setRange(next, tree.duration)
    }
    element?.addEventListener('wheel', onWheel, { passive: false })
    return () => element?.removeEventListener('wheel', onWheel)
  }, [])
}
