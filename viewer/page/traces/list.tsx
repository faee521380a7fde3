/**
 * Traces, a line each; only those that can be seen are in the page.
 */
import { computed, signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { TraceSummary } from '../../model/api.js'
import { counted } from '../parts/holdings.js'
import { Icon } from '../parts/icons.js'
import { useKeys } from '../parts/keys.js'
import { useVirtual } from '../parts/virtual.js'
import { go, href, param, set } from '../state/address.js'
import { choose, chooseNone, chosen } from '../state/chosen.js'
import { held, isLoading, isPaused, resume, total, traces } from '../state/traces.js'
import { ROW_HEIGHT, TraceRow } from './row.js'

const ORDERS = [
  ['', 'Newest'],
  ['slowest', 'Slowest'],
  ['errors', 'Most errors'],
  ['spans', 'Most spans'],
] as const

const BY = new Map<string, (a: TraceSummary, b: TraceSummary) => number>([
  ['slowest', (a, b) => b.duration - a.duration],
  ['errors', (a, b) => b.errors - a.errors],
  ['spans', (a, b) => b.spans - a.spans],
])

const ordered = computed(() => {
  const by = BY.get(param('sort'))
  return by === undefined ? traces.value : [...traces.value].sort(by)
})
const longest = computed(() => traces.value.reduce((most, { duration }) => Math.max(most, duration), 0))
/** The trace that the keys are at. */
const current = signal<string | undefined>(undefined)
export function List(): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null)
  const shown = ordered.value
  const { items, height, scrollTo } = useVirtual(scroller, shown.length, ROW_HEIGHT)
  useKeptPlace(scroller, shown)
  const move = (by: number): void => {
    const at = shown.findIndex(({ id }) => id === current.value)
    const next = Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + by))
    current.value = shown[next]?.id
    scrollTo(next)
  }
  useKeys({
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    j: () => move(1),
    k: () => move(-1),
    p: () => (isPaused.value ? resume() : (isPaused.value = true)),
    x: () => current.value !== undefined && choose(current.value),
    Enter: () => current.value !== undefined && go(['trace', current.value]),
  })
  return (
    <>
      <ListHead />
      <div
        class={`list scroller${isLoading.value ? ' is-loading' : ''}`}
        ref={scroller}
        role="table"
        aria-label="Traces"
        aria-rowcount={shown.length}
        tabIndex={0}
        data-count={shown.length}
      >
        <div class="list-rows" role="rowgroup" style={{ height: `${height}px` }}>
          {items.map(({ index, start }) => {
            const trace = shown[index]
            if (trace === undefined) return null
            return (
              <TraceRow
                key={trace.id}
                trace={trace}
                top={start}
                index={index}
                longest={longest.value}
                isCurrent={trace.id === current.value}
              />
            )
          })}
        </div>
      </div>
    </>
  )
}

/** What is being read stays where it is while new ones arrive above it. */
function useKeptPlace(
  { current: element }: { readonly current: HTMLElement | null },
  shown: readonly TraceSummary[],
): void {
  const last = useRef<readonly TraceSummary[]>(shown)
  useEffect(() => {
    const before = last.current
    last.current = shown
    if (element === null || before === shown || element.scrollTop < ROW_HEIGHT) return
    const first = before[Math.floor(element.scrollTop / ROW_HEIGHT)]
    const then = first === undefined ? -1 : before.indexOf(first)
    const now = shown.findIndex(({ id }) => id === first?.id)
    if (now >= 0 && now !== then) element.scrollTop += (now - then) * ROW_HEIGHT
  }, [shown])
}

function ListHead(): JSX.Element {
  const count = traces.value.length
  const [a, b] = chosen.value
  return (
    <div class="list-head">
      <button
        type="button"
        class={`button pause${isPaused.value ? ' is-on' : ''}`}
        aria-pressed={isPaused.value}
        title={`${isPaused.value ? 'Go on' : 'Pause'} (p)`}
        onClick={() => (isPaused.value ? resume() : (isPaused.value = true))}
      >
        <Icon name={isPaused.value ? 'play' : 'pause'} />
        {isPaused.value ? (held.value.size === 0 ? 'Paused' : `${held.value.size} waiting`) : 'Live'}
      </button>
      <span class="list-count" aria-live="off">
        {total.value > count
          ? `${count.toLocaleString('en')} of ${counted(total.value, 'trace')}`
          : counted(count, 'trace')}
      </span>
      {a !== undefined && (
        <span class="choice">
          {b === undefined ? (
            'Choose another one to compare'
          ) : (
            <a class="button is-main" href={href(['compare', a, b])}>
              <Icon name="compare" /> Compare
            </a>
          )}
          <button type="button" class="link" onClick={chooseNone}>
            Cancel
          </button>
        </span>
      )}
      <label class="order">
        <span class="wide-only">Order</span>
        <select
          aria-label="Order"
          value={param('sort')}
          onChange={({ currentTarget }) => set({ sort: currentTarget.value })}
        >
          {ORDERS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
    </div>
  )
}
