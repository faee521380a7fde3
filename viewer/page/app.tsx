/**
 * The frame of every view, and which view it is.
 */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Compare } from './compare/compare.js'
import { Endpoints } from './endpoints/endpoints.js'
import { Insights } from './insights/insights.js'
import { ServiceMapView } from './map/map.js'
import { DropTarget } from './parts/drop.js'
import { Empty } from './parts/empty.js'
import { Header } from './parts/header.js'
import { Help } from './parts/help.js'
import { useKeys } from './parts/keys.js'
import { Toast } from './parts/toast.js'
import { address, go, href } from './state/address.js'
import { nextTheme } from './state/theme.js'
import { TraceView } from './trace/trace.js'
import { Traces } from './traces/traces.js'

export function App(): JSX.Element {
  const [isHelping, setHelping] = useState(false)
  useKeys({
    '?': () => setHelping(true),
    '1': () => go(['traces']),
    '2': () => go(['map']),
    '3': () => go(['endpoints']),
    '4': () => go(['insights']),
    t: nextTheme,
  })
  return (
    <DropTarget>
      <a class="skip" href={window.location.hash} onClick={toMain}>
        Skip to the content
      </a>
      <Header onHelp={() => setHelping(true)} />
      <main id="main" tabIndex={-1}>
        <View />
      </main>
      <Toast />
      {isHelping && <Help onClose={() => setHelping(false)} />}
    </DropTarget>
  )
}

function toMain(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function View(): JSX.Element {
  const [view = 'traces', first, second] = address.value.path
  if (view === 'traces') return <Traces />
  if (view === 'trace' && first !== undefined) return <TraceView key={first} id={first} />
  if (view === 'compare' && first !== undefined && second !== undefined) return <Compare a={first} b={second} />
  if (view === 'map') return <ServiceMapView />
  if (view === 'endpoints') return <Endpoints />
  if (view === 'insights') return <Insights />
  return (
    <Empty icon="search" title="There is nothing at this address">
      <p>
        <a href={href(['traces'])}>All traces</a>
      </p>
    </Empty>
  )
}
