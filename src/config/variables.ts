/**
 * Every variable that pretrace reads: the one table from which configuration is parsed, checked and documented.
 *
 * OpenTelemetry's names come first, Jaeger's are aliases, `PRETRACE_*` names what neither has a name for.
 */
import { logLevels, type LogLevel } from '../log.js'
import { backendVariables } from './backends.js'
import {
  choice,
  choices,
  flag,
  integer,
  jaegerTags,
  list,
  milliseconds,
  pairs,
  text,
  toggle,
  variable,
  type Type,
} from './types.js'
import { instrumentationVariables } from './instrumentation-variables.js'
import { samplingVariables } from './sampling-variables.js'

export type { Alias, Variable } from './types.js'

const propagators = [
  'b3multi',
  'b3',
  'jaeger',
  'tracecontext',
  'baggage',
  'xray',
  'ottrace',
  'gcp',
  'sw8',
  'none',
] as const
const detectors = ['env', 'process', 'host', 'os', 'serviceinstance', 'container', 'k8s', 'all', 'none'] as const
const laterDetectors = ['alibaba', 'aws', 'azure', 'gcp']
const exporters = ['otlp', 'zipkin', 'jaeger', 'otlp_file', 'chrome', 'console', 'none'] as const
const laterExporters = ['logging', 'otlp/stdout']
const statements = ['sanitised', 'off', 'expose_literals'] as const

export type PropagatorName = (typeof propagators)[number]
export type DetectorName = (typeof detectors)[number]
/** `viewer` has a variable of its own. */
export type ExporterName = (typeof exporters)[number] | 'viewer'
export type StatementPolicy = (typeof statements)[number]

/** Jaeger's `JAEGER_PROPAGATION` of the Java and Python clients: `w3c` means two of ours. */
const jaegerPropagation: Type<readonly PropagatorName[]> = {
  label: 'list of `jaeger`, `b3`, `w3c`',
  ifBad: 'the member is skipped; if none is left, the default is used',
  parse(value, complain, env) {
    const words = value.replace(/\bw3c\b/gi, 'tracecontext,baggage').replace(/\bb3\b/gi, 'b3multi')
    return choices(propagators).parse(words, complain, env)
  },
}

/** `JAEGER_REPORTER_LOG_SPANS=true`: the console besides the usual exporter. */
const logSpans: Type<readonly ExporterName[]> = {
  label: '`true` or `false`',
  parse(value, complain, env) {
    const on = flag.parse(value, complain, env)
    return on === undefined ? undefined : on ? ['otlp', 'console'] : ['otlp']
  },
}

/** Its grammar is loaded when it is set. */
const trust: Type<readonly string[]> = {
  label: 'list of `all`, `none`, `private`, `unix`, addresses, ranges, paths, `host:` names, each perhaps after `!`',
  ifBad: 'nobody is trusted by a rule that cannot be read; if it was to refuse, or none is left, nobody at all',
  parse: (value, complain) => (require('./trust.js') as typeof import('./trust.js')).trustRules(value, complain),
}

/** The names are known to register.ts alone. */
const instrumentations: Type<readonly string[]> = { ...list, ifBad: 'a name that does not exist is skipped' }

