/**
 * A trace as the viewer knows it, whatever format its spans came in. Server and page share these shapes; they are what
 * travels between them as JSON.
 */

/** As a tag's value arrives in JSON. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

export type Tags = Readonly<Record<string, Value>>

export type Kind = 'server' | 'client' | 'producer' | 'consumer' | 'internal'

/** Something that happened in the course of a span. */
export interface Log {
  /** Epoch milliseconds, fractions allowed. */
  readonly time: number
  readonly name: string
  readonly tags: Tags
}

/** Another span that one refers to, beside its parent. */
export interface Link {
  readonly traceId: string
  readonly spanId: string
  readonly tags: Tags
}

/** Who made spans: one running process of a service. */
export interface Process {
  readonly service: string
  /** Tells processes of one service apart; '' where nothing does. */
  readonly instance: string
  /** The resource's attributes: host, process, runtime, container. */
  readonly tags: Tags
}

export interface Span {
  readonly id: string
  /** Undefined for a root. The parent may not have arrived. */
  readonly parentId?: string | undefined
  readonly name: string
  readonly kind: Kind
  /** Index into the trace's `processes`. */
  readonly process: number
  /** Epoch milliseconds, fractions allowed, by the clock of the span's process. */
  readonly start: number
  /** Milliseconds. */
  readonly duration: number
  readonly failed: boolean
  /** Why it failed, where that is known. */
  readonly error?: string | undefined
  /** Which instrumentation made it: OTLP's scope, or the tag `component`. */
  readonly scope?: string | undefined
  readonly tags: Tags
  readonly logs: readonly Log[]
  readonly links: readonly Link[]
}

/** All that arrived of one trace so far. */
export interface Trace {
  /** Lower-case hexadecimal, 16 or 32 digits. */
  readonly id: string
  readonly processes: readonly Process[]
  /** In the order of their start. */
  readonly spans: readonly Span[]
  /** Spans that arrived and were not kept, because one trace may have only so many. */
  readonly droppedSpans: number
}

/** What held a process up: beside the spans, it explains gaps in them. */
export interface Runtime {
  readonly service: string
  readonly instance: string
  /** Turns of the event loop that took long: epoch milliseconds and milliseconds. */
  readonly delays: readonly { readonly start: number; readonly duration: number }[]
  readonly collections: readonly { readonly start: number; readonly duration: number; readonly kind: string }[]
}
