/**
 * A span in the waterfall.
 */
import type { CSSProperties, JSX } from 'preact'
import type { Step } from '../../model/critical-path.js'
import { factsOf } from '../../model/describe.js'
import { outlives } from '../../model/findings.js'
import { isFolded, toggle } from '../../model/rows.js'
import { milliseconds } from '../../model/time.js'
import type { SpanNode } from '../../model/tree.js'
import { Icon } from '../parts/icons.js'
import { Dot, toned } from '../parts/service.js'
import { oneLine } from '../parts/text.js'
import { set } from '../state/address.js'
import { setFolding, type Look } from './look.js'
import { percent, type Range } from './range.js'

export const ROW_HEIGHT = 30
const INDENT = 14

interface Props {
  readonly look: Look
  readonly node: SpanNode
  readonly index: number
  readonly top: number
}

export function SpanRow({ look, node, index, top }: Props): JSX.Element {
  const { span, depth, children } = node
  const { folding, selected, matches, isMatch } = look
  const folded = isFolded(node, folding)
  const classes = [
    'span-row',
    span.failed && 'is-failed',
    node === selected && 'is-selected',
    matches !== undefined && (isMatch.has(node) ? 'is-match' : 'is-other'),
  ]
  return (
    <div
      id={`span-${span.id}`}
      class={classes.filter(Boolean).join(' ')}
      role="row"
      aria-level={depth + 1}
      aria-expanded={children.length > 0 ? !folded : undefined}
      aria-selected={node === selected}
      aria-rowindex={index + 1}
      data-span={span.id}
      style={{ transform: `translateY(${top}px)`, ...toned(node.service) }}
      onClick={() => set({ span: node === selected ? undefined : span.id })}
    >
      <div class="span-name" role="rowheader" style={{ '--depth': depth, '--indent': `${INDENT}px` }}>
        <Caret look={look} node={node} isFolded={folded} />
        <Name node={node} />
      </div>
      <div class="span-time" role="gridcell">
        <Bar look={look} node={node} />
      </div>
    </div>
  )
}

function Caret({ look, node, isFolded }: Pick<Props, 'look' | 'node'> & { readonly isFolded: boolean }): JSX.Element {
  if (node.children.length === 0) return <span class="caret" />
  return (
    <button
      type="button"
      class={`caret${isFolded ? ' is-folded' : ''}`}
      tabIndex={-1}
      aria-label={isFolded ? 'Unfold' : 'Fold'}
      onClick={(event) => {
        event.stopPropagation()
        setFolding(toggle(look.folding, node.span.id))
      }}
    >
      <Icon name="down" size={12} />
      {isFolded && <small>{node.descendants}</small>}
    </button>
  )
}

function Name({ node }: { readonly node: SpanNode }): JSX.Element {
  const { span, service, parent, isOrphan } = node
  const facts = factsOf(span).slice(1)
  return (
    <>
      <Dot service={service} />
      {service !== parent?.service && <span class="of">{oneLine(service, 60)}</span>}
      <span class="name">{oneLine(span.name, 120) || '(no name)'}</span>
      {span.failed && <Icon name="error" size={13} />}
      {isOrphan && <span title="Its parent has not arrived">{<Icon name="link" size={13} />}</span>}
      <span class="fact">{oneLine(facts.join(' · '), 160)}</span>
    </>
  )
}

function Bar({ look, node }: Pick<Props, 'look' | 'node'>): JSX.Element {
  const { range, heldUp, steps, showsPath } = look
  const isSeen = node.end >= range.from && node.start <= range.to
  const hold = heldUp.get(node.span.id)
  return (
    <>
      {isSeen && <i class={`bar${outlives(node) ? ' is-late' : ''}`} style={placed(range, node.start, node.end)} />}
      {hold?.by.map(({ start, end, cause, label }) => (
        <i
          key={`${cause}${start}`}
          class={`held is-${cause}`}
          title={`${label}: ${milliseconds(end - start)}`}
          style={placed(range, start, end)}
        />
      ))}
      {showsPath &&
        joined(steps.get(node) ?? [], range).map(({ start, end }) => (
          <i key={start} class="on-path" style={placed(range, start, end)} />
        ))}
      {isSeen && (
        <span class="bar-label" style={{ left: `${percent(range, node.end)}%` }}>
          {milliseconds(node.end - node.start)}
        </span>
      )}
    </>
  )
}

function placed(range: Range, start: number, end: number): CSSProperties {
  const left = percent(range, start)
  return { left: `${left}%`, width: `${percent(range, end) - left}%` }
}

/** What of the path can be seen, with what lies closer together than a pixel in one piece. */
function joined(steps: readonly Step[], { from, to }: Range): { start: number; end: number }[] {
  const pixel = (to - from) / 1000
  const pieces: { start: number; end: number }[] = []
  for (const { start, end } of steps) {
    if (end < from || start > to) continue
    const last = pieces.at(-1)
    if (last !== undefined && start - last.end < pixel) last.end = end
    else pieces.push({ start, end })
  }
  return pieces
}
