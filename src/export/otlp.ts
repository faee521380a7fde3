/**
 * The OTLP exporter: where to, with which headers, how encoded.
 */
import type { Config } from '../config/variables.js'
import type { SpanRecord } from '../tracer/record.js'
import type { AtExit } from './at-exit.js'
import { BatchingExporter } from './batching.js'
import type { Exporter, OutgoingRequest } from './exporter.js'
import { resourceOf, type Resource } from './resource.js'
import type { Steps } from './steps.js'
import { appendPath, socketAddress } from './target.js'

const TRACES_PATH = '/v1/traces'

/** The bytes of a batch. */
type Encoder = (batch: readonly SpanRecord[]) => Steps<Uint8Array>

/** @param name by which the ledger knows it */
export function otlpExporter(config: Config, version: string, name = 'otlp', atExit?: AtExit): Exporter {
  const isJson = config.protocol === 'http/json'
  let encoder: Encoder | undefined
  const message = {
    url: tracesUrl(config),
    headers: {
      'user-agent': `pretrace-OTLP-Exporter-nodejs/${version}`,
      ...config.headers,
      ...config.tracesHeaders,
      'content-type': isJson ? 'application/json' : 'application/x-protobuf',
    },
    timeout: config.exportTimeout,
    compression: config.compression,
    tls: certificates(config),
    answers: 'otlp',
  } as const
  return new BatchingExporter(
    name,
    function* (batch): Steps<OutgoingRequest> {
      // To find the resource out takes files to be read, which is not for the request that finished the first span.
      encoder ??= (isJson ? jsonEncoder : protobufEncoder)(resourceOf(config, version), version)
      return { ...message, body: yield* encoder(batch), spans: batch.length }
    },
    config,
    atExit,
  )
}

/** The signal's own address as given; a base address gets `v1/traces` appended to its path (OTLP specification). */
export function tracesUrl({ endpoint, tracesEndpoint }: Pick<Config, 'endpoint' | 'tracesEndpoint'>): string {
  if (tracesEndpoint === undefined) return appendPath(endpoint, TRACES_PATH)
  const socket = socketAddress(tracesEndpoint)
  // A socket's address seldom says more than where the socket is.
  return socket !== undefined && socket.path === undefined ? appendPath(tracesEndpoint, TRACES_PATH) : tracesEndpoint
}

function protobufEncoder(resource: Resource, version: string): Encoder {
  const { OtlpProtobuf } = require('./otlp-protobuf.js') as typeof import('./otlp-protobuf.js')
  const encoder = new OtlpProtobuf(resource, version)
  return (batch) => encoder.steps(batch)
}

function jsonEncoder(resource: Resource, version: string): Encoder {
  const { otlpJson } = require('./otlp-json.js') as typeof import('./otlp-json.js')
  return function* (batch) {
    return Buffer.from(yield* otlpJson(batch, resource, version))
  }
}

function certificates(config: Config): OutgoingRequest['tls'] {
  const { certificate, clientCertificate, clientKey } = config
  if (certificate === undefined && clientCertificate === undefined && clientKey === undefined) return undefined
  const { readCertificates } = require('./certificates.js') as typeof import('./certificates.js')
  return readCertificates({ ca: certificate, cert: clientCertificate, key: clientKey })
}
