/**
 * The trace as a flame graph; a click looks at one flame alone.
 */
import type { JSX } from 'preact'
import { useMemo, useRef } from 'preact/hooks'
import { flamesOf, type Flame as Model } from '../../model/flame.js'
import { milliseconds } from '../../model/time.js'
import { useSize } from '../parts/canvas.js'
import { counted } from '../parts/holdings.js'
import { toned } from '../parts/service.js'
import { oneLine } from '../parts/text.js'
import { param, set } from '../state/address.js'
import type { Look } from './look.js'

const ROW = 24
/** Narrower flames are not shown, and names only in wider ones; in pixels. */
const NARROWEST = 1.5
const NARROWEST_NAME = 36
const NARROWEST_TIME = 160

export function Flame({ look: { tree, isMatch, matches } }: { readonly look: Look }): JSX.Element {
  const frame = useRef<HTMLDivElement>(null)
  const { width } = useSize(frame)
  const flames = useMemo(() => flamesOf(tree), [tree])
  const focusKey = param('flame')
  const focus = flames.find(({ key }) => key === focusKey)
  const work = flames.reduce((sum, flame) => sum + (flame.depth === 0 ? flame.work : 0), 0)
  const [from, length] = focus === undefined ? [0, work] : [focus.left, focus.work]
  const scale = length > 0 ? width / length : 0
  const above = useMemo(() => ancestorsOf(focus), [focus])
  const shown = flames.filter(
    (flame) =>
      above.has(flame) ||
      (flame.left + flame.work > from && flame.left < from + length && flame.work * scale >= NARROWEST),
  )
  const depth = shown.reduce((most, flame) => Math.max(most, flame.depth), 0)
  return (
    <div class="flame scroller">
      <p class="hint">
        Own time by path of calls, calls of one kind together: {milliseconds(work)} of work in{' '}
        {milliseconds(tree.duration)}.
        {focus !== undefined && (
          <button type="button" class="link" onClick={() => set({ flame: undefined })}>
            Show all
          </button>
        )}
      </p>
      <div
        class="flames"
        ref={frame}
        role="group"
        aria-label="Flame graph"
        style={{ height: `${(depth + 1) * ROW}px` }}
      >
        {shown.map((flame) => {
          const isAbove = above.has(flame) && flame !== focus
          const left = isAbove ? 0 : Math.max(0, (flame.left - from) * scale)
          const size = isAbove ? width : Math.min(width - left, flame.work * scale)
          const isDimmed = matches !== undefined && !flame.spans.some((node) => isMatch.has(node))
          return (
            <button
              type="button"
              key={flame.key}
              class={`flame-box${isAbove ? ' is-above' : ''}${isDimmed ? ' is-other' : ''}`}
              title={titleOf(flame)}
              style={{
                left: `${left}px`,
                width: `${Math.max(1, size - 1)}px`,
                top: `${flame.depth * ROW}px`,
                ...toned(flame.service),
              }}
              onClick={() => set({ flame: flame.key === focusKey ? undefined : flame.key })}
              onDblClick={() => set({ view: undefined, span: flame.spans[0]?.span.id })}
            >
              {size >= NARROWEST_NAME && oneLine(flame.name, 120)}
              {size >= NARROWEST_TIME && <small>{milliseconds(flame.work)}</small>}
            </button>
          )
        })}
      </div>
    </div>
  )
}

function ancestorsOf(flame: Model | undefined): ReadonlySet<Model> {
  const all = new Set<Model>()
  for (let at = flame; at !== undefined; at = at.parent) all.add(at)
  return all
}

function titleOf({ service, name, spans, work, selfTime }: Model): string {
  const what = `${oneLine(service, 80)}: ${oneLine(name, 200)}`
  return `${what}\n${counted(spans.length, 'span')} · ${milliseconds(work)} of work, ${milliseconds(selfTime)} its own`
}
