/**
 * Who calls whom.
 */
import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { MapEdge, MapNode, ServiceMap } from '../../model/api.js'
import { milliseconds } from '../../model/time.js'
import { Empty, Loading, Problem } from '../parts/empty.js'
import { counted } from '../parts/holdings.js'
import { Icon, type IconName } from '../parts/icons.js'
import { rateOf, shareOf } from '../parts/rates.js'
import { toned } from '../parts/service.js'
import { oneLine } from '../parts/text.js'
import { currentWindow, WindowChoice } from '../parts/window.js'
import { param, set } from '../state/address.js'
import { ask } from '../state/ask.js'
import { useAnswer } from '../state/load.js'
import { curve, LABEL, NODE, place, type PlacedEdge, type PlacedNode } from './place.js'
import { NodePanel } from './node-panel.js'

const ICONS: Readonly<Record<MapNode['kind'], IconName>> = {
  service: 'service',
  database: 'database',
  cache: 'database',
  queue: 'queue',
  external: 'globe',
}
const LONGEST_NAME = 18
const THICKEST = 5
/** Where there is room for it. */
const SCALE = 1.2

export function ServiceMapView(): JSX.Element {
  const { answer, error } = useAnswer(param('last'), (signal) => ask.map(currentWindow(), signal), {
    renewedBy: () => true,
  })
  if (answer === undefined) return error === undefined ? <Loading /> : <Problem error={error.message} />
  return (
    <div class="view is-map">
      <header class="view-head">
        <h1>Map</h1>
        <WindowChoice />
      </header>
      {answer.nodes.length === 0 ? (
        <Empty icon="service" title="No service has been seen yet">
          <p>Services, databases and queues show up here with the first traces, and who calls whom.</p>
        </Empty>
      ) : (
        <Drawing map={answer} />
      )}
    </div>
  )
}

function Drawing({ map }: { readonly map: ServiceMap }): JSX.Element {
  // Numbers change with every trace; places only with what is there.
  const shape = JSON.stringify([map.nodes.map(({ id }) => id), map.edges.map(({ from, to }) => [from, to])])
  const placed = useMemo(() => place(map), [shape])
  const nodes = new Map(map.nodes.map((node) => [node.id, node]))
  const edges = new Map(map.edges.map((edge) => [keyOf(edge), edge]))
  const chosen = nodes.get(param('node'))
  const most = map.edges.reduce((most, { count }) => Math.max(most, count), 1)
  const isFar = (edge: MapEdge): boolean => chosen !== undefined && edge.from !== chosen.id && edge.to !== chosen.id
  return (
    <div class="map">
      <div class="map-frame scroller">
        <svg
          class="map-drawing"
          role="group"
          aria-label="Services and who calls whom"
          viewBox={`0 0 ${placed.width} ${placed.height}`}
          width={placed.width * SCALE}
          height={placed.height * SCALE}
        >
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="7"
              markerHeight="7"
              orient="auto"
              markerUnits="userSpaceOnUse"
            >
              <path d="M0 0 8 4 0 8Z" />
            </marker>
          </defs>
          {placed.edges.map((one) => {
            const edge = edges.get(keyOf(one.edge)) ?? one.edge
            return <Edge key={keyOf(edge)} placed={one} edge={edge} share={edge.count / most} isFar={isFar(edge)} />
          })}
          {placed.nodes.map((one) => (
            <Node
              key={one.node.id}
              placed={one}
              node={nodes.get(one.node.id) ?? one.node}
              isChosen={one.node.id === chosen?.id}
            />
          ))}
        </svg>
      </div>
      {chosen !== undefined && <NodePanel node={chosen} map={map} />}
    </div>
  )
}

function keyOf({ from, to }: MapEdge): string {
  return `${from}\0${to}`
}

interface EdgeProps {
  readonly placed: PlacedEdge
  readonly edge: MapEdge
  /** Its part of the busiest edge's calls. */
  readonly share: number
  readonly isFar: boolean
}

function Edge({ placed: { points, label }, edge, share, isFar }: EdgeProps): JSX.Element {
  const { rate, errors, count, latency } = edge
  return (
    <g class={`edge${errors > 0 ? ' has-errors' : ''}${isFar ? ' is-far' : ''}`}>
      <path d={curve(points)} stroke-width={1 + share * (THICKEST - 1)} marker-end="url(#arrow)" />
      <title>{`${counted(count, 'call')}, p50 ${milliseconds(latency.p50)}, p99 ${milliseconds(latency.p99)}`}</title>
      <rect
        x={label.x - LABEL.width / 2}
        y={label.y - LABEL.height / 2}
        width={LABEL.width}
        height={LABEL.height}
        rx="6"
      />
      <text x={label.x} y={label.y - 3}>
        {rateOf(rate)}
        {errors > 0 && <tspan class="is-error"> ✗ {shareOf(errors, count)}</tspan>}
      </text>
      <text x={label.x} y={label.y + 12} class="second">
        p95 {milliseconds(latency.p95)}
      </text>
    </g>
  )
}

interface NodeProps {
  readonly placed: PlacedNode
  readonly node: MapNode
  readonly isChosen: boolean
}

function Node({ placed: { x, y }, node, isChosen }: NodeProps): JSX.Element {
  const { id, name, kind, count, errors } = node
  const choose = (): void => set({ node: isChosen ? undefined : id })
  const shown = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name
  return (
    <g
      class={`node is-${kind}${isChosen ? ' is-chosen' : ''}`}
      transform={`translate(${x - NODE.width / 2} ${y - NODE.height / 2})`}
      role="button"
      tabIndex={0}
      aria-pressed={isChosen}
      aria-label={`${oneLine(name)}, ${kind}, ${counted(count, 'span')}`}
      style={toned(name)}
      onClick={choose}
      onKeyDown={(event) => (event.key === 'Enter' || event.key === ' ') && (event.preventDefault(), choose())}
    >
      <title>{oneLine(name)}</title>
      <rect width={NODE.width} height={NODE.height} rx={kind === 'service' ? 8 : 28} />
      <svg x="14" y="19" width="18" height="18" viewBox="0 0 16 16" class="node-icon">
        <Icon name={ICONS[kind] ?? 'globe'} />
      </svg>
      <text x="42" y="25" class="node-name">
        {oneLine(shown)}
      </text>
      <text x="42" y="42" class="node-facts">
        {counted(count, 'span')}
        {errors > 0 && <tspan class="is-error"> · {counted(errors, 'error')}</tspan>}
      </text>
    </g>
  )
}
