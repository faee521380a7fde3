/**
 * As much of `@opentelemetry/api` as is relied upon. The package is no dependency: what an application's copy of it and
 * we say to each other is this.
 */

/** Under these keys the API's helpers (`trace.getSpan`, `propagation.setBaggage`, …) keep things in a context. */
export const SPAN_KEY = Symbol.for('OpenTelemetry Context Key SPAN')
export const BAGGAGE_KEY = Symbol.for('OpenTelemetry Baggage Key')
/** `suppressTracing` of `@opentelemetry/core`. */
export const SUPPRESS_KEY = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

export interface ApiContext {
  getValue(key: symbol): unknown
  setValue(key: symbol, value: unknown): ApiContext
  deleteValue(key: symbol): ApiContext
}

export interface ApiTraceState {
  set(key: string, value: string): ApiTraceState
  unset(key: string): ApiTraceState
  get(key: string): string | undefined
  serialize(): string
}

export interface ApiSpanContext {
  readonly traceId: string
  readonly spanId: string
  readonly traceFlags: number
  readonly isRemote?: boolean
  readonly traceState?: ApiTraceState
}

/** `[seconds, nanoseconds]` since 1970, milliseconds since 1970 or by `performance.now()`, or a date. */
export type TimeInput = readonly [number, number] | number | Date

export type Attributes = Readonly<Record<string, unknown>>

export interface ApiLink {
  readonly context: ApiSpanContext
  readonly attributes?: Attributes
}

/** 0 unset, 1 ok, 2 error. */
export interface ApiStatus {
  readonly code: number
  readonly message?: string
}

export interface ApiSpan {
  spanContext(): ApiSpanContext
  setAttribute(key: string, value: unknown): this
  setAttributes(attributes: Attributes): this
  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this
  addLink(link: ApiLink): this
  addLinks(links: readonly ApiLink[]): this
  setStatus(status: ApiStatus): this
  updateName(name: string): this
  end(time?: TimeInput): void
  isRecording(): boolean
  recordException(exception: unknown, time?: TimeInput): void
}

export interface ApiSpanOptions {
  /** 0 internal, 1 server, 2 client, 3 producer, 4 consumer. */
  readonly kind?: number
  readonly attributes?: Attributes
  readonly links?: readonly ApiLink[]
  readonly startTime?: TimeInput
  readonly root?: boolean
}

export interface ApiBaggageEntry {
  readonly value: string
  /** Its text is what stands behind the member's first `;` in the header. */
  readonly metadata?: { toString(): string }
}

export interface ApiBaggage {
  getEntry(key: string): ApiBaggageEntry | undefined
  getAllEntries(): [string, ApiBaggageEntry][]
  setEntry(key: string, entry: ApiBaggageEntry): ApiBaggage
  removeEntry(key: string): ApiBaggage
  removeEntries(...keys: string[]): ApiBaggage
  clear(): ApiBaggage
}

export interface Getter {
  keys?(carrier: unknown): unknown
  get(carrier: unknown, key: string): unknown
}

export interface Setter {
  set(carrier: unknown, key: string, value: string): void
}

/** What the API's functions delegate to, as they stand on its global object. */
export interface ApiParts {
  readonly trace: object
  readonly context: object
  readonly propagation: object
}
