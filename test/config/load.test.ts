import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig, type Environment } from '../../src/config/load.js'
import type { Config } from '../../src/config/variables.js'

interface Parsed {
  readonly config: Config
  readonly lines: readonly string[]
}

function parsed(env: Environment): Parsed {
  const lines: string[] = []
  return { config: parseConfig(env, lines), lines }
}

function quiet(env: Environment): Config {
  const { config, lines } = parsed(env)
  assert.deepEqual(lines, [])
  return config
}

describe('an environment', () => {
  it('without our variables gives the defaults', () => {
    const config = quiet({ PATH: '/bin', NODE_ENV: 'x', OTELX: '1', MY_JAEGER_THING: '1' })
    assert.deepEqual(config.propagators, ['b3multi', 'jaeger', 'tracecontext', 'baggage'])
    assert.deepEqual(config.exporters, ['otlp'])
    assert.equal(config.sampler, 'parentbased_always_on')
    assert.equal(config.endpoint, 'http://localhost:4318')
  })

  it('with six bad values gives six lines and six defaults', () => {
    const { config, lines } = parsed({
      OTEL_PROPAGATORS: 'b33',
      OTEL_TRACES_EXPORTER: 'nowhere',
      OTEL_TRACES_SAMPLER: 'sometimes',
      OTEL_TRACES_SAMPLER_ARG: '7',
      OTEL_BSP_MAX_QUEUE_SIZE: '-1',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost',
    })
    assert.deepEqual(config, quiet({}))
    assert.deepEqual(lines, [
      'OTEL_PROPAGATORS="b33" "b33" is not one of b3multi, b3, jaeger, tracecontext, baggage, xray, ottrace, gcp, sw8, none; using b3multi,jaeger,tracecontext,baggage',
      'OTEL_TRACES_SAMPLER="sometimes" is not one of always_on, always_off, traceidratio, jaeger_remote, parentbased_always_on, parentbased_always_off, parentbased_traceidratio, parentbased_jaeger_remote; using parentbased_always_on',
      'OTEL_TRACES_SAMPLER_ARG="7" is not a number from 0 to 1; using 1',
      'OTEL_TRACES_EXPORTER="nowhere" "nowhere" is not one of otlp, zipkin, jaeger, otlp_file, chrome, console, none; using otlp',
      'OTEL_EXPORTER_OTLP_ENDPOINT="localhost" is not an http or https URL; using http://localhost:4318',
      'OTEL_BSP_MAX_QUEUE_SIZE="-1" is not an integer of at least 1; using 4096',
    ])
  })
})

describe('a host', () => {
  it('is a name or an address', () => {
    for (const host of ['jaeger.local', 'agent-1', '10.0.0.1', '::1', 'bücher.example'])
      assert.equal(quiet({ JAEGER_AGENT_HOST: host }).jaegerAgentHost, host)
  })

  it('is nothing of which no URL can be made', () => {
    for (const host of ['*=0.1', 'agent:6831', 'http://agent', 'me@agent', 'a b', '1.2.3.4.5']) {
      const { config, lines } = parsed({ PRETRACE_VIEWER_HOST: host })
      assert.equal(config.viewerHost, undefined)
      assert.deepEqual(lines, [`PRETRACE_VIEWER_HOST="${host}" is not a host; using none`])
    }
  })
})

describe('a list', () => {
  it('loses its bad members only', () => {
    const { config, lines } = parsed({ OTEL_PROPAGATORS: 'b3,b33, TraceContext ,b3' })
    assert.deepEqual(config.propagators, ['b3', 'tracecontext'])
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /"b33" is not one of .*; using b3,tracecontext$/)
  })

  it('of resource attributes is lost whole with one bad member', () => {
    const { config, lines } = parsed({ OTEL_RESOURCE_ATTRIBUTES: 'a=1,b=%zz' })
    assert.deepEqual(config.resource, {})
    assert.equal(lines.length, 1)
  })

  it('of none switches off', () => {
    assert.deepEqual(quiet({ OTEL_PROPAGATORS: 'none' }).propagators, [])
    assert.deepEqual(quiet({ OTEL_TRACES_EXPORTER: 'None' }).exporters, [])
  })

  it('of none and others means the others', () => {
    const { config, lines } = parsed({ OTEL_PROPAGATORS: 'none,b3', OTEL_TRACES_EXPORTER: 'otlp,none' })
    assert.deepEqual(config.propagators, ['b3'])
    assert.deepEqual(config.exporters, ['otlp'])
    assert.deepEqual(lines, [
      'OTEL_PROPAGATORS="none,b3" says none and more; using b3',
      'OTEL_TRACES_EXPORTER="otlp,none" says none and more; using otlp',
    ])
  })
})

