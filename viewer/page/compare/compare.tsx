/**
 * Two traces, and what is different.
 */
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { TraceAnswer } from '../../model/api.js'
import { compare, type Difference, type Side } from '../../model/compare.js'
import { milliseconds } from '../../model/time.js'
import { buildTree, type Tree } from '../../model/tree.js'
import { Loading, Problem } from '../parts/empty.js'
import { counted } from '../parts/holdings.js'
import { Icon } from '../parts/icons.js'
import { Dot } from '../parts/service.js'
import { oneLine } from '../parts/text.js'
import { href, param, set } from '../state/address.js'
import { ask } from '../state/ask.js'
import { useAnswer } from '../state/load.js'
import { fullTime } from '../traces/clock.js'
import { Changes, signed } from './changes.js'

interface Props {
  readonly a: string
  readonly b: string
}

export function Compare({ a, b }: Props): JSX.Element {
  const first = useAnswer(a, (signal) => ask.trace(a, signal))
  const second = useAnswer(b, (signal) => ask.trace(b, signal))
  const error = first.error ?? second.error
  if (error !== undefined) return <Problem error={error.message} />
  if (first.answer === undefined || second.answer === undefined) return <Loading />
  return <Both a={first.answer} b={second.answer} />
}

function Both({ a, b }: { readonly a: TraceAnswer; readonly b: TraceAnswer }): JSX.Element {
  const [before, after] = [useMemo(() => buildTree(a.trace), [a.trace]), useMemo(() => buildTree(b.trace), [b.trace])]
  const differences = useMemo(() => compare(before, after), [before, after])
  const onlyChanges = param('only') === 'changes'
  const change = after.duration - before.duration
  return (
    <div class="compare scroller">
      <header class="compare-head">
        <Card letter="A" tree={before} />
        <div class="compare-middle">
          <b class={change > 0 ? 'is-slower' : 'is-faster'}>{signed(change)}</b>
          <a
            class="button is-quiet"
            href={href(['compare', after.trace.id, before.trace.id])}
            aria-label="Swap the traces"
            title="Swap"
          >
            <Icon name="compare" />
          </a>
        </div>
        <Card letter="B" tree={after} />
      </header>
      <div class="compare-tools">
        <p>{summaryOf(differences)}</p>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyChanges}
            onChange={() => set({ only: onlyChanges ? undefined : 'changes' })}
          />
          Only what is different
        </label>
      </div>
      <Changes differences={onlyChanges ? differences.filter(isDifferent) : differences} a={before} b={after} />
    </div>
  )
}

function Card({ letter, tree }: { readonly letter: string; readonly tree: Tree }): JSX.Element {
  const [root] = tree.roots
  const errors = tree.nodes.filter(({ span }) => span.failed).length
  return (
    <a class="compare-card" href={href(['trace', tree.trace.id])}>
      <span class={`letter is-${letter.toLowerCase()}`}>{letter}</span>
      <span class="compare-what">
        <b>
          {root !== undefined && <Dot service={root.service} />} {oneLine(root?.span.name ?? tree.trace.id, 120)}
        </b>
        <span class="muted">
          {fullTime(tree.start)} · {counted(tree.nodes.length, 'span')}
          {errors > 0 && <span class="is-error"> · {counted(errors, 'error')}</span>}
        </span>
      </span>
      <b class="compare-time">{milliseconds(tree.duration)}</b>
    </a>
  )
}

/** A tenth and half a millisecond: less is what any two runs differ by. */
export function isDifferent({ kind, change, a, b }: Difference): boolean {
  return kind !== 'same' || hasOtherErrors(a, b) || Math.abs(change) > Math.max(0.5, a.total * 0.1)
}

function hasOtherErrors(a: Side, b: Side): boolean {
  return a.errors !== b.errors
}

function summaryOf(differences: readonly Difference[]): string {
  const number = (kind: Difference['kind']): number => differences.filter((one) => one.kind === kind).length
  const parts = [
    number('removed') > 0 && `${number('removed')} only in A`,
    number('added') > 0 && `${number('added')} only in B`,
    number('count') > 0 && `${number('count')} with another number of calls`,
  ].filter(Boolean)
  return parts.length === 0 ? 'Both did the same; only the times differ.' : `Operations: ${parts.join(', ')}.`
}
