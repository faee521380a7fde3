/**
 * A collector on loopback: takes OTLP as protobuf or JSON, compressed or not, keeps the spans, and makes them easy to ask
 * about.
 */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { decodeOtlpProtobuf } from './otlp-schema.js'

type Simple = string | number | boolean
export type Attributes = Readonly<Record<string, Simple | readonly Simple[]>>

export interface Event {
  readonly name: string
  readonly attributes: Attributes
}

/** A span as it arrived, its attributes as a plain object. */
export interface Arrived {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId: string | undefined
  readonly traceState: string | undefined
  readonly flags: number
  readonly name: string
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer'
  /** Epoch milliseconds. */
  readonly start: number
  readonly end: number
  readonly attributes: Attributes
  readonly events: readonly Event[]
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes }[]
  readonly failed: boolean
  readonly status: { readonly code: number; readonly message?: string } | undefined
  /** The instrumentation or the OpenTelemetry tracer that made it; empty for OpenTracing spans of the application. */
  readonly component: string
  readonly componentVersion: string | undefined
  readonly service: string
  readonly resource: Attributes
}

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const

export class Collector {
  readonly spans: Arrived[] = []
  /** Paths and headers of the messages that came. */
  readonly requests: { readonly path: string; readonly headers: Readonly<Record<string, unknown>> }[] = []

  /** Takes the requests of whatever server it is given to. */
  readonly listener: RequestListener = (req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      this.requests.push({ path: req.url ?? '', headers: req.headers })
      this.spans.push(...decode(read(req, Buffer.concat(chunks))))
      // As the specification has it: the answer is of the kind of the question.
      res.setHeader('content-type', req.headers['content-type'] ?? '')
      res.end(isProtobuf(req) ? '' : '{}')
    })
  }
  private readonly server: Server = createServer(this.listener)

  static async start(): Promise<Collector> {
    const collector = new Collector()
    await new Promise<void>((resolve) => collector.server.listen(0, '127.0.0.1', resolve))
    return collector
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

function read(req: IncomingMessage, body: Buffer): OtlpRequest {
  const bytes = req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body
  return (isProtobuf(req) ? decodeOtlpProtobuf(bytes) : JSON.parse(bytes.toString('utf8'))) as OtlpRequest
}

function isProtobuf({ headers }: IncomingMessage): boolean {
  return headers['content-type'] === 'application/x-protobuf'
}

interface OtlpValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values: readonly OtlpValue[] }
}
type OtlpAttributes = readonly { readonly key: string; readonly value: OtlpValue }[]
interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly flags?: number
  readonly name?: string
  readonly kind: number
  readonly startTimeUnixNano?: string
  readonly endTimeUnixNano?: string
  readonly attributes?: OtlpAttributes
  readonly events?: readonly { readonly name?: string; readonly attributes?: OtlpAttributes }[]
  readonly links?: readonly {
    readonly traceId: string
    readonly spanId: string
    readonly attributes?: OtlpAttributes
  }[]
  readonly status?: { readonly code: number; readonly message?: string }
}
interface OtlpScope {
  readonly name: string
  readonly version?: string
}
interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes?: OtlpAttributes }
    readonly scopeSpans?: readonly { readonly scope: OtlpScope; readonly spans: readonly OtlpSpan[] }[]
  }[]
}

export function decode({ resourceSpans = [] }: Partial<OtlpRequest>): Arrived[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const own = plain(resource.attributes)
    return scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => arrived(span, scope, own)))
  })
}

function arrived(span: OtlpSpan, scope: OtlpScope, resource: Attributes): Arrived {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    traceState: span.traceState,
    flags: span.flags ?? 0,
    name: span.name ?? '',
    kind: KINDS[span.kind] ?? 'internal',
    start: milliseconds(span.startTimeUnixNano),
    end: milliseconds(span.endTimeUnixNano),
    attributes: plain(span.attributes),
    events: (span.events ?? []).map(({ name = '', attributes }) => ({ name, attributes: plain(attributes) })),
    links: (span.links ?? []).map((link) => ({ ...link, attributes: plain(link.attributes) })),
    failed: span.status?.code === 2,
    status: span.status,
    component: scope.name.replace(/^pretrace\/?/, ''),
    componentVersion: scope.version,
    service: String(resource['service.name']),
    resource,
  }
}

function milliseconds(nanoseconds = '0'): number {
  return Number(BigInt(nanoseconds) / 1000n) / 1000
}

/** Of what is left out it is the default that is meant. */
function plain(attributes: OtlpAttributes = []): Attributes {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.arrayValue?.values.map(simple) ?? simple(value)]),
  )
}

function simple({ stringValue, boolValue, intValue, doubleValue }: OtlpValue): Simple {
  return intValue === undefined ? (stringValue ?? boolValue ?? doubleValue ?? '') : Number(intValue)
}
