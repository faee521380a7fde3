'use strict'

// Who runs: what is preloaded, and by which variables it is told to send everything to a sink.

const path = require('node:path')
const { peer } = require('./peers')

const PRETRACE = path.join(__dirname, '../register.js')
const LIBRARIES = 'http,express,pg,redis,undici'
/** A batch never waits longer than that for others, whoever sends it. */
const DELAY = '1000'

const otlp = (url) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: DELAY })

/** OpenTelemetry's own default is W3C alone; asked for are the formats that pretrace writes. */
const openTelemetry = (url) => ({
  ...otlp(url),
  OTEL_PROPAGATORS: 'b3multi,jaeger,tracecontext,baggage',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
})

/** Anything that is free. */
const VIEWER_PORT = '47319'

/**
 * `isRare`: records now and then only. `isAside`: in the first generation alone, for no budget names it, and of the peers it
 * is nowhere near the best.
 *
 * @type {{ name: string, package?: string, preload?: () => string, env: (url: string) => object, isRare?: boolean, isAside?: boolean }[]}
 */
const contestants = [
  { name: 'bare', env: () => ({}) },
  { name: 'floor', preload: () => path.join(__dirname, 'floor.js'), env: () => ({}) },
  { name: 'pretrace', preload: () => PRETRACE, env: otlp },
  {
    // The viewer's thread counts as the service's own: this is what hosting it costs altogether.
    name: 'pretrace viewer',
    isAside: true,
    preload: () => PRETRACE,
    env: () => ({ PRETRACE_VIEWER: VIEWER_PORT }),
  },
  {
    name: 'pretrace +middleware',
    preload: () => PRETRACE,
    env: (url) => ({ ...otlp(url), PRETRACE_EXPRESS_MIDDLEWARE: 'true' }),
  },
  {
    name: 'pretrace 1 %',
    isRare: true,
    preload: () => PRETRACE,
    env: (url) => ({ ...otlp(url), OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.01' }),
  },
  {
    name: 'pretrace off',
    preload: () => PRETRACE,
    env: (url) => ({ ...otlp(url), OTEL_TRACES_SAMPLER: 'parentbased_always_off' }),
  },
  {
    name: 'opentelemetry 5',
    package: '@opentelemetry/auto-instrumentations-node',
    preload: () => peer('@opentelemetry/auto-instrumentations-node/register'),
    env: (url) => ({ ...openTelemetry(url), OTEL_NODE_ENABLED_INSTRUMENTATIONS: LIBRARIES }),
  },
  {
    name: 'opentelemetry',
    package: '@opentelemetry/auto-instrumentations-node',
    preload: () => peer('@opentelemetry/auto-instrumentations-node/register'),
    env: openTelemetry,
  },
  {
    name: 'dd-trace',
    package: 'dd-trace',
    preload: () => peer('dd-trace/init'),
    env: (url) => ({
      DD_TRACE_AGENT_URL: url,
      DD_TRACE_PROPAGATION_STYLE: 'b3multi,tracecontext,baggage',
      DD_TRACE_STARTUP_LOGS: 'false',
      DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
      DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    }),
  },
  {
    name: 'elastic-apm',
    isAside: true,
    package: 'elastic-apm-node',
    preload: () => peer('elastic-apm-node/start'),
    env: (url) => ({
      ELASTIC_APM_SERVER_URL: url,
      ELASTIC_APM_API_REQUEST_TIME: '1s',
      ELASTIC_APM_METRICS_INTERVAL: '0s',
      ELASTIC_APM_CENTRAL_CONFIG: 'false',
      ELASTIC_APM_CLOUD_PROVIDER: 'none',
      ELASTIC_APM_LOG_LEVEL: 'off',
    }),
  },
]

const PEERS = contestants.filter((contestant) => contestant.package !== undefined).map(({ name }) => name)

/** Node's arguments that preload it. */
function preloading({ preload }) {
  return preload === undefined ? [] : ['--require', preload()]
}

module.exports = { contestants, PEERS, preloading }
