/**
 * Header formats in plain terms: headers in, what was found out, and back.
 */
import { parseConfig } from '../../src/config/load.js'
import type { PropagatorName } from '../../src/config/variables.js'
import { carriers } from '../../src/propagation/carriers.js'
import type { Composite } from '../../src/propagation/composite.js'
import { propagationOf } from '../../src/propagation/configured.js'
import { Sampling, SpanContext, type TraceIdentity } from '../../src/tracer/context.js'
import { SpanId } from '../../src/tracer/span-id.js'
import { TraceId } from '../../src/tracer/trace-id.js'

export type Headers = Readonly<Record<string, unknown>>
export type Decision = 'undecided' | 'denied' | 'accepted' | 'debug'

/** What is worth comparing of a context; parts that are not there are left out. */
export interface Plain {
  readonly trace?: string
  readonly span?: string
  readonly parent?: string
  readonly sampling: Decision
  readonly baggage?: Readonly<Record<string, string>>
  readonly state?: string
  readonly random?: true
  readonly narrow?: true
  readonly tags?: Readonly<Record<string, string>>
  readonly opaque?: Readonly<Record<string, string>>
}

const DECISIONS: readonly Decision[] = ['undecided', 'denied', 'accepted', 'debug']

export function formats(...names: readonly PropagatorName[]): Composite {
  return propagationOf({ ...parseConfig({ OTEL_SERVICE_NAME: 'app' }, []), propagators: names })
}

export function extract(
  composite: Composite,
  headers: unknown,
  format: 'http_headers' | 'text_map' = 'http_headers',
): Plain | null {
  const context = carriers(composite).extract(format, headers)
  return context === null ? null : plain(context)
}

export function plain({ trace, traceId, spanId, parentId, sampling, baggage, entryTags }: SpanContext): Plain {
  return {
    ...(traceId !== '' && { trace: traceId }),
    ...(spanId !== '' && { span: spanId }),
    ...(parentId !== undefined && { parent: parentId }),
    sampling: DECISIONS[sampling] as Decision,
    ...(baggage !== undefined && { baggage: Object.fromEntries(baggage) }),
    ...(trace.traceState !== undefined && { state: trace.traceState }),
    ...(trace.random && { random: true as const }),
    ...(trace.narrow && { narrow: true as const }),
    ...(entryTags !== undefined && { tags: entryTags }),
    ...(trace.opaque !== undefined && { opaque: trace.opaque }),
  }
}

export function inject(
  composite: Composite,
  context: SpanContext,
  format: 'http_headers' | 'text_map' = 'http_headers',
): Record<string, string> {
  const headers: Record<string, string> = {}
  carriers(composite).inject(context, format, headers)
  return headers
}

export interface Parts {
  readonly trace?: Partial<Omit<TraceIdentity, 'id'>> & { readonly traceId?: string }
  readonly span?: string
  readonly parent?: string | undefined
  readonly sampling?: Decision
  readonly baggage?: Readonly<Record<string, string>>
}

/** The ids of the reference's vectors. */
export const TRACE = '5b8efff798038103d269b633813fc60c'
export const SPAN = 'eee19b7ec3c1b174'
export const PARENT = 'eee19b7ec3c1b173'

function identityOf({ traceId = TRACE, ...more }: NonNullable<Parts['trace']>): TraceIdentity {
  return { id: TraceId.of(traceId), narrow: false, traceState: undefined, random: false, ...more }
}

/** A context of the reference's vectors, sampled unless told otherwise. */
export function contextOf({
  trace = {},
  span = SPAN,
  parent,
  sampling = 'accepted',
  baggage,
}: Parts = {}): SpanContext {
  return new SpanContext(
    identityOf(trace),
    SpanId.of(span),
    parent === undefined ? undefined : SpanId.of(parent),
    DECISIONS.indexOf(sampling) as Sampling,
    baggage && new Map(Object.entries(baggage)),
    undefined,
  )
}
