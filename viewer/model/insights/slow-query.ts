/**
 * Statements that take long: by any measure, or beside all else that the service asks the same database.
 */
import type { Insight } from '../api.js'
import { nameOf, queriesIn, type Query } from './calls.js'
import { byKey, idsOf, insight, median, spoken, type Detector, type Found } from './evidence.js'
import { grouped, routeOf, type View } from './view.js'

/** Slow whatever else there is, ms. */
const SLOW = 100
/** Never slow, ms. */
const FAST = 5
/** So many times what is usual for the service and database. */
const FACTOR = 5
/** Of the time of the request. */
const SHARE = 0.25
/** Executions that it takes to judge by the clock, and by comparison. One may have met a cold cache. */
const ENOUGH = 2
const ENOUGH_TO_COMPARE = 3
const MOST_A_TRACE = 20
const MOST_EXECUTIONS = 10

/** Every statement, the fast ones too: they are the measure. Numbers: the request's time, then each execution's. */
function look(view: View): Found[] {
  const groups = grouped(queriesIn(view), ({ span, key }) =>
    span.failed ? undefined : `${view.entryOf(span).id}\n${key}`,
  )
  return [...groups.values()].slice(0, MOST_A_TRACE).map((group) => foundIn(group, view))
}

function foundIn(group: readonly Query[], view: View): Found {
  const [first] = group as [Query]
  const entry = view.entryOf(first.span)
  const slowest = [...group].sort((a, b) => b.span.duration - a.span.duration).slice(0, MOST_EXECUTIONS)
  return {
    kind: 'slow-query',
    traceId: view.trace.id,
    service: view.serviceOf(first.span),
    route: routeOf(entry),
    key: first.key,
    spanIds: idsOf(slowest.slice(0, 1).map(({ span }) => span)),
    cost: 0,
    what: nameOf(first),
    statement: first.normalised,
    numbers: [entry === first.span ? Infinity : entry.duration, ...slowest.map(({ span }) => span.duration)],
  }
}

function conclude(found: readonly Found[]): Insight[] {
  const insights: Insight[] = []
  for (const peers of grouped(found, ({ service, key }) => `${service}\n${key.split('\n')[0]}`).values()) {
    for (const group of byKey(peers)) {
      const others = peers.filter(({ key }) => key !== group[0]?.key).flatMap(timesOf)
      const slow = judged(group, others)
      if (slow !== undefined) insights.push(slow)
    }
  }
  return insights
}

function judged(group: readonly Found[], others: readonly number[]): Insight | undefined {
  const times = group.flatMap(timesOf)
  const usual = median(times)
  const isSlow = times.length >= ENOUGH && usual >= SLOW
  if (!isSlow && !standsOut(group, times, usual, others)) return undefined
  const { what, route } = group[0] as Found
  const longest = times.reduce((a, b) => Math.max(a, b), 0)
  const detail = [
    `${times.length} executions, ${spoken(longest)} the longest.`,
    ...(others.length < ENOUGH_TO_COMPARE || isSlow
      ? []
      : [`All else that the service asks there takes ${spoken(median(others))} in the median.`]),
    'See what the database does for it: EXPLAIN, an index on what it is filtered by, fewer rows or columns.',
  ]
  const title = `${what} takes ${spoken(usual)}${route === undefined ? '' : ` in ${route}`}`
  return insight(group, title, detail, usual)
}

function standsOut(
  group: readonly Found[],
  times: readonly number[],
  usual: number,
  others: readonly number[],
): boolean {
  if (times.length < ENOUGH_TO_COMPARE || others.length < ENOUGH_TO_COMPARE) return false
  if (usual < FAST || usual < FACTOR * median(others)) return false
  return median(group.map(({ numbers: [whole = 0, ...own] }) => median(own) / whole)) >= SHARE
}

function timesOf({ numbers }: Found): readonly number[] {
  return numbers.slice(1)
}

export const slowQuery: Detector = { kind: 'slow-query', look, conclude }
