/**
 * One trace.
 */
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { TraceAnswer } from '../../model/api.js'
import { Empty, Loading, Problem } from '../parts/empty.js'
import { useKeys } from '../parts/keys.js'
import { href, set } from '../state/address.js'
import { ask, Refused } from '../state/ask.js'
import { useAnswer } from '../state/load.js'
import { Flame } from './flame.js'
import { Head } from './head.js'
import { currentView, useLook } from './look.js'
import { Notices } from './notices.js'
import { Statistics } from './statistics.js'
import { Toolbar } from './toolbar.js'
import { Waterfall } from './waterfall.js'

/** While a trace grows it is asked for so often, in ms. */
const PAUSE = 400

export function TraceView({ id }: { readonly id: string }): JSX.Element {
  const { answer, error } = useAnswer(id, (signal) => ask.trace(id, signal), {
    renewedBy: (trace) => trace.id === id,
    pause: PAUSE,
  })
  if (answer !== undefined) return <Shown answer={answer} />
  if (error instanceof Refused && error.status === 404) return <Gone />
  return error === undefined ? <Loading /> : <Problem error={error.message} />
}

function Gone(): JSX.Element {
  return (
    <Empty icon="search" title="This trace is not here">
      <p>It has not arrived yet, or was let go to make room for newer ones. It will show up here if it arrives.</p>
      <p>
        <a href={href(['traces'])}>All traces</a>
      </p>
    </Empty>
  )
}

function Shown({ answer }: { readonly answer: TraceAnswer }): JSX.Element {
  const look = useLook(answer)
  const view = currentView()
  const [root] = look.tree.roots
  useEffect(() => {
    document.title = root === undefined ? 'pretrace' : `${root.span.name.slice(0, 80)} · pretrace`
    return () => {
      document.title = 'pretrace'
    }
  }, [root?.span.name])
  useKeys({
    w: () => set({ view: undefined }),
    f: () => set({ view: 'flame' }),
    s: () => set({ view: 'statistics' }),
    c: () => set({ path: look.showsPath ? 'off' : undefined }),
  })
  return (
    <div class="trace">
      <Head look={look} />
      <Notices look={look} />
      <Toolbar look={look} />
      {view === 'waterfall' && <Waterfall look={look} />}
      {view === 'flame' && <Flame look={look} />}
      {view === 'statistics' && <Statistics look={look} />}
    </div>
  )
}
