import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig } from '../../src/config/load.js'
import type { Config } from '../../src/config/variables.js'

function parsed(env: Readonly<Record<string, string>>): { readonly config: Config; readonly lines: readonly string[] } {
  const lines: string[] = []
  const config = parseConfig(env, lines)
  return { config, lines }
}

function quiet(env: Readonly<Record<string, string>>): Config {
  const { config, lines } = parsed(env)
  assert.deepEqual(lines, [])
  return config
}

describe('sampling rules', () => {
  const rulesOf = (text: string): Config['samplingRules'] => quiet({ PRETRACE_SAMPLING_RULES: text }).samplingRules

  it('name a method, a path, a service, a span or everything', () => {
    assert.deepEqual(rulesOf('GET /health=0, /checkout/*=1, service:cart=0.5, name:nightly *=.5, POST=1, *=0.1'), [
      { method: 'GET', path: '/health', share: 0 },
      { path: '/checkout/*', share: 1 },
      { service: 'cart', share: 0.5 },
      { name: 'nightly *', share: 0.5 },
      { method: 'POST', share: 1 },
      { share: 0.1 },
    ])
  })

  it('may be of one service', () => {
    assert.deepEqual(rulesOf('service:cart GET /items/:id=0.5,service:web-* *=0.1, service:job name:a b=1'), [
      { service: 'cart', method: 'GET', path: '/items/:id', share: 0.5 },
      { service: 'web-*', share: 0.1 },
      { service: 'job', name: 'a b', share: 1 },
    ])
  })

  it('keep a share or so many a second, and may have = in their path', () => {
    assert.deepEqual(rulesOf('/a=b=0.5,/search = 2.5/s,get *=1'), [
      { path: '/a=b', share: 0.5 },
      { path: '/search', perSecond: 2.5 },
      { method: 'GET', share: 1 },
    ])
  })

  it('are skipped one by one where they are none', () => {
    const { config, lines } = parsed({ PRETRACE_SAMPLING_RULES: 'GET health=0,/a=2,/b=1,/c' })
    assert.deepEqual(config.samplingRules, [{ path: '/b', share: 1 }])
    assert.deepEqual(lines, [
      'PRETRACE_SAMPLING_RULES="GET health=0,/a=2,/b=1,/c" "GET health=0" is not a route, name:…, service:… or *, "/a=2" keeps neither a share from 0 to 1 nor so many traces a second, such as 5/s, "/c" is not pattern=share; using the other 1',
    ])
  })
})

