/**
 * The rules of Zipkin's model, version 2, by which its server takes or refuses a span.
 */
import assert from 'node:assert/strict'
import { isIPv4, isIPv6 } from 'node:net'

export interface ZipkinEndpoint {
  readonly serviceName?: string
  readonly ipv4?: string
  readonly ipv6?: string
  readonly port?: number
}

export interface ZipkinSpan {
  readonly traceId: string
  readonly id: string
  readonly parentId?: string
  readonly name?: string
  readonly kind?: 'CLIENT' | 'SERVER' | 'PRODUCER' | 'CONSUMER'
  readonly timestamp?: number
  readonly duration?: number
  readonly localEndpoint?: ZipkinEndpoint
  readonly remoteEndpoint?: ZipkinEndpoint
  readonly annotations?: readonly { readonly timestamp: number; readonly value: string }[]
  readonly tags?: Readonly<Record<string, string>>
  readonly debug?: boolean
  readonly shared?: boolean
}

const FIELDS = new Set(
  'traceId id parentId name kind timestamp duration localEndpoint remoteEndpoint annotations tags debug shared'.split(
    ' ',
  ),
)

/** Reads a message; fails on what the server would refuse or change. */
export function readZipkin(body: Uint8Array | string): ZipkinSpan[] {
  const spans = JSON.parse(typeof body === 'string' ? body : Buffer.from(body).toString('utf8')) as ZipkinSpan[]
  assert.ok(Array.isArray(spans))
  spans.forEach(checkSpan)
  return spans
}

function checkSpan(span: ZipkinSpan): void {
  assert.deepEqual(
    Object.keys(span).filter((field) => !FIELDS.has(field)),
    [],
  )
  assert.match(span.traceId, /^([0-9a-f]{16}|(?!0{16})[0-9a-f]{32})$/)
  assert.match(span.traceId, /[^0]/)
  assert.match(span.id, /^(?!0{16})[0-9a-f]{16}$/)
  if ('parentId' in span) {
    assert.match(span.parentId ?? '', /^(?!0{16})[0-9a-f]{16}$/)
    assert.notEqual(span.parentId, span.id)
  }
  if ('name' in span) assert.ok(span.name !== '' && span.name === span.name?.toLowerCase())
  if ('kind' in span) assert.ok(['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'].includes(span.kind ?? ''))
  if ('timestamp' in span) assertMicroseconds(span.timestamp)
  if ('duration' in span) assertMicroseconds(span.duration)
  if ('localEndpoint' in span) checkEndpoint(span.localEndpoint)
  if ('remoteEndpoint' in span) checkEndpoint(span.remoteEndpoint)
  for (const { timestamp, value } of span.annotations ?? []) {
    assert.ok(Number.isInteger(timestamp) && timestamp >= 0)
    assert.equal(typeof value, 'string')
  }
  for (const [key, value] of Object.entries(span.tags ?? {})) assert.equal(typeof value, 'string', key)
  if ('debug' in span) assert.equal(span.debug, true)
  if ('shared' in span) assert.deepEqual([span.shared, span.kind], [true, 'SERVER'])
}

function assertMicroseconds(time: number | undefined): void {
  assert.ok(Number.isInteger(time) && (time ?? 0) > 0, String(time))
}

function checkEndpoint(endpoint: ZipkinEndpoint | undefined): void {
  const { serviceName, ipv4, ipv6, port, ...others } = endpoint ?? {}
  assert.deepEqual(others, {})
  assert.notDeepEqual(endpoint, {})
  if (serviceName !== undefined) assert.ok(serviceName !== '' && serviceName === serviceName.toLowerCase())
  if (ipv4 !== undefined) assert.ok(isIPv4(ipv4))
  if (ipv6 !== undefined) assert.ok(isIPv6(ipv6) && !/^::ffff:/i.test(ipv6))
  if (port !== undefined) assert.ok(Number.isInteger(port) && port > 0 && port <= 65_535)
}
