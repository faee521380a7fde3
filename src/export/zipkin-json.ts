/**
 * Zipkin's model, version 2, as JSON. Names are in lower case, as its own reporters and its server have them; values of
 * tags are always text.
 */
import { isIPv4, isIPv6 } from 'node:net'
import { Sampling, type SpanContext } from '../tracer/context.js'
import { asText } from '../tracer/limits.js'
import type { LogRecord, SpanKind, SpanRecord, TagValue } from '../tracer/record.js'
import { NO_SPAN, type SpanId } from '../tracer/span-id.js'
import { JsonWriter, keptBytes } from './json-writer.js'
import { eachTag, fieldsOf, microseconds, reasonOf } from './opentracing.js'
import { remembering } from './remembering.js'
import { hasFailed } from './semantics.js'
import { SPANS_A_STEP, finished, type Steps } from './steps.js'

export interface Endpoint {
  readonly serviceName?: string
  readonly ipv4?: string
  readonly ipv6?: string
  readonly port?: number
}

/** What all spans of a process have in common. */
export interface Local {
  readonly endpoint: Endpoint
  /** Put on every span, which may overrule them. */
  readonly tags: Readonly<Record<string, TagValue>>
}

const KINDS: Readonly<Record<SpanKind, Uint8Array>> = {
  server: keptBytes(',"kind":"SERVER"'),
  client: keptBytes(',"kind":"CLIENT"'),
  producer: keptBytes(',"kind":"PRODUCER"'),
  consumer: keptBytes(',"kind":"CONSUMER"'),
}
const LARGEST_IPV4 = 0xffff_ffff

/** What names the other side of a call, the best first (OpenTelemetry's mapping, which names OpenTracing's tags too). */
const REMOTE_NAMES = [
  'peer.service',
  'server.address',
  'net.peer.name',
  'network.peer.address',
  'server.socket.domain',
  'server.socket.address',
  'net.sock.peer.name',
  'net.sock.peer.addr',
  'peer.hostname',
  'peer.address',
  'db.name',
  'db.instance',
]
/** A caller's address would name no service. */
const CALLER_NAMES = ['peer.service']

/** A batch as the JSON array that `/api/v2/spans` takes. */
export function encodeZipkinJson(batch: readonly SpanRecord[], local: Local): Buffer {
  return finished(new ZipkinJson(local).encode(batch))
}

/** Encodes the spans of a process. */
export class ZipkinJson {
  private readonly writer = new JsonWriter()
  private readonly localEndpoint: Uint8Array
  /** The tags of all spans, by key. */
  private readonly common: ReadonlyMap<string, Uint8Array>

  constructor({ endpoint, tags }: Local) {
    this.localEndpoint = keptBytes(`,"localEndpoint":${JSON.stringify(endpoint)}`)
    this.common = new Map(Object.entries(tags).map(([key, value]) => [key, entry(key, asText(value))]))
  }

  /** A batch, in steps. */
  *encode(batch: readonly SpanRecord[]): Steps<Buffer> {
    const { writer } = this
    writer.reset()
    let step = 0
    for (const record of batch) {
      if (++step % SPANS_A_STEP === 0) yield
      this.span(record)
    }
    writer.enclose(0, '[]')
    return writer.copy()
  }

  private span(record: SpanRecord): void {
    const { writer } = this
    const { context, kind, logs, name } = record
    const [start, end] = [microseconds(record.start), microseconds(record.end)]
    this.ids(context)
    if (kind !== undefined) writer.append(KINDS[kind])
    if (name !== '') writer.append(nameOf(name))
    if (start > 0) this.number(',"timestamp":', start)
    // Zero would mean that it is not known.
    this.number(',"duration":', Math.max(1, end - start))
    writer.append(this.localEndpoint)
    if (kind !== undefined) this.remoteEndpoint(record, kind)
    if (logs !== undefined) writer.utf8(`,"annotations":${JSON.stringify(logs.map(annotation))}`)
    this.tags(record)
    writer.utf8(context.sampling === Sampling.Debug ? ',"debug":true}' : '}')
  }

  private ids({ trace, id, parent }: SpanContext): void {
    const { writer } = this
    const { a, b, c, d } = trace.id
    writer.utf8(',{"traceId":"')
    if (!trace.narrow) this.id(a, b)
    this.id(c, d)
    writer.utf8('","id":"')
    this.id(id.high, id.low)
    if (parent !== undefined && !isSame(parent, NO_SPAN) && !isSame(parent, id)) {
      writer.utf8('","parentId":"')
      this.id(parent.high, parent.low)
    }
    writer.utf8('"')
  }

