/**
 * What the viewer holds, whether it is still there, and what it had to let go.
 */
import type { JSX } from 'preact'
import type { Status } from '../../model/api.js'
import { isConnected, status } from '../state/live.js'

export function Holdings(): JSX.Element | null {
  const held = status.value
  const isLost = isConnected.value === false
  if (held === undefined && !isLost) return null
  const lost = held === undefined ? [] : lossesOf(held)
  return (
    <details class={`holdings${isLost ? ' is-lost' : ''}${lost.length > 0 ? ' has-losses' : ''}`}>
      <summary aria-label={isLost ? 'The viewer does not answer' : 'What the viewer holds'}>
        <i class="live-dot" aria-hidden="true" />
        {isLost ? 'reconnecting…' : held && <span class="wide-only">{counted(held.traces, 'trace')}</span>}
      </summary>
      <div class="holdings-more">
        {held === undefined ? (
          <p>The viewer does not answer. It will be asked again and again; what is shown stays.</p>
        ) : (
          <dl>
            <dt>traces</dt>
            <dd>{held.traces.toLocaleString('en')}</dd>
            <dt>spans</dt>
            <dd>{held.spans.toLocaleString('en')}</dd>
            <dt>memory</dt>
            <dd>
              {megabytes(held.bytes)} of {megabytes(held.mostBytes)}
              <meter min={0} max={held.mostBytes} value={held.bytes} aria-label="memory" />
            </dd>
            {held.file !== undefined && (
              <>
                <dt>file</dt>
                <dd class="mono">{held.file}</dd>
              </>
            )}
            {lost.map(([what, count]) => (
              <>
                <dt class="is-loss">{what}</dt>
                <dd class="is-loss">{count.toLocaleString('en')}</dd>
              </>
            ))}
            <dt>version</dt>
            <dd>{held.version}</dd>
          </dl>
        )}
      </div>
    </details>
  )
}

function lossesOf({ evictedTraces, droppedSpans, refusedRequests }: Status): (readonly [string, number])[] {
  const losses = [
    ['traces let go', evictedTraces],
    ['spans dropped', droppedSpans],
    ['requests refused', refusedRequests],
  ] as const
  return losses.filter(([, count]) => count > 0)
}

export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
}

function megabytes(bytes: number): string {
  const mb = bytes / 2 ** 20
  return `${mb < 10 ? mb.toFixed(1) : mb.toFixed(0)} MB`
}
