/**
 * An OpenTracing tracer (API 0.14.7). It knows a sampler, a sink for finished spans and a pair of inject and extract;
 * which headers and which backends stand behind them is not its business.
 */
import { ledger } from '../ledger.js'
import { warnOnce } from '../log.js'
import { VERDICTS, type Sampler, type Verdict } from '../sampling/sampler.js'
import { givenTime, monotonicNow, wallAnchor } from './clock.js'
import { Sampling, SpanContext, type TraceIdentity } from './context.js'
import { newSpanId, newTraceId } from './ids.js'
import { addLinks, asText, truncate, type SpanLimits } from './limits.js'
import { releaseLingerers } from './lingerers.js'
import { LocalTrace } from './local-trace.js'
import { OpenSpans } from './open-spans.js'
import { SpanRecord, isKind, type SpanKind } from './record.js'
import { contextOf, linksOf, parentOf, type SpanOptions } from './references.js'
import { NO_SPAN } from './span-id.js'
import { Span, priorityOf } from './span.js'
import { NO_TRACE_ID, type TraceId } from './trace-id.js'

/** Where finished spans go. */
export interface SpanSink {
  /** Takes a finished span. Must not throw and must not block. */
  add(record: SpanRecord): void
}

/** How contexts cross process borders. */
export interface Carriers {
  inject(context: SpanContext, format: string, carrier: unknown): void
  extract(format: string, carrier: unknown): SpanContext | null
}

/** Whoever is told of recorded spans. Must not throw. */
export interface SpanHooks {
  /** @param component the instrumentation that has started the span, undefined for the application */
  started(span: Span, component: string | undefined): void
  /** Called while tags can still be set. */
  finishing(span: Span, component: string | undefined): void
}

export interface TracerParts {
  readonly sampler: Sampler
  readonly sink: SpanSink
  readonly carriers: Carriers
  readonly limits: SpanLimits
  /** Whether spans that are not sampled are recorded too, for the sink to choose from. */
  readonly recordsUnsampled?: boolean
  /** What a span without references continues; without it, such a span is a root. */
  readonly activeContext?: () => SpanContext | undefined
  /** Makes the ids of new traces; random ones if left out. */
  readonly newTraceId?: () => TraceId
  /** What a span that has no parent belongs to nevertheless: the trace of whoever started this process. */
  readonly origin?: ((kind: SpanKind | undefined) => SpanContext | undefined) | undefined
  readonly hooks?: SpanHooks | undefined
  /** Called once, when the first span records. */
  readonly onFirst?: () => void
}

/** The tag of a span that was open when its process ended. */
const UNFINISHED = 'pretrace.unfinished'

export class Tracer {
  readonly limits: SpanLimits
  private readonly sampler: Sampler
  private readonly sink: SpanSink
  private readonly carriers: Carriers
  /** The least decision that makes a span record. */
  private readonly recordedFrom: Sampling
  private readonly activeContext: () => SpanContext | undefined
  private readonly newTraceId: () => TraceId
  readonly origin: TracerParts['origin']
  readonly hooks: SpanHooks | undefined
  private readonly mostSpans: number
  private readonly openSpans = new OpenSpans()
  private onFirst: (() => void) | undefined

  constructor(parts: TracerParts) {
    this.sampler = parts.sampler
    this.sink = parts.sink
    this.carriers = parts.carriers
    this.limits = parts.limits
    this.recordedFrom = parts.recordsUnsampled === true ? Sampling.Denied : Sampling.Accepted
    this.activeContext = parts.activeContext ?? noContext
    this.newTraceId = parts.newTraceId ?? newTraceId
    this.origin = parts.origin
    this.hooks = parts.hooks
    this.mostSpans = parts.limits.spans ?? Infinity
    this.onFirst = parts.onFirst
  }

  /**
   * Starts a span (OpenTracing API).
   *
   * @param name the operation name, of low cardinality
   * @param options `childOf`, `references`, `tags`, `startTime` (epoch ms). Unlike the reference implementation this
   *   leaves the caller's object as it was, and a span whose references name none continues the active one unless
   *   `ignoreActiveSpan` is set.
   */
  startSpan(name: string, options?: SpanOptions): Span {
    const tags = options?.tags
    const kind = tags?.['span.kind']
    const parent = parentOf(options) ?? (options?.ignoreActiveSpan === true ? undefined : this.activeContext())
    const label = truncate(asText(name), this.limits.valueLength)
    const priority = priorityOf(tags?.['sampling.priority'])
    const startTime = givenTime(options?.startTime)
    const span = this.start(label, parent, isKind(kind) ? kind : undefined, undefined, startTime, priority)
    const links = linksOf(options, parent)
    if (span.record !== undefined) addLinks(span.record, this.limits, links)
    if (tags != null) span.addTags(tags)
    return span
  }

  /**
   * Writes a span's context into a carrier (OpenTracing API). Unknown formats and unfit carriers are ignored.
   *
   * @param spanOrContext a span or a context, of this tracer
   * @param format `http_headers`, `text_map` or `binary`
   */
  inject(spanOrContext: unknown, format: string, carrier: unknown): void {
    const context = contextOf(spanOrContext)
    if (context !== undefined) this.carriers.inject(context, format, carrier)
  }

