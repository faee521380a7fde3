/**
 * One request asks a database the same thing more than once.
 */
import { hasPlaceholders, isRead } from '../statement.js'
import type { Span } from '../trace.js'
import { isCache, systemOf } from '../vocabulary.js'
import { nameOf, queriesIn, type Query } from './calls.js'
import { byKey, idsOf, insight, median, rangeOf, spoken, type Detector, type Found } from './evidence.js'
import { endOf, grouped, routeOf, totalOf, type View } from './view.js'

/** Where all of the statement can be seen, twice is once too often. */
const TWICE = 2
/** Where its values cannot, it may have been other ones; more than so many are called N+1. */
const SEVERAL = 3
const MOST = 4

function look(view: View): Found[] {
  const queries = queriesIn(view)
  const groups = grouped(queries, ({ span, system, text }) =>
    isRead(text) && !span.failed ? `${view.entryOf(span).id}\n${span.process}\n${system}\n${text}` : undefined,
  )
  return [...groups.values()].flatMap((group) => foundIn(group, queries, view) ?? [])
}

function foundIn(group: readonly Query[], all: readonly Query[], view: View): Found | undefined {
  const [first] = group as [Query]
  const isCertain = !hasPlaceholders(first.text) && hasArguments(first)
  if (group.length < (isCertain ? TWICE : SEVERAL)) return undefined
  if (!isCertain && (group.length > MOST || isCache(first.system))) return undefined
  const entry = view.entryOf(first.span)
  const spans = group.map(({ span }) => span)
  if (hasWriteBetween(spans, all, entry, view)) return undefined
  return {
    kind: 'repeated-query',
    traceId: view.trace.id,
    service: view.serviceOf(first.span),
    route: routeOf(entry),
    key: `${first.system}\n${first.text}`,
    spanIds: idsOf(spans),
    cost: totalOf(spans) - first.span.duration,
    what: nameOf(first),
    statement: first.normalised,
    numbers: [spans.length, isCertain ? 1 : 0],
  }
}

/** A bare name of a command says nothing of what it was about. */
function hasArguments({ text }: Query): boolean {
  return /\S\s+\S/.test(text)
}

/** What was written meanwhile may have changed the answer. */
function hasWriteBetween(spans: readonly Span[], all: readonly Query[], entry: Span, view: View): boolean {
  const [from, to] = [(spans[0] as Span).start, endOf(spans.at(-1) as Span)]
  return all.some(({ span, text, system }) => {
    if (isRead(text) || span.start < from || span.start > to) return false
    return system === systemOf(spans[0] as Span) && view.entryOf(span) === entry
  })
}

function conclude(found: readonly Found[]): ReturnType<Detector['conclude']> {
  return byKey(found).map((group) => {
    const { what, route, service, numbers } = group[0] as Found
    const times = rangeOf(group.map(({ numbers }) => numbers[0] as number))
    const cost = median(group.map(({ cost }) => cost))
    return insight(
      group,
      `${what} is asked ${times} times ${route === undefined ? `in one go of ${service}` : `in one ${route}`}`,
      [
        numbers[1] === 1
          ? 'The statement is the same to the last character, and nothing is written in between.'
          : 'The statement is the same; its values are not recorded, so it may be about different rows.',
        `To ask once and keep the answer would save up to ${spoken(cost)} a trace.`,
      ],
      cost,
    )
  })
}

export const repeatedQuery: Detector = { kind: 'repeated-query', look, conclude }
