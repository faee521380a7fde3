/**
 * What the list tells of a trace.
 */
import type { TraceSummary } from '../../model/api.js'
import type { KeptProcess, KeptSpan } from './kept.js'
import { parentIdOf } from './parents.js'
import type { KeptTrace } from './trace.js'

/** Summarises a trace, and lets spans go that came twice: the later one counts. */
export function summaryOf(trace: KeptTrace): TraceSummary {
  const byId = unique(trace)
  const { spans, hasShared } = trace
  const processes = new Map<KeptProcess, number>()
  let [start, end, errors, isIncomplete] = [Infinity, -Infinity, 0, false]
  let root: KeptSpan | undefined
  let first: KeptSpan | undefined
  for (const span of spans) {
    start = Math.min(start, span.start)
    end = Math.max(end, span.start + span.duration)
    if (span.failed) errors++
    const { process } = span
    processes.set(process, (processes.get(process) ?? 0) + 1)
    if (first === undefined || span.start < first.start) first = span
    const parentId = parentIdOf(span, byId, hasShared)
    if (parentId === undefined) root = root === undefined || span.start < root.start ? span : root
    else if (!byId.has(parentId)) isIncomplete = true
  }
  const shown = root ?? first
  return {
    id: trace.id,
    service: shown?.process.service ?? '',
    name: shown?.name ?? '',
    start: spans.length === 0 ? 0 : start,
    duration: spans.length === 0 ? 0 : end - start,
    spans: spans.length,
    errors,
    failed: shown?.failed === true,
    slow: trace.isSlow,
    incomplete: isIncomplete || root === undefined,
    services: servicesOf(processes),
  }
}

/** By name: a service may have several processes. */
function servicesOf(processes: ReadonlyMap<KeptProcess, number>): TraceSummary['services'] {
  const services = new Map<string, number>()
  for (const [{ service }, spans] of processes) services.set(service, (services.get(service) ?? 0) + spans)
  return [...services].map(([name, spans]) => ({ name, spans }))
}

/** Senders that got no answer send again. */
function unique(trace: KeptTrace): ReadonlyMap<string, KeptSpan> {
  const byId = new Map<string, KeptSpan>()
  for (const span of trace.spans) byId.set(span.id, span)
  if (byId.size === trace.spans.length) return byId
  trace.bytes -= trace.spans.reduce((sum, span) => sum + (byId.get(span.id) === span ? 0 : span.size), 0)
  trace.spans = [...byId.values()]
  return byId
}
