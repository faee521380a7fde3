/**
 * Traces told in short, and what the viewer finds in them.
 */
import { evidenceOf, insightsOf } from '../../viewer/model/insights/index.js'
import type { Insight } from '../../viewer/model/api.js'
import { Intake } from '../../viewer/server/formats/intake.js'
import { readOtlpJson } from '../../viewer/server/formats/otlp-json.js'
import { Store } from '../../viewer/server/store/store.js'
import { otlp, type Sketch } from './viewer.js'

export function insights(...traces: readonly (readonly Sketch[])[]): Insight[] {
  const intake = new Intake()
  const store = new Store(1e9)
  for (const spans of traces) readOtlpJson(otlp(spans), intake)
  store.add(intake.take())
  return insightsOf([...store.newest()].reverse().flatMap((trace) => evidenceOf(trace.whole())))
}

export const kinds = (...traces: readonly (readonly Sketch[])[]): string[] =>
  insights(...traces).map(({ kind }) => kind)

/** A request to a service with what it calls: each call a start, a duration, and tags. */
export type Call = readonly [start: number, duration: number, tags: Sketch['tags'], more?: Partial<Sketch>]
export function requestOf(
  trace: string,
  duration: number,
  calls: readonly Call[],
  more: Partial<Sketch> = {},
): Sketch[] {
  const root: Sketch = {
    trace,
    id: 'root',
    name: 'GET /list',
    kind: 'server',
    duration,
    tags: { 'url.path': '/list' },
    ...more,
  }
  const spans = calls.map(([start, length, tags, own], index): Sketch => ({
    trace,
    id: `c${index}`,
    parent: 'root',
    name: 'call',
    kind: 'client',
    start: start + (more.start ?? 0),
    duration: length,
    ...(tags !== undefined && { tags }),
    ...own,
  }))
  return [root, ...spans]
}

export const sql = (text: string): NonNullable<Sketch['tags']> => ({
  'db.system.name': 'postgresql',
  'db.query.text': text,
})
export const redis = (text: string): NonNullable<Sketch['tags']> => ({ 'db.type': 'redis', 'db.statement': text })
export const fetching = (url: string, method = 'GET'): NonNullable<Sketch['tags']> => ({
  'http.request.method': method,
  'url.full': url,
})
export const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i))
