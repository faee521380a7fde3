/**
 * The operations of two traces below each other, each with its times in both.
 */
import type { JSX } from 'preact'
import type { Difference, Side } from '../../model/compare.js'
import { milliseconds } from '../../model/time.js'
import type { Tree } from '../../model/tree.js'
import { Dot } from '../parts/service.js'
import { oneLine } from '../parts/text.js'
import { href } from '../state/address.js'

const MOST_ROWS = 1000
const MOST_INDENTS = 24
const LABELS: Readonly<Record<Difference['kind'], string | undefined>> = {
  removed: 'only in A',
  added: 'only in B',
  count: undefined,
  same: undefined,
}

interface Props {
  readonly differences: readonly Difference[]
  readonly a: Tree
  readonly b: Tree
}

export function signed(ms: number): string {
  return ms === 0 ? '±0' : `${ms < 0 ? '−' : '+'}${milliseconds(Math.abs(ms))}`
}

export function Changes({ differences, a, b }: Props): JSX.Element {
  const most = differences.reduce((most, { change }) => Math.max(most, Math.abs(change)), 0)
  return (
    <table class="table changes" aria-label="Operations of both traces">
      <thead>
        <tr>
          <th scope="col" class="is-text">
            Operation
          </th>
          <th scope="col">Calls A</th>
          <th scope="col">Calls B</th>
          <th scope="col">Time A</th>
          <th scope="col">Time B</th>
          <th scope="col">Change</th>
        </tr>
      </thead>
      <tbody>
        {differences.slice(0, MOST_ROWS).map((one) => (
          <tr key={one.key} class={`is-${one.kind}`}>
            <td class="is-text">
              <span class="operation" style={{ '--depth': Math.min(one.depth, MOST_INDENTS) }}>
                <Dot service={one.service} />
                <span class="of">{oneLine(one.service, 60)}</span> {oneLine(one.name, 120)}
                {LABELS[one.kind] !== undefined && <span class="mark">{LABELS[one.kind]}</span>}
              </span>
            </td>
            <Count side={one.a} />
            <Count side={one.b} isOther={one.kind === 'count'} />
            <Time side={one.a} tree={a} />
            <Time side={one.b} tree={b} />
            <td>
              <Change by={one.change} most={most} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Count({ side, isOther = false }: { readonly side: Side; readonly isOther?: boolean }): JSX.Element {
  return (
    <td class={isOther ? 'is-other-count' : ''}>
      {side.count === 0 ? <span class="muted">–</span> : side.count}
      {side.errors > 0 && <b class="is-error"> ✗{side.errors}</b>}
    </td>
  )
}

function Time({ side, tree }: { readonly side: Side; readonly tree: Tree }): JSX.Element {
  if (side.first === undefined) return <td class="muted">–</td>
  return (
    <td>
      <a href={href(['trace', tree.trace.id], { span: side.first.span.id })}>{milliseconds(side.total)}</a>
    </td>
  )
}

/** To the right what took longer, to the left what took less. */
function Change({ by, most }: { readonly by: number; readonly most: number }): JSX.Element {
  const share = most > 0 ? Math.abs(by) / most : 0
  return (
    <span class={`change ${by > 0 ? 'is-slower' : 'is-faster'}`}>
      <i aria-hidden="true">
        <i style={{ width: `${share * 50}%` }} />
      </i>
      {signed(by)}
    </span>
  )
}
