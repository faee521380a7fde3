/**
 * Ways to look at the trace, and the search in it.
 */
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { UNFOLDED } from '../../model/rows.js'
import { Icon } from '../parts/icons.js'
import { useKeys } from '../parts/keys.js'
import { Service } from '../parts/service.js'
import { param, set } from '../state/address.js'
import { toggleService } from './head.js'
import { currentView, setFolding, VIEWS, type Look, type View } from './look.js'

const LABELS: Readonly<Record<View, string>> = {
  waterfall: 'Waterfall',
  flame: 'Flame graph',
  statistics: 'Statistics',
}
/** The root stays open: one line would be no overview. */
const FOLDED_DEPTH = 1

export function foldAll(): void {
  setFolding({ depth: FOLDED_DEPTH, toggled: new Set() })
}

export function unfoldAll(): void {
  setFolding(UNFOLDED)
}

export function Toolbar({ look }: { readonly look: Look }): JSX.Element {
  const view = currentView()
  return (
    <div class="toolbar">
      <div class="tabs" role="group" aria-label="Ways to look at the trace">
        {VIEWS.map((name) => (
          <button
            type="button"
            key={name}
            aria-pressed={name === view}
            onClick={() => set({ view: name === 'waterfall' ? undefined : name })}
          >
            {LABELS[name]}
          </button>
        ))}
      </div>
      <Search look={look} />
      {view === 'waterfall' && (
        <div class="toolbar-end">
          <label class="check" title="What the trace waited for (c)">
            <input
              type="checkbox"
              checked={look.showsPath}
              onChange={() => set({ path: look.showsPath ? 'off' : undefined })}
            />
            <i class="path-sample" aria-hidden="true" /> Critical path
          </label>
          <button type="button" class="button is-quiet" title="Fold all ([)" onClick={foldAll}>
            Fold all
          </button>
          <button type="button" class="button is-quiet" title="Unfold all (])" onClick={unfoldAll}>
            Unfold all
          </button>
        </div>
      )}
      <Services look={look} />
    </div>
  )
}

function Search({ look: { matches, selected } }: { readonly look: Look }): JSX.Element {
  const field = useRef<HTMLInputElement>(null)
  const at = selected === undefined ? -1 : (matches?.indexOf(selected) ?? -1)
  const move = (by: number): void => {
    if (matches === undefined || matches.length === 0) return
    const next = at < 0 ? (by > 0 ? 0 : matches.length - 1) : (at + by + matches.length) % matches.length
    set({ span: matches[next]?.span.id, view: undefined })
  }
  useKeys({ '/': () => field.current?.focus(), n: () => move(1), N: () => move(-1) })
  return (
    <div class="field search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        aria-label="Search in this trace"
        placeholder="Search in this trace"
        value={param('q')}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => set({ q: currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter') move(event.shiftKey ? -1 : 1)
          if (event.key === 'Escape') event.currentTarget.blur()
          else return
          event.preventDefault()
        }}
      />
      <span class="matches" role="status">
        {matches !== undefined && `${at < 0 ? '' : `${at + 1} / `}${matches.length}`}
      </span>
      <kbd aria-hidden="true">/</kbd>
    </div>
  )
}

/** Which colour is whose; a click shows a service's spans. */
function Services({ look: { tree } }: { readonly look: Look }): JSX.Element {
  const counts = new Map<string, number>()
  for (const { service } of tree.nodes) counts.set(service, (counts.get(service) ?? 0) + 1)
  return (
    <div class="legend" role="group" aria-label="Services">
      {[...counts].map(([name, count]) => (
        <button
          type="button"
          key={name}
          class={param('q') === name ? 'is-on' : ''}
          aria-pressed={param('q') === name}
          onClick={() => toggleService(name)}
        >
          <Service name={name} count={count} />
        </button>
      ))}
    </div>
  )
}
