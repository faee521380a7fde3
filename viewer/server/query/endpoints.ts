/**
 * How often, how well and how fast each entry point is entered, and each call made.
 */
import type { Endpoint, EndpointList } from '../../model/api.js'
import type { KeptSpan } from '../store/kept.js'
import type { Store } from '../store/store.js'
import { Durations, rateOf, type Range } from './latency.js'
import { selected, type RangeQuery } from './range.js'

const SLICES = 30

export function endpoints(store: Store, query: RangeQuery): EndpointList {
  const { range, traces } = selected(store, query)
  const found = new Map<string, Gathered>()
  for (const { spans } of traces) {
    for (const span of spans) {
      const kind = kindOf(span)
      if (kind === undefined || (query.service !== undefined && span.process.service !== query.service)) continue
      gather(found, span, kind, range)
    }
  }
  const endpoints = [...found.values()].map((one) => told(one, range))
  return { ...range, endpoints: endpoints.sort((a, b) => b.count - a.count) }
}

interface Gathered extends Pick<Endpoint, 'service' | 'operation' | 'kind'> {
  readonly durations: Durations
  readonly sparkline: number[]
}

function kindOf({ kind, parentId }: KeptSpan): Endpoint['kind'] | undefined {
  if (kind === 'server' || kind === 'consumer') return 'entry'
  if (kind === 'client' || kind === 'producer') return 'call'
  return parentId === undefined ? 'entry' : undefined
}

function gather(found: Map<string, Gathered>, span: KeptSpan, kind: Endpoint['kind'], range: Range): void {
  const { service } = span.process
  const key = `${service}\n${kind}\n${span.name}`
  let one = found.get(key)
  if (one === undefined) {
    one = { service, operation: span.name, kind, durations: new Durations(), sparkline: Array<number>(SLICES).fill(0) }
    found.set(key, one)
  }
  one.durations.add(span.duration, span.failed)
  const slice = Math.floor(((span.start - range.from) / (range.to - range.from || 1)) * SLICES)
  const index = Math.max(0, Math.min(SLICES - 1, slice))
  one.sparkline[index] = (one.sparkline[index] as number) + 1
}

function told({ durations, ...one }: Gathered, range: Range): Endpoint {
  const { count, errors } = durations
  return {
    ...one,
    count,
    errors,
    rate: rateOf(count, range),
    latency: durations.latency(),
    histogram: durations.histogram(),
  }
}
