import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig, type Environment } from '../../src/config/load.js'

function linesOf(env: Environment): string[] {
  const lines: string[] = []
  parseConfig(env, lines)
  return lines
}

describe('a name that is not in the table', () => {
  it('is said, with the nearest that is', () => {
    assert.deepEqual(linesOf({ OTEL_SERVICE_NMAE: 'x' }), [
      'OTEL_SERVICE_NMAE is not a variable that pretrace knows and is not used; did you mean OTEL_SERVICE_NAME?',
    ])
    const near: readonly (readonly [string, string])[] = [
      ['OTEL_PROPAGATOR', 'OTEL_PROPAGATORS'],
      ['OTEL_TRACE_EXPORTER', 'OTEL_TRACES_EXPORTER'],
      ['OTEL_LOG_LEVLE', 'OTEL_LOG_LEVEL'],
      ['JAEGER_DISABLE', 'JAEGER_DISABLED'],
      ['JAEGER_REPORTER_FLUSH_INTERVL', 'JAEGER_REPORTER_FLUSH_INTERVAL'],
      ['JAEGER_SAMPLER_TYP', 'JAEGER_SAMPLER_TYPE'],
      ['PRETRACE_EXITTIMEOUT', 'PRETRACE_EXIT_TIMEOUT'],
      ['OTEL_EXPORTER_OTLP_HEADER', 'OTEL_EXPORTER_OTLP_HEADERS'],
    ]
    for (const [name, meant] of near)
      assert.match(linesOf({ [name]: 'x' }).join(), new RegExp(`^${name} .*mean ${meant}\\?$`))
  })

  it('is said without a guess where none is near', () => {
    assert.deepEqual(linesOf({ PRETRACE_SOMETHING_ELSE_ENTIRELY: 'x' }), [
      'PRETRACE_SOMETHING_ELSE_ENTIRELY is not a variable that pretrace knows and is not used',
    ])
  })

  it('is passed over when empty', () => {
    assert.deepEqual(linesOf({ OTEL_SERVICE_NMAE: ' ' }), [])
  })
})

describe('a name that this version does not serve', () => {
  const cases: readonly (readonly [name: string, instead: string])[] = [
    ['JAEGER_REPORTER_ATTEMPT_RECONNECTING_DISABLED', 'the agent is looked up again after each failure'],
    ['JAEGER_TRACEID_128BIT', 'new trace ids always have 128 bits'],
    ['OTEL_CONFIG_FILE', 'the environment alone is read'],
    ['OTEL_EXPERIMENTAL_CONFIG_FILE', 'the environment alone is read'],
    ['OTEL_BSP_EXPORT_TIMEOUT', 'a message may take 10000 ms'],
    ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', 'using 128'],
    ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', 'using 128'],
    ['OTEL_SPAN_ATTRIBUTE_PER_EVENT_COUNT_LIMIT', 'using 128'],
  ]
  for (const [name, instead] of cases) {
    it(`${name} is not called unknown, and what happens instead is said`, () => {
      assert.deepEqual(linesOf({ [name]: 'value' }), [`${name} is not supported by this version; ${instead}`])
    })
  }

  it('goes by what is configured otherwise', () => {
    assert.deepEqual(linesOf({ OTEL_BSP_EXPORT_TIMEOUT: '9', OTEL_EXPORTER_OTLP_TIMEOUT: '7' }), [
      'OTEL_BSP_EXPORT_TIMEOUT is not supported by this version; a message may take 7 ms',
    ])
  })

  it('is passed over where it asks for what happens anyway', () => {
    assert.deepEqual(linesOf({ OTEL_EXPORTER_OTLP_INSECURE: 'true' }), [])
  })
})

describe('a name that is somebody else’s', () => {
  const cases: readonly Environment[] = [
    { OTEL_METRICS_EXPORTER: 'otlp' },
    { OTEL_METRIC_EXPORT_INTERVAL: '1000' },
    { OTEL_LOGS_EXPORTER: 'none' },
    { OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '5' },
    { OTEL_BLRP_SCHEDULE_DELAY: '5' },
    { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: 'http://x' },
    { OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'a=b' },
    { OTEL_EXPORTER_PROMETHEUS_PORT: '9464' },
    { OTEL_SEMCONV_STABILITY_OPT_IN: 'http' },
    { OTEL_NODE_EXPERIMENTAL_SDK_METRICS: 'true' },
    { OTEL_PYTHON_LOG_CORRELATION: 'true' },
    { OTEL_JAVAAGENT_ENABLED: 'true' },
    { JAEGER_AGENT_PORT: 'tcp://10.0.0.1:6831' },
    { JAEGER_AGENT_SERVICE_HOST: '10.0.0.1', JAEGER_AGENT_SERVICE_PORT: '6831', JAEGER_AGENT_SERVICE_PORT_UDP: '6831' },
    { JAEGER_QUERY_PORT: 'tcp://10.0.0.1:80', JAEGER_QUERY_PORT_80_TCP: 'tcp://10.0.0.1:80' },
    { JAEGER_PORT_6831_UDP_ADDR: '10.0.0.1', JAEGER_PORT_6831_UDP_PROTO: 'udp', JAEGER_PORT: 'udp://10.0.0.1:6831' },
    { OTEL_COLLECTOR_SERVICE_HOST: '10.0.0.1', OTEL_COLLECTOR_PORT: 'tcp://10.0.0.1:4318' },
    { JAEGER_NAME: '/app/jaeger', JAEGER_ENV_SPAN_STORAGE_TYPE: 'memory' },
  ]
  for (const env of cases) {
    it(`${Object.keys(env).join(' and ')} passes in silence`, () => assert.deepEqual(linesOf(env), []))
  }
})