  private id(high: number, low: number): void {
    this.writer.hex(high)
    this.writer.hex(low)
  }

  private number(head: string, value: number): void {
    this.writer.utf8(head)
    this.writer.uint(value)
  }

  /** The other side of a call. Without its name, Zipkin draws no line to a service that is not traced. */
  private remoteEndpoint(record: SpanRecord, kind: SpanKind): void {
    const { writer } = this
    const before = writer.length
    writer.utf8(',"remoteEndpoint":')
    const start = writer.length
    const isOutgoing = kind === 'client' || kind === 'producer'
    const name = firstOf(record, isOutgoing ? REMOTE_NAMES : CALLER_NAMES)
    const port = Number(record.tag('peer.port'))
    if (name !== undefined) writer.append(serviceName(name))
    writer.append(addressOf(record))
    if (Number.isInteger(port) && port > 0 && port <= 65535) this.number(',"port":', port)
    if (writer.length === start) writer.rewind(before)
    else writer.enclose(start, '{}')
  }

  private tags(record: SpanRecord): void {
    const { common, writer } = this
    writer.utf8(',"tags":')
    const start = writer.length
    let overruled: Set<string> | undefined
    let url: TagValue | undefined
    const put = (key: string, value: TagValue): void => {
      if (common.has(key)) (overruled ??= new Set()).add(key)
      writer.append(keyOf(key))
      writer.string(asText(value))
    }
    eachTag(record, (key, value) => {
      if (key === 'http.url') url = value
      // That `error` is there marks a failure, whatever it says.
      if (key !== 'error') put(key, value)
    })
    if (hasFailed(record)) put('error', reasonOf(record))
    const path = url === undefined || record.tag('http.path') !== undefined ? undefined : pathOf(asText(url))
    if (path !== undefined) put('http.path', path)
    for (const [key, said] of common) if (overruled?.has(key) !== true) writer.append(said)
    writer.enclose(start, '{}')
  }
}

/** A field of an object, with the comma before it. */
function entry(key: string, value: string): Uint8Array {
  return keptBytes(`,${JSON.stringify(key)}:${JSON.stringify(value)}`)
}

const NOTHING = new Uint8Array()
const keyOf = remembering((key: string) => keptBytes(`,${JSON.stringify(key)}:`))
const nameOf = remembering((name: string) => entry('name', name.toLowerCase()))

function isSame(one: SpanId, other: SpanId): boolean {
  return one.high === other.high && one.low === other.low
}

/** Of a URL that is absolute. */
function pathOf(url: string): string | undefined {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1]
  return path === '' ? '/' : path
}

/** A log as text: its event, and what else it says. */
function annotation(log: LogRecord): object {
  const { event = 'log', ...rest } = fieldsOf(log)
  const name = asText(event)
  const value = Object.keys(rest).length === 0 ? name : `${JSON.stringify(name)}: ${JSON.stringify(rest)}`
  return { timestamp: microseconds(log.time), value }
}

function firstOf(record: SpanRecord, keys: readonly string[]): TagValue | undefined {
  for (const key of keys) {
    const value = record.tag(key)
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

/** The other side's address, where it is one. */
function addressOf(record: SpanRecord): Uint8Array {
  const [v4, v6] = [record.tag('peer.ipv4'), record.tag('peer.ipv6')]
  const found = v4 === undefined ? NOTHING : ipv4(v4)
  return found === NOTHING && v6 !== undefined ? ipv6(v6) : found
}

const serviceName = remembering((name: TagValue) => entry('serviceName', asText(name).toLowerCase()))

/** OpenTracing also allows an IPv4 address as a number. */
const ipv4 = remembering((value: TagValue) => {
  const ip = typeof value === 'number' ? dotted(value) : asText(value)
  return isIPv4(ip) ? entry('ipv4', ip) : NOTHING
})

const ipv6 = remembering((value: TagValue) => {
  const ip = asText(value)
  const mapped = /^::ffff:(.*)$/i.exec(ip)?.[1] ?? ''
  if (isIPv4(mapped)) return entry('ipv4', mapped)
  return isIPv6(ip) ? entry('ipv6', ip) : NOTHING
})

function dotted(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > LARGEST_IPV4) return ''
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.')
}
