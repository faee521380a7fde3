/**
 * The OTLP exporter: where to, with which headers, how encoded.
 */
import type { Config } from '../config/variables.js'
import { BatchingExporter } from './batching.js'
import type { Exporter } from './exporter.js'
import { encodeOtlpJson } from './otlp-json.js'
import { resourceOf } from './resource.js'

export function otlpExporter(config: Config, version: string): Exporter {
  const url = tracesUrl(config)
  const headers = {
    'user-agent': `pretrace-OTLP-Exporter-nodejs/${version}`,
    ...config.headers,
    ...config.tracesHeaders,
    'content-type': 'application/json',
  }
  return new BatchingExporter(
    'otlp',
    (batch) => ({
      url,
      headers,
      body: Buffer.from(encodeOtlpJson(batch, resourceOf(config, version), version)),
      spans: batch.length,
      timeout: config.exportTimeout,
    }),
    config,
  )
}

/** The signal's own address as given; a base address gets `v1/traces` appended to its path (OTLP specification). */
export function tracesUrl({ endpoint, tracesEndpoint }: Pick<Config, 'endpoint' | 'tracesEndpoint'>): string {
  if (tracesEndpoint !== undefined) return tracesEndpoint
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`
  return url.href
}
