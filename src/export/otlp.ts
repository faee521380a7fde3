/**
 * The OTLP exporter: where to, with which headers, how encoded.
 */
import type { Config } from '../config/variables.js'
import type { AtExit } from './at-exit.js'
import { BatchingExporter } from './batching.js'
import { wholeBatches, type Draft } from './draft.js'
import type { Exporter, OutgoingRequest } from './exporter.js'
import type { OtlpJson } from './otlp-json.js'
import type { OtlpProtobuf } from './otlp-protobuf.js'
import { resourceOf, type Resource } from './resource.js'
import { appendPath, socketAddress } from '../http/target.js'

const TRACES_PATH = '/v1/traces'
/** A message is not made longer than that, in bytes: servers refuse what is too long, most of them at 4 MiB or later. */
const LONGEST = 1024 * 1024

/** A message but for what it carries. */
type Envelope = Omit<OutgoingRequest, 'body' | 'spans'>

/** @param name by which the ledger knows it */
export function otlpExporter(config: Config, version: string, name = 'otlp', atExit?: AtExit): Exporter {
  const isJson = config.protocol === 'http/json'
  let resource: Resource | undefined
  // To find it out takes files to be read, which is not for the request that finished the first span.
  const resourceOnce = (): Resource => (resource ??= resourceOf(config, version))
  const envelope = {
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
  const drafts = isJson ? jsonDrafts : protobufDrafts
  return new BatchingExporter(name, drafts(envelope, resourceOnce, version), config, atExit)
}

/** The signal's own address as given; a base address gets `v1/traces` appended to its path (OTLP specification). */
export function tracesUrl({ endpoint, tracesEndpoint }: Pick<Config, 'endpoint' | 'tracesEndpoint'>): string {
  if (tracesEndpoint === undefined) return appendPath(endpoint, TRACES_PATH)
  const socket = socketAddress(tracesEndpoint)
  // A socket's address seldom says more than where the socket is.
  return socket !== undefined && socket.path === undefined ? appendPath(tracesEndpoint, TRACES_PATH) : tracesEndpoint
}

/** Two encoders in turns: what the one has written is being sent while the other writes. */
function protobufDrafts(envelope: Envelope, resource: () => Resource, version: string): () => Draft {
  const encoders: OtlpProtobuf[] = []
  return () => {
    const { OtlpProtobuf } = require('./otlp-protobuf.js') as typeof import('./otlp-protobuf.js')
    const encoder = (encoders.length < 2 ? undefined : encoders.shift()) ?? new OtlpProtobuf(resource(), version)
    encoders.push(encoder)
    encoder.begin()
    let count = 0
    return {
      get isFull() {
        return encoder.length >= LONGEST
      },
      add(spans) {
        encoder.add(spans)
        count += spans.length
      },
      end: () => ({ ...envelope, body: encoder.end(), spans: count }),
    }
  }
}

function jsonDrafts(envelope: Envelope, resource: () => Resource, version: string): () => Draft {
  let encoder: OtlpJson | undefined
  return wholeBatches(function* (batch) {
    const { OtlpJson } = require('./otlp-json.js') as typeof import('./otlp-json.js')
    encoder ??= new OtlpJson(resource(), version)
    return { ...envelope, body: yield* encoder.encode(batch), spans: batch.length }
  })
}

function certificates(config: Config): OutgoingRequest['tls'] {
  const { certificate, clientCertificate, clientKey } = config
  if (certificate === undefined && clientCertificate === undefined && clientKey === undefined) return undefined
  const { readCertificates } = require('./certificates.js') as typeof import('./certificates.js')
  return readCertificates({ ca: certificate, cert: clientCertificate, key: clientKey })
}
