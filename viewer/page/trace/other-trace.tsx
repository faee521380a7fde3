/**
 * Which trace to compare with: others of the same operation.
 */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { milliseconds } from '../../model/time.js'
import type { Tree } from '../../model/tree.js'
import { Loading, Problem } from '../parts/empty.js'
import { counted } from '../parts/holdings.js'
import { Icon } from '../parts/icons.js'
import { oneLine } from '../parts/text.js'
import { href } from '../state/address.js'
import { ask } from '../state/ask.js'
import { useAnswer } from '../state/load.js'
import { clockTime } from '../traces/clock.js'

const MOST = 100

interface Props {
  readonly tree: Tree
  readonly onClose: () => void
}

export function OtherTrace({ tree, onClose }: Props): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const [root] = tree.roots
  const query = { service: root?.service ?? '', operation: root?.span.name ?? '', limit: MOST }
  const { answer, error } = useAnswer(tree.trace.id, (signal) => ask.traces(query, signal))
  useEffect(() => dialog.current?.showModal(), [])
  const others = answer?.traces.filter(({ id }) => id !== tree.trace.id) ?? []
  return (
    <dialog
      ref={dialog}
      class="other-trace"
      aria-labelledby="other-title"
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && dialog.current?.close()}
    >
      <header>
        <h2 id="other-title">Compare with</h2>
        <button type="button" class="button is-quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      {error !== undefined && <Problem error={error.message} />}
      {answer === undefined && error === undefined && <Loading />}
      {answer !== undefined && others.length === 0 && (
        <p class="hint">No other trace of this operation is here. Any two can be chosen by their boxes in the list.</p>
      )}
      <ul>
        {others.map(({ id, name, start, duration, spans, errors }) => (
          <li key={id}>
            <a href={href(['compare', tree.trace.id, id])} onClick={() => dialog.current?.close()}>
              <b>{milliseconds(duration)}</b>
              <span>{oneLine(name, 80)}</span>
              <span class="muted">
                {clockTime(start)} · {counted(spans, 'span')}
                {errors > 0 && ` · ${counted(errors, 'error')}`}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </dialog>
  )
}
