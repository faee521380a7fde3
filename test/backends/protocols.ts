/**
 * How services are made to speak each protocol.
 */
import type { Protocol } from './backend.js'

export function otlp(encoding: 'json' | 'protobuf', port: number, compression = 'none'): Protocol {
  return {
    name: `OTLP over HTTP as ${encoding}${compression === 'none' ? '' : `, ${compression}`}`,
    vocabulary: 'opentelemetry',
    env: {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: `http/${encoding}`,
      ...(compression !== 'none' && { OTEL_EXPORTER_OTLP_COMPRESSION: compression }),
    },
  }
}

/** The three ways of OTLP. */
export function allOtlp(port: number): Protocol[] {
  return [otlp('protobuf', port), otlp('protobuf', port, 'gzip'), otlp('json', port)]
}

export function zipkin(port: number): Protocol {
  return {
    name: 'Zipkin v2 JSON',
    vocabulary: 'opentracing',
    isLowerCase: true,
    hasNoLinks: true,
    env: {
      OTEL_TRACES_EXPORTER: 'zipkin',
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: `http://127.0.0.1:${port}/api/v2/spans`,
    },
  }
}

/** Jaeger's Thrift over HTTP and, in both encodings, over UDP. */
export function allThrift(http: number, compact: number, binary: number): Protocol[] {
  const agent = (encoding: string, port: number): Protocol => ({
    name: `Jaeger ${encoding} Thrift over UDP`,
    vocabulary: 'opentracing',
    env: {
      OTEL_TRACES_EXPORTER: 'jaeger',
      JAEGER_AGENT_HOST: '127.0.0.1',
      JAEGER_AGENT_PORT: String(port),
      OTEL_EXPORTER_JAEGER_PROTOCOL: `udp/thrift.${encoding}`,
    },
  })
  return [
    {
      name: 'Jaeger Thrift over HTTP',
      vocabulary: 'opentracing',
      env: { OTEL_TRACES_EXPORTER: 'jaeger', JAEGER_ENDPOINT: `http://127.0.0.1:${http}/api/traces` },
    },
    agent('compact', compact),
    agent('binary', binary),
  ]
}
