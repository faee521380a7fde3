/**
 * Who calls whom: services, and the databases, caches, queues and strangers that they call.
 */
import type { MapNode, ServiceMap } from '../../model/api.js'
import {
  destinationOf,
  isCache,
  messagingOf,
  namespaceOf,
  peerOf,
  peerServiceOf,
  systemOf,
  urlOf,
} from '../../model/vocabulary.js'
import type { Span, Value } from '../../model/trace.js'
import { tagsOf, type KeptSpan } from '../store/kept.js'
import { parentIdOf } from '../store/parents.js'
import type { Store } from '../store/store.js'
import type { KeptTrace } from '../store/trace.js'
import { Durations, rateOf } from './latency.js'
import { selected, type RangeQuery } from './range.js'

type Place = Pick<MapNode, 'id' | 'name' | 'kind'>

export function map(store: Store, query: RangeQuery): ServiceMap {
  const { range, traces } = selected(store, query)
  const drawing = new Drawing()
  for (const trace of traces) draw(trace, drawing)
  return {
    nodes: [...drawing.nodes.values()].map(({ durations, ...place }) => ({
      ...place,
      count: durations.count,
      errors: durations.errors,
    })),
    edges: [...drawing.edges.values()].map(({ from, to, durations }) => ({
      from,
      to,
      count: durations.count,
      errors: durations.errors,
      rate: rateOf(durations.count, range),
      latency: durations.latency(),
    })),
  }
}

class Drawing {
  readonly nodes = new Map<string, Place & { readonly durations: Durations }>()
  readonly edges = new Map<string, { readonly from: string; readonly to: string; readonly durations: Durations }>()

  /** What happens at a place. */
  at(place: Place, span?: KeptSpan): void {
    let node = this.nodes.get(place.id)
    if (node === undefined) this.nodes.set(place.id, (node = { ...place, durations: new Durations() }))
    if (span !== undefined) node.durations.add(span.duration, span.failed)
  }

  between(from: Place, to: Place, { duration, failed }: KeptSpan): void {
    this.at(from)
    this.at(to)
    const key = `${from.id}\n${to.id}`
    let edge = this.edges.get(key)
    if (edge === undefined) this.edges.set(key, (edge = { from: from.id, to: to.id, durations: new Durations() }))
    edge.durations.add(duration, failed)
  }
}

/** A call between two services is drawn once, at the caller's side if that has one. */
function draw({ spans, hasShared }: KeptTrace, drawing: Drawing): void {
  const byId = new Map<string, KeptSpan>()
  for (const span of spans) byId.set(span.id, span)
  const answered = new Set<KeptSpan>()
  for (const span of spans) {
    const parentId = parentIdOf(span, byId, hasShared)
    const parent = parentId === undefined ? undefined : byId.get(parentId)
    const isEntry = span.kind === 'server' || span.kind === 'consumer'
    const here = serviceOf(span)
    if (isEntry || parentId === undefined) drawing.at(here, span)
    if (parent === undefined || (!isEntry && parent.process.service === span.process.service)) continue
    if (parent.kind === 'producer' || span.kind === 'consumer') {
      drawing.between(queueOf(parent), here, span)
      continue
    }
    answered.add(parent)
    if (serviceOf(parent).id !== here.id) drawing.between(serviceOf(parent), here, isCall(parent) ? parent : span)
  }
  for (const span of spans) {
    if (!isCall(span) || answered.has(span)) continue
    const there = targetOf(span)
    if (there === undefined) continue
    drawing.at(there, span)
    drawing.between(serviceOf(span), there, span)
  }
}

function isCall({ kind }: KeptSpan): boolean {
  return kind === 'client' || kind === 'producer'
}

function serviceOf({ process: { service } }: KeptSpan): Place {
  return { id: `service:${service}`, name: service, kind: 'service' }
}

/** What a call reaches that has no spans of its own. */
function targetOf(kept: KeptSpan): Place | undefined {
  const span = pickedFrom(kept)
  const system = systemOf(span)
  const peer = peerOf(span)
  if (system !== undefined) {
    const namespace = namespaceOf(span)
    const name = isCache(system) || namespace === undefined ? system : `${system} ${namespace}`
    const kind = isCache(system) ? 'cache' : 'database'
    return { id: `${kind}:${system}:${peer ?? ''}/${namespace ?? ''}`, name, kind }
  }
  if (kept.kind === 'producer' || messagingOf(span) !== undefined) return queueOf(kept)
  const name = peerServiceOf(span) ?? peer ?? hostIn(urlOf(span))
  return name === undefined ? undefined : { id: `external:${name}`, name, kind: 'external' }
}

function queueOf(kept: KeptSpan): Place {
  const span = pickedFrom(kept)
  const name = [messagingOf(span), destinationOf(span)].filter((part) => part !== undefined).join(' ') || kept.name
  return { id: `queue:${name}`, name, kind: 'queue' }
}

const ADDRESSING =
  /^(db\.(system|type|name|namespace|instance)|url\.full|http\.url|server\.|net|peer\.|service\.peer|mess)/

const isAddressing = new Map<string, boolean>()
const MOST_KEYS = 10_000

/** A span with as many of its tags as say whom it calls: to make all of them of each span would take long. */
function pickedFrom({ kind, tags }: KeptSpan): Pick<Span, 'kind' | 'tags'> {
  const picked: Value[] = []
  for (let i = 0; i < tags.length; i += 2) {
    const key = tags[i] as string
    let isWanted = isAddressing.get(key)
    if (isWanted === undefined) {
      isWanted = ADDRESSING.test(key)
      if (isAddressing.size < MOST_KEYS) isAddressing.set(key, isWanted)
    }
    if (isWanted) picked.push(key, tags[i + 1] as Value)
  }
  return { kind, tags: tagsOf(picked) }
}

function hostIn(url: string | undefined): string | undefined {
  return url === undefined ? undefined : /^\w+:\/\/([^/?#]+)/.exec(url)?.[1]
}
