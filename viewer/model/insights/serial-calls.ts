/**
 * Calls of other services, one after the other, that could run side by side. A trace does not tell whether one needs what
 * another answered, so only two cases count: a loop over calls of one kind, and calls that ask for nothing but what the
 * request itself brought.
 */
import type { Insight } from '../api.js'
import type { Span } from '../trace.js'
import { methodOf, systemOf, urlOf } from '../vocabulary.js'
import { byKey, idsOf, insight, median, rangeOf, spoken, type Detector, type Found } from './evidence.js'
import { chainOf, endOf, grouped, routeOf, totalOf, type View } from './view.js'
import { leadsOn, patternOf, pathOf, valuesIn } from './urls.js'

const LEAST_LOOP = 3
/** Milliseconds that must be to be had, and their share of the request. */
const LEAST_COST = 5
const LEAST_SHARE = 0.1
/** Calls follow each other when less than this share of their time lies between them. */
const MOST_PAUSE = 0.5
/** That calls do not need each other has to show in more than one trace. */
const LEAST_TRACES = 2
/** Who may go on only if this is answered well has to wait for it. */
const GATE = /auth|login|session|token|permission|access|valid|verify|check|health|rate.?limit|quota|lock/i

interface Call {
  readonly span: Span
  readonly url: string
  readonly pattern: string
}

function look(view: View): Found[] {
  const calls = view.trace.spans.map(callOf).filter((call) => call !== undefined)
  const siblings = grouped(calls, ({ span }) => span.parentId && `${span.process}\n${span.parentId}`)
  return [...siblings.values()].flatMap((group) => {
    if (group.length < 2) return []
    const loops = [...grouped(group, ({ pattern }) => pattern).values()].flatMap((alike) => loopIn(alike, view) ?? [])
    return [...loops, ...(independentIn(group, view) ?? [])]
  })
}

/** A call that only reads. */
function callOf(span: Span): Call | undefined {
  const method = methodOf(span)
  const url = urlOf(span)
  if (span.kind !== 'client' || url === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined
  return span.failed || systemOf(span) !== undefined ? undefined : { span, url, pattern: patternOf(url) }
}

function loopIn(calls: readonly Call[], view: View): Found | undefined {
  if (calls.length < LEAST_LOOP || new Set(calls.map(({ url }) => url)).size < calls.length) return undefined
  if (calls.some(({ url }) => leadsOn(url))) return undefined
  return foundIn(calls, view, 'loop')
}

/** Of calls that follow each other, the first and all that could have been made together with it. */
function independentIn(calls: readonly Call[], view: View): Found[] | undefined {
  const [first] = calls as [Call]
  const entry = view.entryOf(first.span)
  const given = new Set([...valuesIn(pathOf(entry) ?? ''), ...valuesIn(urlOf(entry) ?? '')])
  if (pathOf(entry) === undefined && urlOf(entry) === undefined) return undefined
  const free = calls.filter(({ url }) => [...valuesIn(url)].every((value) => given.has(value)))
  const isVaried = new Set(free.map(({ pattern }) => pattern)).size === free.length
  // Whatever runs beside them shows that whoever wrote it knows how to.
  if (
    free.length < 2 ||
    !isVaried ||
    free[0] !== first ||
    chainOf(calls.map(({ span }) => span)).length < calls.length
  ) {
    return undefined
  }
  if (free.some(({ url, span }) => GATE.test(url) || GATE.test(span.name))) return undefined
  const found = foundIn(free, view, 'free')
  return found && [found]
}

function foundIn(calls: readonly Call[], view: View, how: 'loop' | 'free'): Found | undefined {
  const spans = calls.map(({ span }) => span)
  const [first, last] = [spans[0] as Span, spans.at(-1) as Span]
  const entry = view.entryOf(first)
  const total = totalOf(spans)
  const cost = total - spans.reduce((most, { duration }) => Math.max(most, duration), 0)
  if (chainOf(spans).length < spans.length || cost < LEAST_COST || cost < entry.duration * LEAST_SHARE) return undefined
  if (how === 'loop' && endOf(last) - first.start - total > total * MOST_PAUSE) return undefined
  const patterns = [...new Set(calls.map(({ pattern }) => pattern))]
  return {
    kind: 'serial-calls',
    traceId: view.trace.id,
    service: view.serviceOf(first),
    route: routeOf(entry),
    key: `${how}\n${patterns.join('\n')}`,
    spanIds: idsOf(spans),
    cost,
    what: patterns.map((pattern) => `GET ${pattern}`).join(', '),
    numbers: [calls.length, how === 'loop' ? 1 : 0],
  }
}

function conclude(found: readonly Found[]): Insight[] {
  return byKey(found).flatMap((group) => {
    const { what, route, service, numbers } = group[0] as Found
    const isLoop = numbers[1] === 1
    if (!isLoop && group.length < LEAST_TRACES) return []
    const times = rangeOf(group.map(({ numbers }) => numbers[0] as number))
    const cost = median(group.map(({ cost }) => cost))
    const where = route === undefined ? service : `each ${route}`
    return insight(
      group,
      isLoop
        ? `${what} is called ${times} times one after the other in ${where}`
        : `${what}: one after the other in ${where}`,
      [
        isLoop
          ? 'A loop that waits for each call before it makes the next.'
          : 'Each asks for nothing but what the request itself brought, so none seems to need what another answers.',
        `Side by side they would take up to ${spoken(cost)} less.`,
        'Start them together and wait for all: Promise.all, with a bound where there are many.',
      ],
      cost,
    )
  })
}

export const serialCalls: Detector = { kind: 'serial-calls', look, conclude }
