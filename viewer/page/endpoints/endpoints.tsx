/**
 * What services are asked for, and what they ask others for: how often, how fast, how well.
 */
import type { JSX } from 'preact'
import type { Endpoint } from '../../model/api.js'
import { milliseconds } from '../../model/time.js'
import { Histogram, Sparkline } from '../parts/charts.js'
import { Empty, Loading, Problem } from '../parts/empty.js'
import { rateOf, shareOf } from '../parts/rates.js'
import { Dot, toned } from '../parts/service.js'
import { Table, type Column } from '../parts/table.js'
import { oneLine } from '../parts/text.js'
import { currentWindow, WindowChoice } from '../parts/window.js'
import { go, param, set } from '../state/address.js'
import { ask } from '../state/ask.js'
import { useAnswer } from '../state/load.js'

const KINDS = [
  ['', 'Entry points'],
  ['call', 'Calls'],
] as const
/** The first bound of the histogram, in ms; they double. */
const FIRST_BOUND = 0.1

export function Endpoints(): JSX.Element {
  const question = `${param('last')} ${param('service')}`
  const { answer, error } = useAnswer(question, (signal) => ask.endpoints(currentWindow(), signal), {
    renewedBy: () => true,
  })
  if (answer === undefined) return error === undefined ? <Loading /> : <Problem error={error.message} />
  const kind = param('kind') === 'call' ? 'call' : 'entry'
  const rows = answer.endpoints.filter((endpoint) => endpoint.kind === kind)
  const services = [...new Set(answer.endpoints.map(({ service }) => service))].sort()
  return (
    <div class="view scroller">
      <header class="view-head">
        <h1>Endpoints</h1>
        <div class="segments" role="radiogroup" aria-label="Kind">
          {KINDS.map(([name, label]) => (
            <label key={name} class={param('kind') === name ? 'is-on' : ''}>
              <input type="radio" name="kind" checked={param('kind') === name} onChange={() => set({ kind: name })} />
              {label}
            </label>
          ))}
        </div>
        <ServiceChoice services={services} />
        <WindowChoice />
      </header>
      {rows.length === 0 ? (
        <Empty icon="lanes" title="Nothing was asked for yet">
          <p>Routes show up here with the first traces, each with its rate, its errors and its latencies.</p>
        </Empty>
      ) : (
        <Table
          label={kind === 'entry' ? 'Entry points' : 'Calls'}
          columns={COLUMNS}
          rows={rows}
          keyOf={({ service, operation }) => `${service}\0${operation}`}
          onChoose={({ service, operation }) => go(['traces'], { service, operation })}
        />
      )}
    </div>
  )
}

function ServiceChoice({ services }: { readonly services: readonly string[] }): JSX.Element {
  const chosen = param('service')
  const all = chosen === '' || services.includes(chosen) ? services : [...services, chosen]
  return (
    <select aria-label="Service" value={chosen} onChange={({ currentTarget }) => set({ service: currentTarget.value })}>
      <option value="">All services</option>
      {all.map((name) => (
        <option key={name} value={name}>
          {oneLine(name, 60)}
        </option>
      ))}
    </select>
  )
}

function boundsAt(index: number): string {
  const bound = FIRST_BOUND * 2 ** index
  return index === 0 ? `below ${milliseconds(bound)}` : `${milliseconds(bound / 2)} to ${milliseconds(bound)}`
}

/** Without the empty bars at either end. */
function Latencies({ endpoint: { histogram, operation } }: { readonly endpoint: Endpoint }): JSX.Element {
  const first = Math.max(0, histogram.findIndex((count) => count > 0) - 1)
  const last = histogram.findLastIndex((count) => count > 0) + 2
  return (
    <Histogram
      counts={histogram.slice(first, last)}
      titleOf={(index) => boundsAt(index + first)}
      label={`Latencies of ${oneLine(operation, 80)}`}
    />
  )
}

const COLUMNS: readonly Column<Endpoint>[] = [
  {
    name: 'operation',
    title: 'Operation',
    isText: true,
    by: ({ service, operation }) => `${service} ${operation}`,
    show: ({ service, operation }) => (
      <span class="operation">
        <Dot service={service} />
        <span class="of">{oneLine(service, 60)}</span> {oneLine(operation, 120)}
      </span>
    ),
  },
  {
    name: 'trend',
    title: 'Trend',
    show: ({ sparkline, service }) => (
      <span style={toned(service)}>
        <Sparkline values={sparkline} label="Calls over time" />
      </span>
    ),
  },
  { name: 'count', title: 'Count', by: ({ count }) => count, show: ({ count }) => count.toLocaleString('en') },
  { name: 'rate', title: 'Rate', by: ({ rate }) => rate, show: ({ rate }) => rateOf(rate) },
  {
    name: 'errors',
    title: 'Errors',
    by: ({ errors, count }) => errors / count,
    show: ({ errors, count }) =>
      errors === 0 ? <span class="muted">–</span> : <b class="is-error">{shareOf(errors, count)}</b>,
  },
  { name: 'p50', title: 'p50', by: ({ latency }) => latency.p50, show: ({ latency }) => milliseconds(latency.p50) },
  { name: 'p95', title: 'p95', by: ({ latency }) => latency.p95, show: ({ latency }) => milliseconds(latency.p95) },
  { name: 'p99', title: 'p99', by: ({ latency }) => latency.p99, show: ({ latency }) => milliseconds(latency.p99) },
  {
    name: 'latencies',
    title: 'Latencies',
    show: (endpoint) => (
      <span style={toned(endpoint.service)}>
        <Latencies endpoint={endpoint} />
      </span>
    ),
  },
]
