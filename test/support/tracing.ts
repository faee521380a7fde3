/**
 * A tracer in this process whose finished spans are kept in a list.
 */
import assert from 'node:assert/strict'
import { parseConfig } from '../../src/config/load.js'
import { encodeOtlpJson } from '../../src/export/otlp-json.js'
import { carriers } from '../../src/propagation/carriers.js'
import type { Composite } from '../../src/propagation/composite.js'
import { propagationOf } from '../../src/propagation/configured.js'
import { samplerOf } from '../../src/sampling/configured.js'
import { activeContext } from '../../src/scope/scope.js'
import type { SpanRecord, Tags } from '../../src/tracer/record.js'
import type { Span } from '../../src/tracer/span.js'
import { Tracer } from '../../src/tracer/tracer.js'

export interface Traced {
  readonly tracer: Tracer
  /** Finished spans, in the order in which they did. */
  readonly finished: SpanRecord[]
  readonly propagation: Composite
}

/** A tracer configured by environment variables, as in production but for where spans go. */
export function tracing(env: Readonly<Record<string, string>> = {}): Traced {
  const config = parseConfig(env, [])
  const finished: SpanRecord[] = []
  const propagation = propagationOf(config)
  const tracer = new Tracer({
    sampler: samplerOf(config),
    sink: { add: (record) => finished.push(record) },
    carriers: carriers(propagation),
    limits: { tags: config.tagCount, valueLength: config.valueLength, logs: config.logCount, links: config.linkCount },
    activeContext,
  })
  return { tracer, finished, propagation }
}

/** The record of a span that `use` was applied to before it finished. */
export function finishedSpan(use: (span: Span) => void, env?: Readonly<Record<string, string>>): SpanRecord {
  const { tracer, finished } = tracing(env)
  const span = tracer.startSpan('span')
  use(span)
  span.finish()
  assert.equal(finished.length, 1)
  return finished[0] as SpanRecord
}

/** The tags of a record, or of a description, as they count. */
export function tagsOf({ tags: given = [] }: { readonly tags?: Tags | (() => Tags) } = {}): Record<string, unknown> {
  const tags = typeof given === 'function' ? given() : given
  const told: Record<string, unknown> = {}
  for (let i = 0; i < tags.length; i += 2) if (tags[i + 1] !== undefined) told[tags[i] as string] = tags[i + 1]
  return told
}

export interface OtlpAttribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

/** A span as OTLP JSON has it. */
export interface OtlpSpan extends Readonly<Record<string, unknown>> {
  readonly attributes: readonly OtlpAttribute[]
  readonly events?: readonly { readonly name: string; readonly attributes: readonly OtlpAttribute[] }[]
  readonly links?: readonly Readonly<Record<string, unknown>>[]
}

/** What a record becomes on the wire. */
export function exported(record: SpanRecord | undefined): OtlpSpan {
  const message = JSON.parse(encodeOtlpJson([record as SpanRecord], {}, '1.2.3').toString()) as {
    resourceSpans: [{ scopeSpans: [{ spans: [OtlpSpan] }] }]
  }
  return message.resourceSpans[0].scopeSpans[0].spans[0]
}

/** The values of attributes by key; fails on a key that stands twice. */
export function attributes(list: readonly OtlpAttribute[]): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const { key, value } of list) {
    if (key in found) throw new Error(`the attribute ${key} stands twice`)
    found[key] = Object.values(value)[0]
  }
  return found
}
