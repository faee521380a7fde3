/**
 * The real `@opentelemetry/api` in this process, with a tracer behind it whose finished spans are kept in a list.
 */
import assert from 'node:assert/strict'
import {
  TraceFlags,
  trace,
  type Span,
  type SpanOptions,
  type TextMapPropagator,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import { offerToApi } from '../../src/bridge/opentelemetry/offer.js'
import { apiParts } from '../../src/bridge/opentelemetry/parts.js'
import type { Running } from '../../src/core.js'
import type { Span as OwnSpan } from '../../src/tracer/span.js'
import { exported, tracing, type OtlpSpan, type Traced } from './tracing.js'

export interface ApiTraced extends Traced {
  readonly api: Tracer
  readonly provider: TracerProvider
  readonly propagator: TextMapPropagator
}

function running({ tracer, propagation }: Traced): Running {
  return { tracer, propagation, options: {} as never, flush: () => Promise.resolve() }
}

/** As the preload does it, once a process: the API's `context` and its helpers work from here on. */
export function offered(): Traced {
  const traced = tracing()
  offerToApi(() => running(traced))
  return traced
}

/** Parts of their own, for a configuration of their own. */
export function apiTracing(env?: Readonly<Record<string, string>>): ApiTraced {
  const traced = tracing(env)
  const { trace, propagation } = apiParts(running(traced))
  const provider = trace as TracerProvider
  return { ...traced, provider, api: provider.getTracer('lib', '1.2.3'), propagator: propagation as TextMapPropagator }
}

/** A span of the API as it went out. */
export function sent(
  options: SpanOptions,
  use: (span: Span) => void = () => undefined,
  env?: Record<string, string>,
): OtlpSpan {
  const { api, finished } = apiTracing(env)
  const span = api.startSpan('work', options)
  use(span)
  span.end()
  assert.equal(finished.length, 1)
  return exported(finished[0])
}

/** A list of values as OTLP has it. */
export const list = (...values: unknown[]): unknown => ({ values })

export const idOf = (span: Span | OwnSpan | undefined): string | undefined =>
  span === undefined ? undefined : 'spanContext' in span ? span.spanContext().spanId : span.context().spanId

/** The parent of a span that is started now, by each of the ways. */
export function parentsNow({ tracer, finished }: Traced): (string | undefined)[] {
  trace.getTracer('lib').startSpan('by OpenTelemetry').end()
  tracer.startSpan('by OpenTracing').finish()
  return finished.splice(0).map(({ context }) => context.parentId)
}

export const REMOTE = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  traceFlags: TraceFlags.SAMPLED,
  isRemote: true,
}