describe('the argument of a sampler', () => {
  const using = (env: Readonly<Record<string, string>>): [unknown, readonly string[]] => {
    const { config, lines } = parsed(env)
    return [config.samplerArg, lines]
  }

  it('is held against the sampler', () => {
    const cases: readonly (readonly [env: Readonly<Record<string, string>>, used: unknown, line: string])[] = [
      [
        { JAEGER_SAMPLER_TYPE: 'probabilistic', JAEGER_SAMPLER_PARAM: '7' },
        1,
        'JAEGER_SAMPLER_PARAM="7" is not a number from 0 to 1, as probabilistic needs; using 1',
      ],
      [
        { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'initialSamplingRate=0.5' },
        1,
        'OTEL_TRACES_SAMPLER_ARG="initialSamplingRate=0.5" is not a number from 0 to 1, as traceidratio needs; using 1',
      ],
      [
        { JAEGER_SAMPLER_TYPE: 'ratelimiting' },
        1,
        'JAEGER_SAMPLER_PARAM is missing: ratelimiting needs the number of traces a second; using 1',
      ],
      [
        { JAEGER_SAMPLER_TYPE: 'remote', JAEGER_SAMPLER_PARAM: '7' },
        0.001,
        'JAEGER_SAMPLER_PARAM="7" is not a share from 0 to 1 to begin with; using 0.001',
      ],
    ]
    for (const [env, used, line] of cases) assert.deepEqual(using(env), [used, [line]])
  })

  it('is of no account for samplers that take none', () => {
    assert.deepEqual(using({ OTEL_TRACES_SAMPLER: 'always_on', OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://x' })[1], [])
  })

  it('is a number of traces a second, or the share to begin with', () => {
    assert.deepEqual(using({ JAEGER_SAMPLER_TYPE: 'ratelimiting', JAEGER_SAMPLER_PARAM: '2.5' }), [2.5, []])
    assert.deepEqual(using({ JAEGER_SAMPLER_TYPE: 'remote', JAEGER_SAMPLER_PARAM: '1' }), [1, []])
    assert.deepEqual(using({ JAEGER_SAMPLER_TYPE: 'remote' }), [0.001, []])
    assert.deepEqual(using({ OTEL_TRACES_SAMPLER: 'jaeger_remote' }), [0.001, []])
  })

  it('is a list for a remote sampler', () => {
    const config = quiet({
      OTEL_TRACES_SAMPLER: 'parentbased_jaeger_remote',
      OTEL_TRACES_SAMPLER_ARG: 'endpoint=http://agent:5778, pollingIntervalMs=5000,initialSamplingRate=0.25,',
    })
    assert.equal(config.samplingEndpoint, 'http://agent:5778/sampling')
    assert.equal(config.samplingInterval, 5000)
    assert.equal(config.samplerArg, 0.25)
  })

  it('loses the bad members of the list alone', () => {
    const text = 'endpoint=ftp://x,pollingIntervalMs=0,initialSamplingRate=0.5,speed=1'
    const { config, lines } = parsed({ OTEL_TRACES_SAMPLER: 'jaeger_remote', OTEL_TRACES_SAMPLER_ARG: text })
    assert.deepEqual([config.samplerArg, config.samplingInterval, config.samplingEndpoint], [0.5, 60_000, undefined])
    assert.equal(lines.length, 1)
    assert.match(
      lines[0] ?? '',
      /endpoint is not an http or https URL, pollingIntervalMs is not an integer of at least 1, "speed" is not one of endpoint, pollingIntervalMs, initialSamplingRate; using initialSamplingRate$/,
    )
  })
})

describe('the endpoint of a remote sampler', () => {
  const endpointOf = (endpoint: string): Config['samplingEndpoint'] =>
    quiet({ OTEL_TRACES_SAMPLER: 'jaeger_remote', OTEL_TRACES_SAMPLER_ARG: `endpoint=${endpoint}` }).samplingEndpoint

  it('needs neither scheme nor path', () => {
    assert.equal(endpointOf('agent:5778'), 'http://agent:5778/sampling')
    assert.equal(endpointOf('https://agent/strategies?a=b'), 'https://agent/strategies?a=b')
    assert.equal(endpointOf('http://collector:14268'), 'http://collector:14268/api/sampling')
  })

  it('is that of HTTP where gRPC’s is given, which is said', () => {
    for (const port of [14250, 5779]) {
      const { config, lines } = parsed({
        OTEL_TRACES_SAMPLER: 'jaeger_remote',
        OTEL_TRACES_SAMPLER_ARG: `endpoint=http://agent:${port}`,
      })
      assert.equal(config.samplingEndpoint, 'http://agent:5778/sampling')
      assert.deepEqual(lines, [
        'OTEL_TRACES_SAMPLER_ARG names a port of gRPC, which is not spoken; using http://agent:5778/sampling',
      ])
    }
  })
})

describe('the cases of a parent', () => {
  it('are one of four words or a share', () => {
    const config = quiet({
      PRETRACE_REMOTE_PARENT_SAMPLED: 'root',
      PRETRACE_REMOTE_PARENT_NOT_SAMPLED: '0.5',
      PRETRACE_LOCAL_PARENT_SAMPLED: 'ALWAYS_ON',
    })
    assert.equal(config.remoteParentSampled, 'root')
    assert.equal(config.remoteParentNotSampled, 0.5)
    assert.equal(config.localParentSampled, 'always_on')
    assert.equal(config.localParentNotSampled, 'parent')
  })

  it('are not for samplers that do not ask the parent, which is said', () => {
    const { lines } = parsed({ OTEL_TRACES_SAMPLER: 'always_on', PRETRACE_LOCAL_PARENT_SAMPLED: 'root' })
    assert.deepEqual(lines, [
      'PRETRACE_LOCAL_PARENT_SAMPLED is not used: always_on does not ask the parent; using always_on',
    ])
  })
})
