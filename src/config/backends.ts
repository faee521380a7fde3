/**
 * The variables of exporters, of the way to any backend, and of the embedded viewer: a part of the table in variables.ts.
 */
import {
  choice,
  endpoint,
  headers,
  host,
  hosts,
  integer,
  milliseconds,
  pemFile,
  proxy,
  text,
  toggle,
  url,
  variable,
  type Type,
} from './types.js'

const jaegerProtocols = ['http/thrift.binary', 'udp/thrift.compact', 'udp/thrift.binary'] as const

/** The viewer's: the one after OTLP's, where a collector may be. */
const VIEWER_PORT = 4319
const HIGHEST_PORT = 65_535

/** On or off, or on at another port. */
const switchOrPort: Type<number | undefined> = {
  label: '`true` or `false`, or a port',
  parse(value, complain, env) {
    const port = /^\d{2,5}$/.test(value) ? Number(value) : NaN
    if (port <= HIGHEST_PORT && port > 0) return port
    const on = toggle.parse(value, () => complain('is neither true nor false nor a port'), env)
    return on === true ? VIEWER_PORT : undefined
  },
}

export const backendVariables = {
  viewer: variable<number | undefined>({
    name: 'PRETRACE_VIEWER',
    type: switchOrPort,
    default: undefined,
    meaning:
      'Shows traces on a page of this machine, at http://127.0.0.1:4319 or the port given. The first process to come serves it from a thread of its own, those that follow send to it; no other exporter is used unless one is asked for.',
  }),
  viewerHost: variable<string | undefined>({
    name: 'PRETRACE_VIEWER_HOST',
    type: host,
    default: undefined,
    meaning: 'The address that the viewer listens on. Beyond `127.0.0.1` others can read the traces: it warns.',
  }),
  viewerFile: variable<string | undefined>({
    name: 'PRETRACE_VIEWER_FILE',
    type: text,
    default: undefined,
    meaning:
      'A file in which the viewer keeps what it gets, as OTLP JSON lines, and from which it reads it at its next start.',
  }),
  endpoint: variable({
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    type: endpoint,
    default: 'http://localhost:4318',
    meaning: 'The collector. `/v1/traces` is appended. A Unix socket is `unix:///path/to.sock`.',
  }),
  tracesEndpoint: variable<string | undefined>({
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    type: endpoint,
    default: undefined,
    meaning:
      'The collector’s address for traces, used exactly as given. A Unix socket may name the path after a second colon.',
  }),
  headers: variable<Readonly<Record<string, string>>>({
    name: 'OTEL_EXPORTER_OTLP_HEADERS',
    type: headers,
    default: {},
    secret: true,
    meaning: 'Headers sent to the collector, such as a token.',
  }),
  tracesHeaders: variable<Readonly<Record<string, string>>>({
    name: 'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
    type: headers,
    default: {},
    secret: true,
    meaning: 'As above, for traces alone; wins over it header by header.',
  }),
  protocol: variable<'http/protobuf' | 'http/json'>({
    name: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    aliases: [{ name: 'OTEL_EXPORTER_OTLP_PROTOCOL', isGeneral: true }],
    type: choice(['http/protobuf', 'http/json'], ['grpc']),
    default: 'http/protobuf',
    meaning: 'The encoding of OTLP.',
  }),
  compression: variable<'gzip' | 'none'>({
    name: 'OTEL_EXPORTER_OTLP_TRACES_COMPRESSION',
    aliases: [{ name: 'OTEL_EXPORTER_OTLP_COMPRESSION', isGeneral: true }],
    type: choice(['gzip', 'none']),
    default: 'none',
    meaning: 'Whether messages to the collector are compressed.',
  }),
  certificate: variable<string | undefined>({
    name: 'OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE',
    aliases: [{ name: 'OTEL_EXPORTER_OTLP_CERTIFICATE', isGeneral: true }],
    type: pemFile,
    default: undefined,
    meaning: 'The authority that vouches for the collector. Without it: those that Node knows.',
  }),
  clientCertificate: variable<string | undefined>({
    name: 'OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE',
    aliases: [{ name: 'OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', isGeneral: true }],
    type: pemFile,
    default: undefined,
    meaning: 'The certificate by which the collector knows us.',
  }),
  clientKey: variable<string | undefined>({
    name: 'OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY',
    aliases: [{ name: 'OTEL_EXPORTER_OTLP_CLIENT_KEY', isGeneral: true }],
    type: pemFile,
    default: undefined,
    meaning: 'The key that belongs to that certificate.',
  }),
  httpsProxy: variable<string | undefined>({
    name: 'https_proxy',
    aliases: [{ name: 'HTTPS_PROXY', isGeneral: true }],
    type: proxy,
    default: undefined,
    secret: true,
    meaning: 'The proxy on the way to https backends, with user and password if it wants them.',
  }),
  httpProxy: variable<string | undefined>({
    name: 'http_proxy',
    aliases: [{ name: 'HTTP_PROXY', isGeneral: true }],
    type: proxy,
    default: undefined,
    secret: true,
    meaning: 'The proxy on the way to http backends.',
  }),
  noProxy: variable<readonly string[]>({
    name: 'no_proxy',
    aliases: [{ name: 'NO_PROXY', isGeneral: true }],
    type: hosts,
    default: [],
    meaning:
      'Backends that are reached without a proxy: domains with all below them, addresses, ranges such as `10.0.0.0/8`, each with a port or without; `*` for all. This host always is.',
  }),
  exportTimeout: variable({
    name: 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
    aliases: [{ name: 'OTEL_EXPORTER_OTLP_TIMEOUT', isGeneral: true }, { name: 'JAEGER_REPORTER_TIMEOUT' }],
    type: milliseconds(0),
    default: 10_000,
    meaning: 'How long a batch may take to reach the collector, further attempts included. 0: as long as it likes.',
  }),
  zipkinEndpoint: variable({
    name: 'OTEL_EXPORTER_ZIPKIN_ENDPOINT',
    aliases: [{ name: 'PRETRACE_ZIPKIN_ENDPOINT' }],
    type: url,
    default: 'http://localhost:9411/api/v2/spans',
    meaning: 'Where Zipkin takes spans. Without a path, `/api/v2/spans` is meant.',
  }),
  zipkinTimeout: variable({
    name: 'OTEL_EXPORTER_ZIPKIN_TIMEOUT',
    type: milliseconds(0),
    default: 10_000,
    meaning: 'How long Zipkin may take to answer a batch. 0: as long as it likes.',
  }),
  jaegerEndpoint: variable<string | undefined>({
    name: 'OTEL_EXPORTER_JAEGER_ENDPOINT',
    aliases: [{ name: 'JAEGER_ENDPOINT' }, { name: 'JAEGER_REPORTER_ENDPOINT' }],
    type: url,
    default: undefined,
    meaning:
      'Where a Jaeger collector takes Thrift over HTTP; comes before an agent. Without a path, `/api/traces` is meant. If neither it nor an agent is named: `http://localhost:14268/api/traces`.',
  }),
  jaegerUser: variable<string | undefined>({
    name: 'OTEL_EXPORTER_JAEGER_USER',
    aliases: [{ name: 'JAEGER_USER' }, { name: 'JAEGER_REPORTER_USER' }],
    type: text,
    default: undefined,
    meaning: 'The user’s name for the collector, together with a password.',
  }),
  jaegerPassword: variable<string | undefined>({
    name: 'OTEL_EXPORTER_JAEGER_PASSWORD',
    aliases: [{ name: 'JAEGER_PASSWORD' }, { name: 'JAEGER_REPORTER_PASSWORD' }],
    type: text,
    default: undefined,
    secret: true,
    meaning: 'The password for the collector.',
  }),
  jaegerToken: variable<string | undefined>({
    name: 'JAEGER_AUTH_TOKEN',
    type: text,
    default: undefined,
    secret: true,
    meaning: 'A bearer token for the collector; comes before user and password.',
  }),
  jaegerAgentHost: variable<string | undefined>({
    name: 'OTEL_EXPORTER_JAEGER_AGENT_HOST',
    aliases: [{ name: 'JAEGER_AGENT_HOST' }, { name: 'JAEGER_REPORTER_AGENT_HOST' }],
    type: host,
    default: undefined,
    meaning: 'The host of a Jaeger agent that takes Thrift over UDP; `localhost` where only a port is given.',
  }),
  jaegerAgentPort: variable<number | undefined>({
    name: 'OTEL_EXPORTER_JAEGER_AGENT_PORT',
    aliases: [{ name: 'JAEGER_AGENT_PORT' }, { name: 'JAEGER_REPORTER_AGENT_PORT' }],
    type: integer(1, 65_535),
    default: undefined,
    meaning:
      'The agent’s port; 6832 where only a host is given. On 6832 agents take the binary protocol, which is used there; elsewhere, as on 6831, the compact one.',
  }),
  jaegerProtocol: variable<(typeof jaegerProtocols)[number] | undefined>({
    name: 'OTEL_EXPORTER_JAEGER_PROTOCOL',
    type: choice(jaegerProtocols, ['grpc']),
    default: undefined,
    meaning: 'How to speak to Jaeger, where that cannot be told from address and port.',
  }),
  jaegerTimeout: variable<number | undefined>({
    name: 'OTEL_EXPORTER_JAEGER_TIMEOUT',
    type: milliseconds(0),
    default: undefined,
    meaning: 'How long the collector may take to answer a batch; as with OTLP where it is not set.',
  }),
  file: variable({
    name: 'PRETRACE_FILE',
    type: text,
    default: 'pretrace.jsonl',
    meaning: 'The file of the exporter `otlp_file`. `%p` in it stands for the process id.',
  }),
  fileMaxSize: variable({
    name: 'PRETRACE_FILE_MAX_SIZE',
    type: integer(1, undefined, 'bytes'),
    default: 100_000_000,
    meaning:
      'How large a file may become. Then that of `otlp_file` is put aside as `….1`, and a new one begun; that of `chrome` takes no more.',
  }),
  fileKeep: variable({
    name: 'PRETRACE_FILE_KEEP',
    type: integer(0, 1000),
    default: 3,
    meaning: 'How many files put aside are kept.',
  }),
  chromeFile: variable({
    name: 'PRETRACE_CHROME_FILE',
    type: text,
    default: 'pretrace-trace.json',
    meaning:
      'The file of the exporter `chrome`. Several processes may write to one, a lane each; `%p` in it stands for the process id.',
  }),
}
