/**
 * N+1: a query for a list, and then one for each of its members, one after the other.
 */
import { isCache } from '../vocabulary.js'
import { nameOf, queriesIn, type Query } from './calls.js'
import { byKey, idsOf, insight, median, rangeOf, spoken, type Detector, type Found } from './evidence.js'
import { chainOf, endOf, grouped, routeOf, totalOf, type View } from './view.js'

/** From so many on, one after the other. */
const ENOUGH = 5
/** From so many on even side by side, of a database for which each is work. */
const ENOUGH_PARALLEL = 10
/** Who waits between queries for most of the time is not reading a list but waiting for something to happen. */
const LEAST_BUSY = 0.05

function look(view: View): Found[] {
  const found: Found[] = []
  const groups = grouped(queriesIn(view), ({ span, key }) =>
    span.parentId === undefined ? undefined : `${span.process}\n${span.parentId}\n${key}`,
  )
  for (const queries of groups.values()) {
    if (queries.length < ENOUGH) continue
    const one = foundIn(queries, view)
    if (one !== undefined) found.push(one)
  }
  return found
}

function foundIn(queries: readonly Query[], view: View): Found | undefined {
  const [first] = queries as [Query]
  const spans = queries.map(({ span }) => span)
  const chain = chainOf(spans)
  const isSerial = chain.length >= ENOUGH
  if (!isSerial && (spans.length < ENOUGH_PARALLEL || isCache(first.system))) return undefined
  const whole = spans.reduce((end, span) => Math.max(end, endOf(span)), 0) - first.span.start
  if (totalOf(spans) < whole * LEAST_BUSY) return undefined
  const longest = spans.reduce((most, { duration }) => Math.max(most, duration), 0)
  return {
    kind: 'n-plus-one',
    traceId: view.trace.id,
    service: view.serviceOf(first.span),
    route: routeOf(view.entryOf(first.span)),
    key: first.key,
    spanIds: idsOf(spans),
    cost: Math.max(0, whole - longest),
    what: nameOf(first),
    statement: first.normalised,
    numbers: [spans.length, isSerial ? 1 : 0],
  }
}

function conclude(found: readonly Found[]): ReturnType<Detector['conclude']> {
  return byKey(found).map((group) => {
    const { what, route, service } = group[0] as Found
    const times = rangeOf(group.map(({ numbers }) => numbers[0] as number))
    const isSerial = group.some(({ numbers }) => numbers[1] === 1)
    const cost = median(group.map(({ cost }) => cost))
    return insight(
      group,
      `${what} runs ${times} times ${route === undefined ? `in a row in ${service}` : `for each ${route}`}`,
      [
        isSerial
          ? `The same query with other values, ${times} times one after the other: each waits for the one before.`
          : `The same query with other values, ${times} times at once.`,
        `One query for all of them would save up to ${spoken(cost)} a trace.`,
        'Ask for all at once: a join, WHERE … IN or = ANY, MGET, a pipeline, a batching loader.',
      ],
      cost,
    )
  })
}

export const nPlusOne: Detector = { kind: 'n-plus-one', look, conclude }
