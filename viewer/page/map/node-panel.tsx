/**
 * One service or store of the map, with its edges.
 */
import type { JSX } from 'preact'
import type { MapEdge, MapNode, ServiceMap } from '../../model/api.js'
import { milliseconds } from '../../model/time.js'
import { counted } from '../parts/holdings.js'
import { Icon } from '../parts/icons.js'
import { rateOf, shareOf } from '../parts/rates.js'
import { oneLine } from '../parts/text.js'
import { href, set } from '../state/address.js'

export function NodePanel({ node, map }: { readonly node: MapNode; readonly map: ServiceMap }): JSX.Element {
  const names = new Map(map.nodes.map(({ id, name }) => [id, name]))
  const nameOf = (id: string): string => names.get(id) ?? id
  const callers = map.edges.filter(({ to }) => to === node.id)
  const callees = map.edges.filter(({ from }) => from === node.id)
  return (
    <aside class="node-panel scroller" aria-label={oneLine(node.name)}>
      <header>
        <div>
          <h2>{oneLine(node.name)}</h2>
          <p class="muted">
            {node.kind} · {counted(node.count, 'span')}
            {node.errors > 0 && <span class="is-error"> · {counted(node.errors, 'error')}</span>}
          </p>
        </div>
        <button type="button" class="button is-quiet" aria-label="Close" onClick={() => set({ node: undefined })}>
          <Icon name="close" />
        </button>
      </header>
      <p class="node-links">
        <a
          class="button"
          href={href(['traces'], node.kind === 'service' ? { service: node.name } : { text: node.name })}
        >
          Traces
        </a>
        {node.kind === 'service' && (
          <a class="button" href={href(['endpoints'], { service: node.name })}>
            Endpoints
          </a>
        )}
      </p>
      <Edges title="Called by" edges={callers} nameOf={({ from }) => nameOf(from)} />
      <Edges title="Calls" edges={callees} nameOf={({ to }) => nameOf(to)} />
    </aside>
  )
}

interface EdgesProps {
  readonly title: string
  readonly edges: readonly MapEdge[]
  readonly nameOf: (edge: MapEdge) => string
}

function Edges({ title, edges, nameOf }: EdgesProps): JSX.Element | null {
  if (edges.length === 0) return null
  return (
    <section class="part">
      <h3>{title}</h3>
      <ul class="node-edges">
        {edges.map((edge) => (
          <li key={`${edge.from} ${edge.to}`}>
            <b>{oneLine(nameOf(edge), 60)}</b>
            <span>
              {counted(edge.count, 'call')} · {rateOf(edge.rate)}
              {edge.errors > 0 && <span class="is-error"> · {shareOf(edge.errors, edge.count)} failed</span>}
            </span>
            <span class="muted">
              p50 {milliseconds(edge.latency.p50)} · p95 {milliseconds(edge.latency.p95)} · p99{' '}
              {milliseconds(edge.latency.p99)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
