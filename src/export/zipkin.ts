/**
 * The Zipkin exporter: where to, with which headers, and who we are there.
 */
import type { Config } from '../config/variables.js'
import { BatchingExporter } from './batching.js'
import { wholeBatches } from './draft.js'
import type { Exporter } from './exporter.js'
import { ownAddress } from './opentracing.js'
import { serviceNameOf } from './resource.js'
import { ZipkinJson, type Local } from './zipkin-json.js'

const SPANS_PATH = '/api/v2/spans'

export function zipkinExporter(config: Config, version: string): Exporter {
  const url = spansUrl(config.zipkinEndpoint)
  const json = new ZipkinJson(localOf(config))
  const headers = {
    'user-agent': `pretrace/${version}`,
    'content-type': 'application/json',
    // Zipkin traces itself on demand; our reports are nobody's request.
    b3: '0',
  }
  return new BatchingExporter(
    'zipkin',
    wholeBatches(function* (batch) {
      const body = yield* json.encode(batch)
      return { url, headers, body, spans: batch.length, timeout: config.zipkinTimeout }
    }),
    config,
  )
}

/** An address without a path is a server's base. */
export function spansUrl(endpoint: string): string {
  const url = new URL(endpoint)
  if (url.pathname === '/') url.pathname = SPANS_PATH
  return url.href
}

/** Zipkin has no resource: what was said about this service goes onto its spans. */
function localOf(config: Config): Local {
  const { 'service.name': _name, ...tags } = config.resource
  return { endpoint: { serviceName: serviceNameOf(config).toLowerCase(), ...ownAddress() }, tags }
}
