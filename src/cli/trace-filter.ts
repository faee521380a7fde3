/**
 * Which traces somebody wants to see.
 */
import type { TraceSummary } from '../../viewer/model/api.js'
import type { Span, Tags, Trace } from '../../viewer/model/trace.js'
import { UsageError, type Given } from './command.js'
import { durationOf } from './numbers.js'

/** All that are given must hold, and mean what they mean to the viewer's own search. */
export interface Filter {
  readonly service?: string | undefined
  readonly operation?: string | undefined
  readonly status?: 'ok' | 'error' | undefined
  /** Milliseconds. */
  readonly minDuration?: number | undefined
  readonly maxDuration?: number | undefined
  /** Found in names, tags or errors, whatever the case. */
  readonly text?: string | undefined
  /** `key=value` or `key`. */
  readonly tags: readonly string[]
}

/** @throws UsageError */
export function filterOf(values: Given): Filter {
  const status = values['status'] as string | undefined
  if (status !== undefined && status !== 'ok' && status !== 'error') {
    throw new UsageError(`--status ${status} is neither ok nor error`)
  }
  return {
    service: values['service'] as string | undefined,
    operation: values['operation'] as string | undefined,
    status,
    minDuration: durationOf('min-duration', values['min-duration'] as string | undefined, 'ms'),
    maxDuration: durationOf('max-duration', values['max-duration'] as string | undefined, 'ms'),
    text: (values['text'] as string | undefined)?.toLowerCase(),
    tags: (values['tag'] as readonly string[] | undefined) ?? [],
  }
}

/** The same as a query of the viewer's API. */
export function queryOf({ tags, ...single }: Filter): string {
  const query = new URLSearchParams(tags.map((tag): [string, string] => ['tag', tag]))
  for (const [name, value] of Object.entries(single)) if (value !== undefined) query.set(name, String(value))
  return query.toString()
}

/** Whether the summary says that the trace is not wanted. */
export function isOutByItsSummary(summary: TraceSummary, filter: Filter): boolean {
  const { service, status, minDuration = 0, maxDuration = Infinity } = filter
  if (service !== undefined && !summary.services.some(({ name }) => name === service)) return true
  if (status !== undefined && (status === 'error') !== summary.errors > 0) return true
  return summary.duration < minDuration || summary.duration > maxDuration
}

/** Whether its spans have to be looked at. */
export function needsSpans({ operation, text, tags }: Filter): boolean {
  return operation !== undefined || text !== undefined || tags.length > 0
}

/** Whether its spans say that the trace is wanted. */
export function isInByItsSpans({ spans, processes }: Trace, { service, operation, text, tags }: Filter): boolean {
  const serviceOf = (span: Span): string | undefined => processes[span.process]?.service
  const isOperation = (span: Span): boolean =>
    span.name === operation && (service === undefined || serviceOf(span) === service)
  if (operation !== undefined && !spans.some(isOperation)) return false
  if (text !== undefined && !spans.some((span) => holds(span, serviceOf(span), text))) return false
  return tags.every((tag) => [...spans, ...processes].some((owner) => hasTag(owner, tag)))
}

function hasTag({ tags }: { readonly tags: Tags }, wanted: string): boolean {
  const equals = wanted.indexOf('=')
  if (equals === -1) return Object.hasOwn(tags, wanted)
  const key = wanted.slice(0, equals)
  return Object.hasOwn(tags, key) && asText(tags[key]) === wanted.slice(equals + 1)
}

function holds({ name, error, tags, logs, id }: Span, service: string | undefined, text: string): boolean {
  const told = [tags, ...logs.map((log) => log.tags)].flatMap((tags) => Object.values(tags).map(asText))
  const texts = [name, error, service, id, ...logs.map((log) => log.name), ...told]
  return texts.some((one) => one?.toLowerCase().includes(text) === true)
}

function asText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}
