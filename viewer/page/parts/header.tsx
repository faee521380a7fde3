/**
 * The top of the page: where one can go, what the viewer holds, and the page's own switches.
 */
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'
import { address, href } from '../state/address.js'
import { nextTheme, theme, type Theme } from '../state/theme.js'
import { openFile } from './drop.js'
import { Holdings } from './holdings.js'
import { Icon, type IconName } from './icons.js'

const PLACES = [
  ['traces', 'Traces'],
  ['map', 'Map'],
  ['endpoints', 'Endpoints'],
  ['insights', 'Insights'],
] as const
/** Views that belong to a place without being it. */
const WITHIN: Readonly<Record<string, string>> = { trace: 'traces', compare: 'traces' }
const THEME_ICONS: Readonly<Record<Theme, IconName>> = { auto: 'auto', light: 'sun', dark: 'moon' }

export function Header({ onHelp }: { readonly onHelp: () => void }): JSX.Element {
  const [view = 'traces'] = address.value.path
  const place = WITHIN[view] ?? view
  return (
    <header class="top">
      <a class="brand" href={href(['traces'])} aria-label="pretrace: all traces">
        <svg width="20" height="20" viewBox="0 0 20 20" aria-hidden="true">
          <rect x="1" y="3" width="18" height="3.4" rx="1.7" class="brand-1" />
          <rect x="4" y="8.3" width="8" height="3.4" rx="1.7" class="brand-2" />
          <rect x="10" y="13.6" width="8" height="3.4" rx="1.7" class="brand-3" />
        </svg>
        <span>pretrace</span>
      </a>
      <nav aria-label="Views">
        {PLACES.map(([name, label]) => (
          <a key={name} href={href([name])} aria-current={name === place ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <div class="top-end">
        <Holdings />
        <OpenFile />
        <button
          type="button"
          class="button is-quiet"
          onClick={nextTheme}
          title={`Theme: ${theme.value} (t)`}
          aria-label={`Theme: ${theme.value}`}
        >
          <Icon name={THEME_ICONS[theme.value]} />
        </button>
        <button type="button" class="button is-quiet" onClick={onHelp} title="Keys (?)" aria-label="Help and keys">
          <Icon name="help" />
        </button>
      </div>
    </header>
  )
}

function OpenFile(): JSX.Element {
  const field = useRef<HTMLInputElement>(null)
  return (
    <>
      <button
        type="button"
        class="button is-quiet"
        onClick={() => field.current?.click()}
        title="Open a file: OTLP, Jaeger or Zipkin JSON"
        aria-label="Open a file"
      >
        <Icon name="folder" />
      </button>
      <input
        ref={field}
        type="file"
        hidden
        accept=".json,.jsonl,.ndjson,application/json"
        onChange={({ currentTarget }) => {
          for (const file of currentTarget.files ?? []) void openFile(file)
          currentTarget.value = ''
        }}
      />
    </>
  )
}
