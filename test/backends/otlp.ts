/**
 * OTLP as JSON, a message a line: what a file exporter writes, pretrace's or the Collector's.
 */
import { readFileSync } from 'node:fs'
import type { Told } from './told.js'

interface Value {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string | number
  readonly doubleValue?: number
}
type Attributes = readonly { readonly key: string; readonly value: Value }[]
interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind?: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes?: Attributes
  readonly events?: readonly { readonly name?: string; readonly attributes?: Attributes }[]
  readonly links?: readonly { readonly spanId: string }[]
  readonly status?: { readonly code?: number }
}
interface Message {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes?: Attributes }
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[]
  }[]
}

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer']
const FAILED = 2

/** The spans in a file; a line that is still being written does not count. */
export function readOtlpFile(file: string): Told[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines.filter((line) => line !== '').flatMap((line) => spansIn(JSON.parse(line) as Message))
}

function spansIn({ resourceSpans }: Message): Told[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const common = texts(resource.attributes)
    return scopeSpans.flatMap(({ spans }) => spans.map((span) => toldOf(span, common)))
  })
}

function toldOf(span: Span, resource: ReadonlyMap<string, string>): Told {
  const { parentSpanId, events = [], links = [] } = span
  const [start, end] = [microseconds(span.startTimeUnixNano), microseconds(span.endTimeUnixNano)]
  return {
    traceId: span.traceId,
    id: span.spanId,
    parentId: parentSpanId === '' ? undefined : parentSpanId,
    service: resource.get('service.name') ?? '',
    name: span.name,
    kind: KINDS[span.kind ?? 0] ?? '',
    start,
    duration: end - start,
    failed: span.status?.code === FAILED,
    tags: texts(span.attributes),
    resource,
    logs: events.map(({ name = '', attributes }) => [name, ...texts(attributes).values()].join(' ')),
    links: links.map(({ spanId }) => spanId),
  }
}

function texts(attributes: Attributes = []): Map<string, string> {
  return new Map(attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]))
}

function microseconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1000n)
}
