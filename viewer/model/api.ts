/**
 * What the viewer's server answers to its page. Every answer is JSON; a refused request is `{ "error": "one line" }` with
 * a 4xx status.
 *
 * ```
 * GET  /api/traces?…            TraceList       the newest first; parameters: TraceQuery
 * GET  /api/traces/<id>         TraceAnswer     404 where it is not (or no longer) kept
 * GET  /api/services            ServiceList
 * GET  /api/endpoints?…         EndpointList    parameters: service, from, to
 * GET  /api/map?…               ServiceMap      parameters: from, to
 * GET  /api/insights?…          InsightList     parameters: service, from, to
 * GET  /api/status              Status
 * GET  /api/live                text/event-stream: `trace` (TraceSummary, again whenever more of it arrives), `status` (Status)
 * POST /api/open                the text of a file (OTLP JSON or lines of it, Jaeger JSON, Zipkin JSON) → Opened
 * POST /v1/traces               OTLP, protobuf or JSON, gzip or plain
 * POST /v1/runtime              Runtime, as JSON
 * POST /api/v2/spans            Zipkin v2 JSON
 * ```
 */
import type { Runtime, Trace } from './trace.js'

/** Parameters of a search; all that are given must hold. Times are epoch ms, durations ms. */
export interface TraceQuery {
  readonly service?: string
  readonly operation?: string
  /** `key=value` or `key`; may be given several times. */
  readonly tag?: readonly string[]
  readonly status?: 'ok' | 'error'
  readonly minDuration?: number
  readonly maxDuration?: number
  readonly from?: number
  readonly to?: number
  /** Found in names, tags or errors, whatever the case. */
  readonly text?: string
  /** At most so many; 200 unless told. */
  readonly limit?: number
  /** Only traces that ended before this one in the list: for the next page. */
  readonly before?: string
}

export interface TraceSummary {
  readonly id: string
  /** The root's, or the first span's while no root has arrived. */
  readonly service: string
  readonly name: string
  readonly start: number
  readonly duration: number
  readonly spans: number
  readonly errors: number
  /** The root's own verdict. */
  readonly failed: boolean
  /** Among the slowest of its operation so far. */
  readonly slow: boolean
  /** No root, or spans whose parent did not arrive. */
  readonly incomplete: boolean
  readonly services: readonly { readonly name: string; readonly spans: number }[]
}

export interface TraceList {
  readonly traces: readonly TraceSummary[]
  /** How many match in all. */
  readonly total: number
}

export interface TraceAnswer {
  readonly trace: Trace
  /** What held the trace's processes up while it ran. */
  readonly runtime: readonly Runtime[]
}

export interface ServiceList {
  readonly services: readonly { readonly name: string; readonly operations: readonly string[] }[]
}

export interface Latency {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export interface Endpoint {
  readonly service: string
  readonly operation: string
  /** Entry points of a service (server, consumer, roots), or what it calls. */
  readonly kind: 'entry' | 'call'
  readonly count: number
  readonly errors: number
  /** A second, over the time looked at. */
  readonly rate: number
  readonly latency: Latency
  /** Counts by duration; the bounds double: below 0.1 ms, 0.2 ms, 0.4 ms … */
  readonly histogram: readonly number[]
  /** Counts over the time looked at, in equal slices. */
  readonly sparkline: readonly number[]
}

export interface EndpointList {
  readonly from: number
  readonly to: number
  readonly endpoints: readonly Endpoint[]
}

export interface MapNode {
  readonly id: string
  readonly name: string
  readonly kind: 'service' | 'database' | 'cache' | 'queue' | 'external'
  readonly count: number
  readonly errors: number
}

export interface MapEdge {
  readonly from: string
  readonly to: string
  readonly count: number
  readonly errors: number
  readonly rate: number
  readonly latency: Latency
}

export interface ServiceMap {
  readonly nodes: readonly MapNode[]
  readonly edges: readonly MapEdge[]
}

export type InsightKind =
  'n-plus-one' | 'serial-calls' | 'repeated-query' | 'slow-query' | 'pool-wait' | 'missing-parent'

export interface Insight {
  readonly kind: InsightKind
  /** One line, such as `GET driver:* runs 10 times for each GET /drivers`. */
  readonly title: string
  /** What it costs, why it is thought so, what to do; plain text, a line a thought. */
  readonly detail: readonly string[]
  readonly service: string
  /** The entry point in whose course it happens, where there is one. */
  readonly route?: string
  /** Normalised: no literals. */
  readonly statement?: string
  /** How many traces show it. */
  readonly count: number
  /** Milliseconds a trace that would be saved, at most, as far as that can be told. */
  readonly cost: number
  readonly examples: readonly { readonly traceId: string; readonly spanIds: readonly string[] }[]
}

export interface InsightList {
  readonly insights: readonly Insight[]
}

/** What the viewer holds and what it let go; nothing is lost without being counted. */
export interface Status {
  readonly version: string
  readonly traces: number
  readonly spans: number
  /** Approximate bytes held, and the most that may be. */
  readonly bytes: number
  readonly mostBytes: number
  /** Whole traces let go to stay within the bound. */
  readonly evictedTraces: number
  /** Spans not kept: too many of one trace, or more than could be taken in. */
  readonly droppedSpans: number
  readonly refusedRequests: number
  /** The file that is kept, where there is one. */
  readonly file?: string
}

export interface Opened {
  readonly format: 'otlp' | 'jaeger' | 'zipkin'
  readonly traceIds: readonly string[]
  readonly spans: number
}