  /** Reads a context from a carrier (OpenTracing API): null where there is none. Never throws. */
  extract(format: string, carrier: unknown): SpanContext | null {
    return this.carriers.extract(format, carrier)
  }

  /**
   * Starts a span with as little ceremony as can be: the way of the instrumentations.
   *
   * @param above the context to continue, of this process or another
   * @param component the instrumentation that makes the span
   * @param startTime epoch milliseconds; now if left out
   * @param decision overrules parent and sampler
   * @param target path and query of a request received, for the sampler
   */
  start(
    name: string,
    above: SpanContext | undefined,
    kind?: SpanKind,
    component?: string,
    startTime?: number,
    decision?: Sampling,
    target?: string,
  ): Span {
    const parent = above ?? this.origin?.(kind)
    const trace = parent === undefined || parent.trace.id === NO_TRACE_ID ? this.newTrace(parent) : parent.trace
    const { sampling, tags } =
      decision === undefined ? this.decide(trace.id, parent, name, target) : (VERDICTS[decision] as Verdict)
    const local = parent?.local ?? new LocalTrace()
    const parentId = parent === undefined || parent.id === NO_SPAN ? undefined : parent.id
    const context = new SpanContext(trace, newSpanId(), parentId, sampling, parent?.baggage, local)
    const isRemote = parentId !== undefined && parent?.local === undefined
    const isRecorded = sampling >= this.recordedFrom
    const record = isRecorded ? this.newRecord(context, name, kind, component, isRemote, startTime) : undefined
    const span = new Span(this, context, name, record)
    if (local.root === undefined) local.root = span
    if (tags !== undefined && parentId === undefined) span.addTags(tags)
    if (parent?.entryTags !== undefined) span.addTags(parent.entryTags)
    if (record !== undefined) this.hooks?.started(span, component)
    return span
  }

  /** One decision for all of a trace in this process, taken at its entry, unless the sampler wants more. */
  private decide(id: TraceId, parent: SpanContext | undefined, name: string, target: string | undefined): Verdict {
    const { sampler } = this
    if (parent?.local === undefined) return sampler.decide(id, parent, name, target)
    return sampler.decideBelow?.(id, parent, name) ?? (VERDICTS[parent.sampling] as Verdict)
  }

  /** @internal A span is over: its record leaves it here. */
  finished(record: SpanRecord): void {
    ledger.finished++
    this.openSpans.delete(record)
    const { local } = record.context
    if (local !== undefined) {
      local.open--
      if (local.lingering !== undefined && isRoot(local, record)) releaseLingerers(local)
    }
    this.sink.add(record)
  }

  /** @internal The process ends: spans that are open end with it, children before their parents. */
  finishOpen(): void {
    for (const record of this.openSpans.takeAll()) {
      record.tags.push(UNFINISHED, true)
      record.end = Math.max(record.start, presentOf(record.context.local as LocalTrace))
      this.finished(record)
    }
  }

  /** @internal The decision turned against a span that was recording. */
  discard(span: Span): void {
    const { local } = span.context()
    if (local !== undefined) local.open--
    ledger.started--
    if (span.record !== undefined) this.openSpans.delete(span.record)
    span.record = undefined
  }

  /** @internal The decision turned in favour of a span: it records from here on. */
  resume(span: Span): void {
    const context = span.context()
    if (span.record !== undefined) span.record.context = context
    else span.record = this.newRecord(context, span.name, undefined, undefined, false, undefined)
  }

  /** Without a parent, as nearly always, spelt out: an object spread takes longer than all the rest of a span. */
  private newTrace(parent: SpanContext | undefined): TraceIdentity {
    const id = this.newTraceId()
    if (parent !== undefined) return { ...parent.trace, id, random: true }
    return { id, narrow: false, traceState: undefined, random: true, properties: undefined }
  }

  private newRecord(
    context: SpanContext,
    name: string,
    kind: SpanKind | undefined,
    component: string | undefined,
    parentIsRemote: boolean,
    startTime: number | undefined,
  ): SpanRecord | undefined {
    const local = context.local as LocalTrace
    if (local.recorded >= this.mostSpans) return this.refuse()
    ledger.started++
    local.recorded++
    local.open++
    // Also where the start is given: the end may not be.
    const now = presentOf(local)
    const record = new SpanRecord(context, name, kind, component, parentIsRemote, startTime ?? now)
    this.openSpans.add(record)
    if (this.onFirst !== undefined) this.first()
    return record
  }

  private first(): void {
    const { onFirst } = this
    this.onFirst = undefined
    onFirst?.()
  }

  /** The trace has as many spans as it may have. */
  private refuse(): undefined {
    ledger.beyondTraceLimit++
    warnOnce('trace-full', `a trace has ${this.mostSpans} spans in this process; further ones are dropped`)
  }
}

function noContext(): undefined {}

function isRoot({ root }: LocalTrace, { context }: SpanRecord): boolean {
  return root?.context().id === context.id
}

/** Epoch milliseconds. The first to ask sets the clock of the local trace. */
function presentOf(local: LocalTrace): number {
  const now = monotonicNow()
  local.anchor ??= wallAnchor(now)
  return local.anchor + now
}
