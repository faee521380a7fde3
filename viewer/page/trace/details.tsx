/**
 * All that is known of one span.
 */
import type { ComponentChildren, JSX } from 'preact'
import { statementOf } from '../../model/describe.js'
import { textOf } from '../../model/text.js'
import { outlives, overtime } from '../../model/findings.js'
import { milliseconds } from '../../model/time.js'
import type { Tags, Value as TagValue } from '../../model/trace.js'
import type { SpanNode } from '../../model/tree.js'
import { copy } from '../parts/hand-over.js'
import { Icon } from '../parts/icons.js'
import { Service } from '../parts/service.js'
import { oneLine, Value } from '../parts/text.js'
import { href, set } from '../state/address.js'
import type { Look } from './look.js'
import { setRange } from './range.js'
import { TagTable } from './tag-table.js'

interface Props {
  readonly look: Look
  readonly node: SpanNode
}

export function Details({ look, node }: Props): JSX.Element {
  const { span, process } = node
  const statement = statementOf(span)
  return (
    <aside class="details scroller" aria-label="Span" tabIndex={-1}>
      <header>
        <div>
          <h2>{oneLine(span.name) || '(no name)'}</h2>
          <p>
            <Service name={node.service} /> <span class="muted">{span.kind}</span>
            {span.scope !== undefined && span.scope !== '' && <span class="muted"> · {oneLine(span.scope, 80)}</span>}
          </p>
        </div>
        <button
          type="button"
          class="button is-quiet"
          aria-label="Close the details"
          title="Close (Esc)"
          onClick={() => set({ span: undefined })}
        >
          <Icon name="close" />
        </button>
      </header>
      <Times look={look} node={node} />
      <Warnings look={look} node={node} />
      {statement !== undefined && (
        <Part title="Statement" copied={statement}>
          <pre class="statement">
            <Value text={statement} />
          </pre>
        </Part>
      )}
      <TagTable title="Tags" tags={span.tags} isFilter />
      <Logs look={look} node={node} />
      <Links node={node} />
      <TagTable title="Process" tags={process.tags} isClosed />
      <footer class="muted mono">
        span {span.id}
        {span.parentId !== undefined && (
          <>
            <br />
            parent {span.parentId}
          </>
        )}
      </footer>
    </aside>
  )
}

function Times({ look, node }: Props): JSX.Element {
  const onPath = look.onPath.get(node) ?? 0
  const facts = [
    ['began', milliseconds(node.start)],
    ['took', milliseconds(node.end - node.start)],
    ['own time', milliseconds(node.selfTime)],
    ['critical path', onPath === 0 ? 'no' : milliseconds(onPath)],
  ] as const
  return (
    <dl class="times">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <button
        type="button"
        class="link"
        title="Zoom to it (z)"
        onClick={() => setRange({ from: node.start, to: node.end }, look.tree.duration)}
      >
        Zoom to it
      </button>
    </dl>
  )
}

function Warnings({ look, node }: Props): JSX.Element | null {
  const { span } = node
  const hold = look.heldUp.get(span.id)
  const correction = look.tree.corrections.find(({ process }) => process === node.process)
  return (
    <>
      {span.failed && (
        <div class="callout is-error">
          <Icon name="error" />
          <p>
            <Value text={span.error ?? 'It failed and did not say why.'} />
          </p>
        </div>
      )}
      {hold !== undefined && (
        <div class="callout">
          <Icon name="clock" />
          <div>
            <p>{milliseconds(hold.time)} of its own time are explained by the process:</p>
            <ul>
              {hold.by.map(({ start, end, label, cause }) => (
                <li key={`${cause}${start}`}>
                  {milliseconds(end - start)} {oneLine(label)}, from {milliseconds(start)}
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
      {outlives(node) && (
        <div class="callout">
          <Icon name="warning" />
          <p>It ended {milliseconds(overtime(node))} after the span that started it, which did not wait for it.</p>
        </div>
      )}
      {node.isOrphan && (
        <div class="callout">
          <Icon name="link" />
          <p>Its parent has not arrived: it may be still running, not be sampled, or have been lost.</p>
        </div>
      )}
      {correction !== undefined && (
        <div class="callout">
          <Icon name="clock" />
          <p>
            Its process’s clock is {milliseconds(Math.abs(correction.by))} {correction.by < 0 ? 'ahead' : 'behind'}; the
            times here are corrected.
          </p>
        </div>
      )}
    </>
  )
}

interface PartProps {
  readonly title: string
  readonly copied?: string
  readonly children: ComponentChildren
}

function Part({ title, copied, children }: PartProps): JSX.Element {
  return (
    <section class="part">
      <h3>
        {title}
        {copied !== undefined && (
          <button
            type="button"
            class="icon-button"
            aria-label={`Copy ${title.toLowerCase()}`}
            onClick={() => void copy(copied, 'it')}
          >
            <Icon name="copy" size={13} />
          </button>
        )}
      </h3>
      {children}
    </section>
  )
}

function Logs({ look, node }: Props): JSX.Element | null {
  const { logs } = node.span
  if (logs.length === 0) return null
  const zero = look.tree.start - (look.tree.offsets[node.span.process] ?? 0)
  return (
    <Part title={`Logs · ${logs.length}`}>
      <ol class="logs">
        {logs.map(({ time, name, tags }, index) => (
          <li key={index}>
            <h4>
              <time>{milliseconds(Math.max(0, time - zero))}</time> {oneLine(name)}
            </h4>
            <dl>
              {tagsBeside(name, tags).map(([key, value]) => (
                <div key={key}>
                  <dt>{oneLine(key, 120)}</dt>
                  <dd>
                    <Value text={textOf(value)} />
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        ))}
      </ol>
    </Part>
  )
}

/** In some formats a log's name is a tag. */
function tagsBeside(name: string, tags: Tags): [string, TagValue][] {
  return Object.entries(tags).filter(([key, value]) => key !== 'event' || value !== name)
}

function Links({ node }: { readonly node: SpanNode }): JSX.Element | null {
  const { links } = node.span
  if (links.length === 0) return null
  return (
    <Part title={`Links · ${links.length}`}>
      <ul class="links mono">
        {links.map(({ traceId, spanId }) => (
          <li key={`${traceId}${spanId}`}>
            <a href={href(['trace', traceId], { span: spanId })}>
              {traceId} / {spanId}
            </a>
          </li>
        ))}
      </ul>
    </Part>
  )
}
