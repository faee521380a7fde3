/**
 * Where the services stand on the map: callers to the left of those they call.
 */
import { Graph, layout } from '@dagrejs/dagre'
import type { MapEdge, MapNode, ServiceMap } from '../../model/api.js'

export interface Point {
  readonly x: number
  readonly y: number
}
export interface PlacedNode extends Point {
  readonly node: MapNode
}
export interface PlacedEdge {
  readonly edge: MapEdge
  readonly points: readonly Point[]
  readonly label: Point
}
export interface Placed {
  readonly width: number
  readonly height: number
  readonly nodes: readonly PlacedNode[]
  readonly edges: readonly PlacedEdge[]
}

export const NODE = { width: 190, height: 56 } as const
export const LABEL = { width: 96, height: 34 } as const
const MARGIN = 24

export function place({ nodes, edges }: ServiceMap): Placed {
  const graph = new Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'LR', nodesep: 28, ranksep: 44, edgesep: 16, marginx: MARGIN, marginy: MARGIN })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id } of nodes) graph.setNode(id, { ...NODE })
  const known = new Set(nodes.map(({ id }) => id))
  const drawn = edges.filter(({ from, to }) => known.has(from) && known.has(to))
  for (const { from, to } of drawn) graph.setEdge(from, to, { ...LABEL, labelpos: 'c' })
  layout(graph)
  const { width = 0, height = 0 } = graph.graph()
  return {
    width,
    height,
    nodes: nodes.map((node) => ({ node, ...pointOf(graph.node(node.id)) })),
    edges: drawn.map((edge) => {
      const { points = [], ...label } = graph.edge(edge.from, edge.to) as { points?: Point[]; x: number; y: number }
      return { edge, points, label: pointOf(label) }
    }),
  }
}

function pointOf({ x = 0, y = 0 }: { readonly x?: number; readonly y?: number }): Point {
  return { x, y }
}

/** A curve through the points, round where they turn. */
export function curve(points: readonly Point[]): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  const pieces = rest.map((point, index) => {
    const next = rest[index + 1]
    if (next === undefined) return `L${point.x} ${point.y}`
    return `Q${point.x} ${point.y} ${(point.x + next.x) / 2} ${(point.y + next.y) / 2}`
  })
  return `M${first.x} ${first.y}${pieces.join('')}`
}
