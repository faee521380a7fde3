/**
 * OpenTracing references, by whatever copy of the `opentracing` package they were made: a foreign Reference or a Span
 * that this copy does not know is told by its shape.
 */
import { SpanContext } from './context.js'
import type { LinkRecord } from './record.js'

/** An OpenTracing Reference as far as it is relied upon. */
export interface ReferenceLike {
  type(): string
  referencedContext(): unknown
}

/** OpenTracing's SpanOptions. */
export interface SpanOptions {
  readonly childOf?: unknown
  readonly references?: readonly ReferenceLike[]
  readonly tags?: Readonly<Record<string, unknown>>
  readonly startTime?: number
  /** Ours: without a reference, be a root rather than a child of the active span. */
  readonly ignoreActiveSpan?: boolean
}

/** The context of `value`, be it a span or a context; undefined for null, no-ops and other tracers' objects. */
export function contextOf(value: unknown): SpanContext | undefined {
  if (value instanceof SpanContext) return value
  if (typeof value !== 'object' || value === null) return undefined
  const { context } = value as { context?: unknown }
  if (typeof context !== 'function') return undefined
  const found: unknown = context.call(value)
  return found instanceof SpanContext ? found : undefined
}

/** The parent: `childOf`, else the first CHILD_OF reference, else the first reference of all. */
export function parentOf(options: SpanOptions | undefined | null): SpanContext | undefined {
  if (options == null) return undefined
  const direct = contextOf(options.childOf)
  if (direct !== undefined) return direct
  let fallback: SpanContext | undefined
  for (const reference of listed(options)) {
    const context = contextOf(reference?.referencedContext())
    if (context === undefined) continue
    if (reference.type() === 'child_of') return context
    fallback ??= context
  }
  return fallback
}

/** The references that did not become the parent and name a span. */
export function linksOf(options: SpanOptions | undefined | null, parent: SpanContext | undefined): LinkRecord[] {
  const links: LinkRecord[] = []
  for (const reference of listed(options)) {
    const context = contextOf(reference?.referencedContext())
    if (context === undefined || context === parent || !context.hasIds) continue
    links.push({ context, type: reference.type() === 'follows_from' ? 'follows_from' : 'child_of' })
  }
  return links
}

function listed(options: SpanOptions | undefined | null): readonly ReferenceLike[] {
  return Array.isArray(options?.references) ? options.references : []
}