describe('two names for one thing', () => {
  it('with one value are no conflict', () => {
    assert.equal(quiet({ OTEL_SERVICE_NAME: 'a', JAEGER_SERVICE_NAME: 'a' }).serviceName, 'a')
    assert.deepEqual(quiet({ OTEL_TRACES_EXPORTER: 'otlp', JAEGER_REPORTER_LOG_SPANS: 'false' }).exporters, ['otlp'])
  })

  it('with two values go by the first, in one line', () => {
    const { config, lines } = parsed({ JAEGER_SERVICE_NAME: 'b', OTEL_SERVICE_NAME: 'a' })
    assert.equal(config.serviceName, 'a')
    assert.deepEqual(lines, ['JAEGER_SERVICE_NAME is not used: OTEL_SERVICE_NAME is set too and comes first; using a'])
  })

  it('of which the first is bad go by the second, and the line says so', () => {
    const { config, lines } = parsed({ OTEL_TRACES_SAMPLER: 'nonsense', JAEGER_SAMPLER_TYPE: 'const' })
    assert.equal(config.sampler, 'const')
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /^OTEL_TRACES_SAMPLER="nonsense" .*; using const$/)
  })

  it('of which one speaks of all signals are no conflict: that of traces counts', () => {
    assert.equal(quiet({ OTEL_EXPORTER_OTLP_TIMEOUT: '1', OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '2' }).exportTimeout, 2)
    assert.equal(quiet({ OTEL_ATTRIBUTE_COUNT_LIMIT: '1', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2' }).tagCount, 2)
    const protocols = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' }
    assert.equal(parsed(protocols).config.protocol, 'http/json')
  })
})

describe('values that do not go together', () => {
  it('are a batch larger than the queue', () => {
    const { config, lines } = parsed({ OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '20' })
    assert.equal(config.batchSize, 10)
    assert.deepEqual(lines, ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE="20" is more than the queue holds; using 10'])
  })

  it('are not a small queue and the usual batch: nobody asked for that', () => {
    assert.equal(quiet({ OTEL_BSP_MAX_QUEUE_SIZE: '10' }).batchSize, 10)
  })

  it('are a constant sampler and a share', () => {
    const { config, lines } = parsed({ JAEGER_SAMPLER_TYPE: 'const', JAEGER_SAMPLER_PARAM: '0.5' })
    assert.equal(config.samplerArg, 1)
    assert.deepEqual(lines, ['JAEGER_SAMPLER_PARAM="0.5" is neither 0 nor 1, as const needs; using 1'])
    assert.equal(quiet({ JAEGER_SAMPLER_TYPE: 'const', JAEGER_SAMPLER_PARAM: '0' }).samplerArg, 0)
  })
})

describe('Jaeger’s variables', () => {
  it('LOG_SPANS=false is not true', () => {
    assert.deepEqual(quiet({ JAEGER_REPORTER_LOG_SPANS: 'false' }).exporters, ['otlp'])
    assert.deepEqual(quiet({ JAEGER_REPORTER_LOG_SPANS: 'true' }).exporters, ['otlp', 'console'])
  })

  it('TAGS take values from other variables, with defaults', () => {
    const env = { JAEGER_TAGS: 'a=${A:x},b=${B:x},c=${C:},d=${D}, e = f=g ', A: '1' }
    assert.deepEqual(quiet(env).resource, { a: '1', b: 'x', c: '', d: '', e: 'f=g' })
  })

  it('TAGS without = throw nothing and lose that tag alone', () => {
    const { config, lines } = parsed({ JAEGER_TAGS: 'a=1,b,c=${SECRET}', SECRET: 'hush' })
    assert.deepEqual(config.resource, { a: '1', c: 'hush' })
    assert.deepEqual(lines, ['JAEGER_TAGS="a=1,b,c=${SECRET}" "b" is not key=value; using a,c'])
  })

  it('name Jaeger as the place where spans go, as long as nothing else is named', () => {
    const addresses = [
      { JAEGER_ENDPOINT: 'http://j:14268/api/traces' },
      { JAEGER_AGENT_HOST: 'j' },
      { JAEGER_AGENT_PORT: '6831' },
      { OTEL_EXPORTER_JAEGER_AGENT_HOST: 'j' },
    ]
    for (const env of addresses) {
      assert.deepEqual(quiet(env).exporters, ['jaeger'])
      assert.deepEqual(quiet({ ...env, JAEGER_REPORTER_LOG_SPANS: 'true' }).exporters, ['jaeger', 'console'])
      assert.deepEqual(quiet({ ...env, OTEL_TRACES_EXPORTER: 'zipkin' }).exporters, ['zipkin'])
      assert.deepEqual(quiet({ ...env, OTEL_TRACES_EXPORTER: 'none' }).exporters, [])
    }
    assert.deepEqual(quiet({ JAEGER_USER: 'me', JAEGER_SERVICE_NAME: 'shop' }).exporters, ['otlp'])
    assert.deepEqual(quiet({ JAEGER_AGENT_PORT: 'tcp://10.0.0.1:6831' }).exporters, ['otlp'])
  })

  it('give way to the address of an OTLP collector, and that is said', () => {
    for (const otlp of ['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) {
      const { config, lines } = parsed({ JAEGER_AGENT_HOST: 'j', [otlp]: 'http://c:4318' })
      assert.deepEqual(config.exporters, ['otlp'])
      assert.deepEqual(lines, [`JAEGER_AGENT_HOST is not used: ${otlp} is set too and comes first; using otlp`])
    }
  })

  it('PROPAGATION knows w3c', () => {
    assert.deepEqual(quiet({ JAEGER_PROPAGATION: 'w3c,b3' }).propagators, ['tracecontext', 'baggage', 'b3multi'])
  })
})

describe('JAEGER_TAGS and OTEL_RESOURCE_ATTRIBUTES', () => {
  it('are one, and the latter counts where both name a key', () => {
    const { config, lines } = parsed({ JAEGER_TAGS: 'a=1,b=2', OTEL_RESOURCE_ATTRIBUTES: 'b=3,c=4' })
    assert.deepEqual(config.resource, { a: '1', b: '3', c: '4' })
    assert.deepEqual(lines, [])
  })
})

describe('a value that exists and comes later', () => {
  const cases: readonly (readonly [name: string, value: string, used: string])[] = [
    ['OTEL_TRACES_EXPORTER', 'logging', 'otlp'],
    ['OTEL_TRACES_EXPORTER', 'otlp/stdout,console', 'console'],
    ['OTEL_EXPORTER_JAEGER_PROTOCOL', 'grpc', 'none'],
    ['OTEL_TRACES_SAMPLER', 'xray', 'parentbased_always_on'],
    ['JAEGER_SAMPLER_TYPE', 'lowerbound', 'parentbased_always_on'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'http/protobuf'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc', 'http/protobuf'],
  ]
  for (const [name, value, used] of cases) {
    it(`${name}=${value} is not called unknown`, () => {
      const { lines } = parsed({ [name]: value })
      assert.equal(lines.length, 1)
      assert.match(lines[0] ?? '', /is not supported by this version; using /)
      assert.ok(lines[0]?.startsWith(`${name}=`) && lines[0].endsWith(`using ${used}`), lines[0])
    })
  }
})

describe('a secret', () => {
  it('is in no line, be it in headers or in an address', () => {
    const { config, lines } = parsed({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hush,broken',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x=hush%0A',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:hush@host:99999',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'htp://hush@host',
      JAEGER_PASSWORD: 'hush',
      JAEGER_AUTH_TOKEN: 'hush',
      JAEGER_TOKN: 'hush',
      JAEGER_ENDPOINT: 'http://me:hush@host:99999',
    })
    assert.equal(lines.length, 6)
    assert.doesNotMatch(lines.join('\n'), /hush/)
    assert.deepEqual(config.headers, {})
  })

  it('need not be percent-encoded in headers, whose names know no case', () => {
    const { headers } = quiet({ OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20YTpi==,X-Token=a+b' })
    assert.deepEqual(headers, { authorization: 'Basic YTpi==', 'x-token': 'a+b' })
  })
})
