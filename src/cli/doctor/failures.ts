/**
 * What the failures of exporters mean, and what to do about each. They come as texts: of Node, or `it answers 404 …`.
 */
import type { Probe, Setting } from './examination.js'
import { asSet } from './rules-variables.js'

interface Kind {
  readonly code: string
  readonly isIt: (why: string, target: string) => boolean
  readonly advice: (probe: Probe, settings: readonly Setting[]) => readonly string[]
}

const GRPC_PORT = /:4317(\/|$)/
const ADDRESSES: Readonly<Record<string, RegExp>> = {
  otlp: /^OTEL_EXPORTER_OTLP_(TRACES_)?ENDPOINT$/,
  zipkin: /ZIPKIN_ENDPOINT$/,
  jaeger: /^(OTEL_EXPORTER_)?JAEGER_(REPORTER_)?(ENDPOINT|AGENT_(HOST|PORT))$/,
}

/** The first that fits counts. */
const KINDS: readonly Kind[] = [
  {
    code: 'endpoint-grpc',
    isIt: (why, target) => GRPC_PORT.test(target) && /not HTTP|closed|ECONNRESET|EPIPE|answers (4|5)\d\d/.test(why),
    advice: () => [
      'Port 4317 is OTLP’s for gRPC; pretrace speaks OTLP over HTTP, whose port is 4318.',
      'Set OTEL_EXPORTER_OTLP_ENDPOINT to the same host with :4318, and have the collector listen there.',
    ],
  },
  {
    code: 'endpoint-refused',
    isIt: (why) => /ECONNREFUSED|ENOENT.*sock|connect ENOENT/.test(why),
    advice: (probe, settings) => [
      'Nobody listens there. Start a collector, or `npx pretrace viewer`, which listens on 4318 and 9411.',
      `Or say where yours is: ${addressVariable(probe, settings)}. In a container, localhost is the container.`,
    ],
  },
  {
    code: 'endpoint-unknown-host',
    isIt: (why) => /ENOTFOUND|EAI_AGAIN/.test(why),
    advice: (probe, settings) => [`No such host is known here. Check ${addressVariable(probe, settings)}.`],
  },
  {
    code: 'endpoint-unauthorised',
    isIt: (why) => /answers (401|403|407)/.test(why),
    advice: () => [
      'The backend wants to know who is sending: OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer%20<token>", as it asks for.',
      'Values are percent-encoded: a space is %20.',
    ],
  },
  {
    code: 'endpoint-not-found',
    isIt: (why) => /answers (404|405)/.test(why),
    advice: wrongPath,
  },
  {
    code: 'endpoint-tls',
    isIt: (why) => /certificate|self.signed|SSL|TLS|EPROTO|wrong version number/i.test(why),
    advice: () => [
      'The connection is not trusted: OTEL_EXPORTER_OTLP_CERTIFICATE names the authority’s PEM file.',
      'If the backend speaks no TLS on that port, its address begins with http://.',
    ],
  },
  {
    code: 'endpoint-protocol',
    isIt: (why) =>
      /not HTTP|another protocol|answers (400|415|426|505)|closed the connection|without an answer/.test(why),
    advice: () => [
      'Something listens there that does not take what it was sent: another protocol, or another service.',
      'OTLP over HTTP has port 4318 (4317 is gRPC); Zipkin 9411; Jaeger’s Thrift over HTTP 14268.',
    ],
  },
  {
    code: 'endpoint-slow',
    isIt: (why) => /no answer within|ETIMEDOUT|timed? ?out|EHOSTUNREACH|ENETUNREACH/i.test(why),
    advice: (probe, settings) => [
      `There was no answer in time: a firewall, a proxy, or an address that is none. Check ${addressVariable(probe, settings)}.`,
    ],
  },
]

export function codeOf(why: string, target: string): string {
  return KINDS.find(({ isIt }) => isIt(why, target))?.code ?? 'endpoint-failing'
}

export function adviceOn(why: string, probe: Probe, settings: readonly Setting[]): readonly string[] {
  const kind = KINDS.find(({ isIt }) => isIt(why, probe.target))
  return (
    kind?.advice(probe, settings) ?? [`See what is there. ${addressVariable(probe, settings)} says where spans go.`]
  )
}

/** The variable that gives the address, as it was set; its name where none was. */
function addressVariable({ exporter }: Probe, settings: readonly Setting[]): string {
  const set = asSet(settings, ADDRESSES[exporter] ?? /^$/)
  if (set.length > 0) return set.join(', ')
  return exporter === 'otlp' ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : `OTEL_EXPORTER_${exporter.toUpperCase()}_ENDPOINT`
}

function wrongPath({ exporter, target }: Probe, settings: readonly Setting[]): string[] {
  const general = asSet(settings, /^OTEL_EXPORTER_OTLP_ENDPOINT$/)
  const own = asSet(settings, /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT$/)
  if (exporter !== 'otlp')
    return [`That path is not there. Check ${addressVariable({ exporter, target, isFine: false }, settings)}.`]
  if (own.length > 0)
    return [
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is used exactly as given: it has to end in the whole path, mostly /v1/traces.',
    ]
  if (/\/v1\/traces\/v1\/traces/.test(target))
    return ['OTEL_EXPORTER_OTLP_ENDPOINT gets /v1/traces appended: take that off its end.']
  return [
    `That path is not there: another service has the port, or the backend wants a prefix. ${general.join('')}`.trim(),
    'OTEL_EXPORTER_OTLP_ENDPOINT gets /v1/traces appended; OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is used as given.',
  ]
}
