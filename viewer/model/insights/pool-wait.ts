/**
 * Requests that wait until a pool has a connection for them: seen by the span of whoever traces the pool, or inferred from
 * queries that are all held back while others keep every connection busy.
 */
import type { Insight } from '../api.js'
import type { Span } from '../trace.js'
import { isCache, namespaceOf, peerOf, systemOf } from '../vocabulary.js'
import { byKey, idsOf, insight, median, spoken, type Detector, type Found } from './evidence.js'
import { saturatedWaits, type Held } from './saturation.js'
import { endOf, grouped, routeOf, type View } from './view.js'

const POOL =
  /\bpool\W.*\b(connect|acquire|wait|get|checkout|borrow)|get_?connection|acquire\W*connection|connection\W*acquire/i
/** Shorter waits are not worth a word, ms. */
const LEAST_WAIT = 5
const ENOUGH = 3
const MOST_A_TRACE = 20

function look(view: View): Found[] {
  return [...told(view), ...queries(view)]
}

/** Spans of a pool. One with a connection being made below it did not wait for another's. */
function told(view: View): Found[] {
  const waits = view.trace.spans.filter(
    (span) => POOL.test(span.name) && span.duration >= LEAST_WAIT && view.childrenOf(span).length === 0,
  )
  return waits.slice(0, MOST_A_TRACE).map((span) => ({
    ...placeOf(span, view),
    key: `told\n${span.name}`,
    spanIds: idsOf([span]),
    cost: span.duration,
    what: span.name,
    numbers: [span.duration],
  }))
}

/** Each query, with the time before it in which its request did nothing that can be seen. */
function queries(view: View): Found[] {
  const spans = view.trace.spans.filter((span) => {
    const system = span.kind === 'client' ? systemOf(span) : undefined
    return system !== undefined && !isCache(system)
  })
  return spans.slice(0, MOST_A_TRACE).map((span) => ({
    ...placeOf(span, view),
    key: `queries\n${view.trace.processes[span.process]?.instance}\n${systemOf(span)} ${peerOf(span) ?? ''} ${namespaceOf(span) ?? ''}`,
    spanIds: idsOf([span]),
    cost: 0,
    what: `${systemOf(span)} ${namespaceOf(span) ?? ''}`.trim(),
    numbers: [span.start, endOf(span), idleBefore(span, view)],
  }))
}

function placeOf(span: Span, view: View): Pick<Found, 'kind' | 'traceId' | 'service' | 'route'> {
  const entry = view.entryOf(span)
  return { kind: 'pool-wait', traceId: view.trace.id, service: view.serviceOf(span), route: routeOf(entry) }
}

function idleBefore(span: Span, view: View): number {
  const parent = span.parentId === undefined ? undefined : view.byId.get(span.parentId)
  if (parent === undefined) return 0
  let since = parent.start
  for (const sibling of view.childrenOf(parent)) {
    if (sibling === span || sibling.start > span.start) continue
    since = Math.max(since, endOf(sibling))
  }
  return Math.max(0, span.start - since)
}

function conclude(found: readonly Found[]): Insight[] {
  const seen = byKey(found.filter(({ key }) => key.startsWith('told')))
    .filter((group) => group.length >= ENOUGH)
    .map((group) =>
      said(
        group,
        group.map(({ numbers }) => numbers[0] as number),
        undefined,
      ),
    )
  const inferred = [
    ...grouped(found, ({ service, key }) => (key.startsWith('queries') ? `${service}\n${key}` : undefined)).values(),
  ]
  return [...seen, ...inferred.flatMap(infer)]
}

/** @param queries those of one process to one database, of whatever trace */
function infer(queries: readonly Found[]): Insight[] {
  const held = queries.map((found): Held<Found> => {
    const [start = 0, end = 0, idle = 0] = found.numbers
    return { of: found, start, end, idle }
  })
  const { size, waits } = saturatedWaits(held, LEAST_WAIT)
  const routes = grouped(waits, ({ of }) => of.route ?? '')
  return [...routes.values()]
    .filter((group) => group.length >= ENOUGH)
    .map((group) =>
      said(
        group.map(({ of }) => of),
        group.map(({ idle }) => idle),
        size,
      ),
    )
}

function said(group: readonly Found[], waits: readonly number[], size: number | undefined): Insight {
  const { what, route, service } = group[0] as Found
  const cost = median(waits)
  const longest = waits.reduce((a, b) => Math.max(a, b), 0)
  return insight(
    group,
    `${route ?? service} waits ${spoken(cost)} for a connection: ${what}`,
    [
      `${waits.length} waits, ${spoken(longest)} the longest.`,
      size === undefined
        ? 'The pool itself says so.'
        : `Never more than ${size} queries run at a time; meanwhile those of other requests kept all ${size} busy, and this one began as soon as one of them was over.`,
      'A larger pool, shorter queries and transactions, or fewer queries a request.',
    ],
    cost,
  )
}

export const poolWait: Detector = { kind: 'pool-wait', look, conclude }
