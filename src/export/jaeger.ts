/**
 * The Jaeger exporter: Thrift over HTTP to a collector, or over UDP to an agent.
 */
import type { Config } from '../config/variables.js'
import { ledger } from '../ledger.js'
import { warnOnce } from '../log.js'
import { BatchingExporter } from './batching.js'
import { postDatagrams } from './datagram.js'
import { wholeBatches } from './draft.js'
import type { Exporter } from './exporter.js'
import { encodeProcess, packetsOf } from './jaeger-thrift.js'
import { ownAddress } from './opentracing.js'
import { resourceOf, type Resource } from './resource.js'
import { ThriftBinary, type ThriftWriter } from './thrift.js'
import { ThriftCompact } from './thrift-compact.js'
import { inUrl } from '../http/target.js'

const NAME = 'jaeger'
const COLLECTOR = 'http://localhost:14268/api/traces'
/** jaeger-client's for Node. Agents take the binary protocol there, and the compact one on 6831. */
const BINARY_PORT = 6832
/** What agents read at a time; macOS sends no more than 9216 unless told to. */
const LARGEST_DATAGRAM = process.platform === 'darwin' ? 9216 : 65_000

export function jaegerExporter(config: Config, version: string): Exporter {
  const resource = processOf(config, version)
  return isOverUdp(config) ? agentExporter(config, resource) : collectorExporter(config, resource, version)
}

/** The resource, and what Jaeger's own clients call the same things. */
function processOf(config: Config, version: string): Resource {
  const { ipv4, ipv6 } = ownAddress()
  const resource = resourceOf(config, version)
  const ip = ipv4 ?? ipv6
  return {
    'jaeger.version': `pretrace-${version}`,
    ...(resource['host.name'] !== undefined && { hostname: resource['host.name'] }),
    ...(ip !== undefined && { ip }),
    ...resource,
  }
}

/** A collector's address comes before an agent's, as with jaeger-client. */
function isOverUdp({ jaegerProtocol, jaegerEndpoint, jaegerAgentHost, jaegerAgentPort }: Config): boolean {
  if (jaegerProtocol !== undefined) return jaegerProtocol !== 'http/thrift.binary'
  return jaegerEndpoint === undefined && (jaegerAgentHost !== undefined || jaegerAgentPort !== undefined)
}

function collectorExporter(config: Config, resource: Resource, version: string): Exporter {
  const url = collectorUrl(config.jaegerEndpoint ?? COLLECTOR)
  const headers = {
    'user-agent': `pretrace/${version}`,
    'content-type': 'application/x-thrift',
    ...authorization(config),
  }
  const writer = new ThriftBinary()
  const owner = encodeProcess(writer, resource)
  const timeout = config.jaegerTimeout ?? config.exportTimeout
  const drafts = wholeBatches(function* (batch) {
    const { packets } = yield* packetsOf(writer, owner, batch, { limit: Infinity, isCall: false })
    return { url, headers, body: packets[0] as Buffer, spans: batch.length, timeout }
  })
  return new BatchingExporter(NAME, drafts, config)
}

/** An address without a path is a collector's base. */
export function collectorUrl(endpoint: string): string {
  const url = new URL(endpoint)
  if (url.pathname === '/') url.pathname = '/api/traces'
  return url.href
}

function authorization({ jaegerUser, jaegerPassword, jaegerToken }: Config): Record<string, string> {
  if (jaegerToken !== undefined) return { authorization: `Bearer ${jaegerToken}` }
  if (jaegerUser === undefined || jaegerPassword === undefined) return {}
  return { authorization: `Basic ${Buffer.from(`${jaegerUser}:${jaegerPassword}`).toString('base64')}` }
}

function agentExporter(config: Config, resource: Resource): Exporter {
  const { jaegerAgentHost: host = 'localhost', jaegerAgentPort: port = BINARY_PORT } = config
  const url = `udp://${inUrl(host)}:${port}`
  const writer = writerFor(config.jaegerProtocol, port)
  const owner = encodeProcess(writer, resource)
  const drafts = wholeBatches(function* (batch) {
    const { packets, oversized } = yield* packetsOf(writer, owner, batch, { limit: LARGEST_DATAGRAM, isCall: true })
    if (oversized > 0) drop(oversized)
    const spans = batch.length - oversized
    return { url, headers: {}, body: Buffer.alloc(0), datagrams: packets, spans, timeout: 0 }
  })
  return new BatchingExporter(NAME, drafts, config, undefined, postDatagrams)
}

function writerFor(protocol: Config['jaegerProtocol'], port: number): ThriftWriter {
  const isBinary = protocol === undefined ? port === BINARY_PORT : protocol === 'udp/thrift.binary'
  return isBinary ? new ThriftBinary() : new ThriftCompact()
}

function drop(spans: number): void {
  ledger.drop(NAME, 'too-large', spans)
  warnOnce('size:jaeger', `a span is larger than the ${LARGEST_DATAGRAM} bytes of a datagram and cannot be sent by UDP`)
}
