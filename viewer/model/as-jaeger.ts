/**
 * A trace as the JSON that Jaeger's page shows and takes.
 */
import { textOf } from './text.js'
import type { Log, Span, Tags, Trace, Value } from './trace.js'

export function traceAsJaeger(trace: Trace): unknown {
  const processes = trace.processes.map(
    ({ service, tags }, index) => [processId(index), { serviceName: service, tags: tagsOf(tags) }] as const,
  )
  return {
    data: [
      {
        traceID: trace.id,
        spans: trace.spans.map((span) => spanOf(trace.id, span)),
        processes: Object.fromEntries(processes),
        warnings: trace.droppedSpans === 0 ? null : [`${trace.droppedSpans} spans were not kept`],
      },
    ],
  }
}

function processId(index: number): string {
  return `p${index + 1}`
}

function spanOf(traceID: string, span: Span): unknown {
  const parent = span.parentId === undefined ? [] : [{ refType: 'CHILD_OF', traceID, spanID: span.parentId }]
  const links = span.links.map(({ traceId, spanId }) => ({ refType: 'FOLLOWS_FROM', traceID: traceId, spanID: spanId }))
  return {
    traceID,
    spanID: span.id,
    operationName: span.name,
    references: [...parent, ...links],
    startTime: microseconds(span.start),
    duration: Math.round(span.duration * 1000),
    tags: tagsOf({ ...span.tags, ...ownTags(span) }),
    logs: span.logs.map(logOf),
    processID: processId(span.process),
    warnings: null,
  }
}

/** What is a field elsewhere is a tag here. */
function ownTags({ kind, scope, failed, error }: Span): Tags {
  return {
    'span.kind': kind,
    ...(scope !== undefined && scope !== '' && { 'otel.scope.name': scope }),
    ...(failed && { error: true }),
    ...(failed && error !== undefined && { 'otel.status_description': error }),
  }
}

function logOf({ time, name, tags }: Log): unknown {
  return { timestamp: microseconds(time), fields: tagsOf({ ...(name !== '' && { event: name }), ...tags }) }
}

function microseconds(ms: number): number {
  return Math.round(ms * 1000)
}

function tagsOf(tags: Tags): unknown[] {
  return Object.entries(tags).map(([key, value]) => ({ key, ...typedOf(value) }))
}

function typedOf(value: Value): { readonly type: string; readonly value: Value } {
  if (typeof value === 'boolean') return { type: 'bool', value }
  if (typeof value === 'number') return { type: Number.isSafeInteger(value) ? 'int64' : 'float64', value }
  return { type: 'string', value: textOf(value) }
}
