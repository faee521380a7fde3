/**
 * A trace in the list.
 */
import type { JSX } from 'preact'
import type { TraceSummary } from '../../model/api.js'
import { milliseconds } from '../../model/time.js'
import { counted } from '../parts/holdings.js'
import { Dot, Service, toned } from '../parts/service.js'
import { oneLine } from '../parts/text.js'
import { href } from '../state/address.js'
import { choose, chosen } from '../state/chosen.js'
import { fresh } from '../state/traces.js'
import { clockTime, fullTime } from './clock.js'

export const ROW_HEIGHT = 44
const MOST_SERVICES = 5

interface Props {
  readonly trace: TraceSummary
  readonly top: number
  readonly index: number
  /** The longest duration of the list, in ms. */
  readonly longest: number
  readonly isCurrent: boolean
}

export function TraceRow({ trace, top, index, longest, isCurrent }: Props): JSX.Element {
  const { id, service, name, start, spans, failed } = trace
  const classes = ['trace-row', failed && 'is-failed', isCurrent && 'is-current', fresh.value.has(id) && 'is-fresh']
  return (
    <div
      class={classes.filter(Boolean).join(' ')}
      role="row"
      aria-rowindex={index + 1}
      data-trace={id}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" class="pick">
        <input
          type="checkbox"
          aria-label="Choose for a comparison"
          title="Choose for a comparison (x)"
          checked={chosen.value.includes(id)}
          onChange={() => choose(id)}
        />
      </span>
      <time role="cell" class="when" dateTime={new Date(start).toISOString()} title={fullTime(start)}>
        {clockTime(start)}
      </time>
      <span role="cell" class="what">
        <Dot service={service} />
        <a href={href(['trace', id])} title={oneLine(`${service}: ${name}`)}>
          <span class="of">{oneLine(service)}</span>
          <span class="name">{oneLine(name) || '(no name)'}</span>
        </a>
        <Marks trace={trace} />
      </span>
      <Services trace={trace} />
      <span role="cell" class="count">
        {counted(spans, 'span')}
      </span>
      <Duration trace={trace} longest={longest} />
    </div>
  )
}

function Marks({ trace: { failed, errors, slow, incomplete } }: { readonly trace: TraceSummary }): JSX.Element {
  return (
    <span class="marks">
      {failed && errors === 0 && <span class="mark is-error">failed</span>}
      {errors > 0 && <span class={`mark ${failed ? 'is-error' : 'is-mended'}`}>{counted(errors, 'error')}</span>}
      {slow && (
        <span class="mark is-slow" title="Among the slowest of its operation">
          slow
        </span>
      )}
      {incomplete && (
        <span class="mark" title="Its root, or the parent of some of its spans, has not arrived">
          incomplete
        </span>
      )}
    </span>
  )
}

/** The root's own first, the others in the order of their names: the same in every row. */
function Services({ trace }: { readonly trace: TraceSummary }): JSX.Element {
  const rank = (name: string): number => (name === trace.service ? 0 : 1)
  const services = [...trace.services].sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1))
  const rest = services.length - MOST_SERVICES
  return (
    <span role="cell" class="services">
      {services.slice(0, MOST_SERVICES).map(({ name, spans }) => (
        <Service key={name} name={name} count={spans} />
      ))}
      {rest > 0 && <span class="service-count">+{rest}</span>}
    </span>
  )
}

function Duration({ trace, longest }: Pick<Props, 'trace' | 'longest'>): JSX.Element {
  const share = longest > 0 ? trace.duration / longest : 0
  return (
    <span role="cell" class="duration">
      <i
        class="duration-bar"
        style={{ ...toned(trace.service), transform: `scaleX(${Math.max(0.004, share)})` }}
        aria-hidden="true"
      />
      <b>{milliseconds(trace.duration)}</b>
    </span>
  )
}
