/**
 * The variables of exporters other than OTLP: a part of the table in variables.ts.
 */
import { choice, integer, milliseconds, text, url, variable } from './types.js'

const jaegerProtocols = ['http/thrift.binary', 'udp/thrift.compact', 'udp/thrift.binary'] as const

export const backendVariables = {
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
    type: text,
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