export const variables = {
  disabled: variable({
    name: 'OTEL_SDK_DISABLED',
    aliases: [{ name: 'JAEGER_DISABLED' }],
    type: flag,
    default: false,
    meaning: 'Switches pretrace off: nothing is loaded, patched or sent.',
  }),
  logLevel: variable<LogLevel>({
    name: 'OTEL_LOG_LEVEL',
    type: choice(logLevels),
    default: 'info',
    meaning: 'What pretrace says on stderr. `none` silences it.',
  }),
  serviceName: variable<string | undefined>({
    name: 'OTEL_SERVICE_NAME',
    aliases: [{ name: 'JAEGER_SERVICE_NAME' }],
    type: text,
    default: undefined,
    meaning:
      'The name of the service. Without it: `service.name` of OTEL_RESOURCE_ATTRIBUTES, else the name in the application’s package.json, else `unknown_service:node`.',
  }),
  resource: variable<Readonly<Record<string, string>>>({
    name: 'OTEL_RESOURCE_ATTRIBUTES',
    type: pairs,
    default: {},
    meaning: 'What all spans of this process have in common, such as `deployment.environment.name=staging`.',
  }),
  jaegerTags: variable<Readonly<Record<string, string>>>({
    name: 'JAEGER_TAGS',
    type: jaegerTags,
    default: {},
    meaning: 'As above, as Jaeger’s clients have it. Where both name a key, OTEL_RESOURCE_ATTRIBUTES counts.',
  }),
  detectors: variable<readonly DetectorName[]>({
    name: 'OTEL_NODE_RESOURCE_DETECTORS',
    type: choices(detectors, laterDetectors),
    default: ['all'],
    meaning:
      'What is found out about the process to say it with its spans. `env`, the variables above, counts always. `none` alone: nothing else.',
  }),
  propagators: variable<readonly PropagatorName[]>({
    name: 'OTEL_PROPAGATORS',
    aliases: [{ name: 'JAEGER_PROPAGATION', type: jaegerPropagation }],
    type: choices(propagators),
    default: ['b3multi', 'jaeger', 'tracecontext', 'baggage'],
    meaning:
      'Header formats. All are sent; of those received, the first listed that is valid counts. `none` alone: no headers.',
  }),
  trustInbound: variable<readonly string[]>({
    name: 'PRETRACE_TRUST_INBOUND',
    type: trust,
    default: ['all'],
    meaning:
      'Whose trace headers and baggage count in requests received; those of others are as not there. `all`, `none`, `private` (loopback and private networks), `unix` (Unix sockets), addresses and ranges (`10.0.0.0/8`), paths (`/internal/*`), hosts (`host:*.internal`); with `!` before it, whose do not.',
  }),
  ...samplingVariables,
  exporters: variable<readonly ExporterName[]>({
    name: 'OTEL_TRACES_EXPORTER',
    aliases: [{ name: 'JAEGER_REPORTER_LOG_SPANS', type: logSpans }],
    type: choices(exporters, laterExporters),
    default: ['otlp'],
    meaning:
      'Where finished spans go: to a collector by OTLP, to Zipkin, to Jaeger by its own protocols, to a file of OTLP JSON lines, to a file for chrome://tracing and Perfetto, as a tree to standard output, or nowhere. Several at once are possible. Where it is not set, the address of a Jaeger agent or collector chooses `jaeger`.',
  }),
  ...backendVariables,
  scheduleDelay: variable({
    name: 'OTEL_BSP_SCHEDULE_DELAY',
    aliases: [{ name: 'JAEGER_REPORTER_FLUSH_INTERVAL' }],
    type: milliseconds(0),
    default: 5000,
    meaning: 'The longest that a finished span waits before it is sent.',
  }),
  queueSize: variable({
    name: 'OTEL_BSP_MAX_QUEUE_SIZE',
    aliases: [{ name: 'JAEGER_REPORTER_MAX_QUEUE_SIZE' }],
    type: integer(1),
    default: 4096,
    meaning: 'How many finished spans may wait; more are dropped and counted.',
  }),
  batchSize: variable({
    name: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
    type: integer(1),
    default: 2048,
    meaning:
      'How many spans go out in one message at the most. It also ends at 1 MiB of protobuf, or at 512 spans in another format.',
  }),
  exitTimeout: variable({
    name: 'PRETRACE_EXIT_TIMEOUT',
    type: milliseconds(0),
    default: 500,
    meaning: 'The longest that an ending process is held to deliver its last spans. 0: not at all.',
  }),
  valueLength: variable({
    name: 'OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT',
    aliases: [{ name: 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', isGeneral: true }],
    type: integer(1),
    default: 4096,
    meaning: 'Characters of a tag’s or log’s text; longer ones are cut.',
  }),
  tagCount: variable({
    name: 'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
    aliases: [{ name: 'OTEL_ATTRIBUTE_COUNT_LIMIT', isGeneral: true }],
    type: integer(1),
    default: 128,
    meaning: 'Tags a span, and fields a log; more tags are dropped and counted.',
  }),
  logCount: variable({
    name: 'OTEL_SPAN_EVENT_COUNT_LIMIT',
    type: integer(1),
    default: 128,
    meaning: 'Logs a span; more are dropped and counted.',
  }),
  linkCount: variable({
    name: 'OTEL_SPAN_LINK_COUNT_LIMIT',
    type: integer(1),
    default: 128,
    meaning: 'References a span beside its parent; more are dropped and counted.',
  }),
  spanCount: variable({
    name: 'PRETRACE_SPANS_PER_TRACE',
    type: integer(1),
    default: 10_000,
    meaning: 'Spans that one process records of a trace below one entry point; more are dropped and counted.',
  }),
  baggageItems: variable({
    name: 'PRETRACE_BAGGAGE_ITEMS',
    type: integer(1, 180),
    default: 64,
    meaning: 'Baggage items that are read, and sent on; those at the end fall off.',
  }),
  baggageBytes: variable({
    name: 'PRETRACE_BAGGAGE_BYTES',
    type: integer(1),
    default: 8192,
    meaning: 'Bytes of baggage that are sent on; whole items fall off at the end.',
  }),
  enabledInstrumentations: variable<readonly string[] | undefined>({
    name: 'OTEL_NODE_ENABLED_INSTRUMENTATIONS',
    type: instrumentations,
    default: undefined,
    meaning: 'Only these libraries are traced, by the names in the table of libraries.',
  }),
  disabledInstrumentations: variable<readonly string[]>({
    name: 'OTEL_NODE_DISABLED_INSTRUMENTATIONS',
    type: instrumentations,
    default: [],
    meaning:
      'These libraries are not traced. `opentracing` and `opentelemetry` leave those APIs alone that the application may use itself.',
  }),
  middlewareSpans: variable({
    name: 'PRETRACE_EXPRESS_MIDDLEWARE',
    type: toggle,
    default: false,
    meaning: 'A span for every Express middleware, not only for route handlers.',
  }),
  redisArguments: variable({
    name: 'PRETRACE_EXPOSE_REDIS_ARGUMENTS',
    type: toggle,
    default: false,
    meaning:
      'Records the arguments of Redis commands, and with them what your users store there. Without it each is a `?`. Passwords stay hidden either way.',
  }),
  statements: variable<StatementPolicy>({
    name: 'PRETRACE_DB_STATEMENT',
    type: choice(statements, ['raw']),
    default: 'sanitised',
    meaning:
      'SQL as recorded: with its literals replaced, not at all, or with the literals, and with them whatever is your users’.',
  }),
  redactedKeys: variable<readonly string[]>({
    name: 'PRETRACE_REDACT_QUERY',
    type: list,
    default: [],
    meaning: 'Further names of query parameters whose values are hidden in URLs, in any case.',
  }),
  ...instrumentationVariables,
  doctor: variable<string | undefined>({
    name: 'PRETRACE_DOCTOR',
    type: text,
    default: undefined,
    meaning:
      'A folder into which each process writes, as long as it lives, what `pretrace doctor --reports <folder>` reads. It holds no secrets.',
  }),
}

export type Variables = typeof variables
export type Config = { readonly [Key in keyof Variables]: Variables[Key]['default'] }
