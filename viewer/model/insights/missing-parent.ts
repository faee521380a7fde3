/**
 * Spans whose parent did not arrive, and why that may be.
 */
import type { Insight } from '../api.js'
import type { Span } from '../trace.js'
import { byKey, idsOf, insight, type Detector, type Found } from './evidence.js'
import { grouped, isEntry, type View } from './view.js'

const CAUSES = {
  dropped: {
    title: 'not all of the trace was kept',
    detail: 'The trace had more spans than the viewer keeps of one; the parent is among those let go.',
  },
  caller: {
    title: 'its caller’s spans do not arrive',
    detail:
      'Whoever calls sends trace headers, but its spans do not come here: it exports to another address, is not sampled, is a browser, gateway or proxy that only passes headers on, or it ended before it sent them.',
  },
  unfinished: {
    title: 'the span above never finished',
    detail:
      'Other spans of the same process did arrive. The one above them is still open (a stream, a socket, a request never answered), or the process ended first, or dropped it because its queue was full (OTEL_BSP_MAX_QUEUE_SIZE).',
  },
} as const

type Cause = keyof typeof CAUSES

function look(view: View): Found[] {
  const { trace, byId } = view
  const orphans = trace.spans.filter(({ parentId }) => parentId !== undefined && !byId.has(parentId))
  const groups = grouped(orphans, (span) => `${span.process}\n${span.parentId}`)
  return [...groups.values()].map((spans) => {
    const [first] = spans as [Span]
    const cause = causeOf(first, view)
    return {
      kind: 'missing-parent',
      traceId: trace.id,
      service: view.serviceOf(first),
      route: isEntry(first) ? first.name : undefined,
      key: `${cause}\n${isEntry(first) ? '' : first.name}`,
      spanIds: idsOf(spans),
      cost: 0,
      what: first.name,
      numbers: [spans.length],
    }
  })
}

function causeOf(span: Span, { trace }: View): Cause {
  if (trace.droppedSpans > 0) return 'dropped'
  return isEntry(span) ? 'caller' : 'unfinished'
}

function conclude(found: readonly Found[]): Insight[] {
  return byKey(found).map((group) => {
    const { key, what, service } = group[0] as Found
    const { title, detail } = CAUSES[key.split('\n')[0] as Cause]
    const spans = group.reduce((sum, { numbers }) => sum + (numbers[0] as number), 0)
    return insight(
      group,
      `${what} of ${service} has no parent: ${title}`,
      [`${spans} ${spans === 1 ? 'span names' : 'spans name'} a parent that did not arrive.`, detail],
      0,
    )
  })
}

export const missingParent: Detector = { kind: 'missing-parent', look, conclude }
