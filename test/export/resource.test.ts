import assert from 'node:assert/strict'
import { hostname, release } from 'node:os'
import { describe, it } from 'node:test'
import { parseConfig } from '../../src/config/load.js'
import { resourceOf, type Resource } from '../../src/export/resource.js'
import { Collector } from '../support/collector.js'
import { preload, runNode } from '../support/run.js'

const resourceWith = (env: Readonly<Record<string, string>>): Resource => resourceOf(parseConfig(env, []), '1.2.3')
const SDK = { 'telemetry.sdk.name': 'pretrace', 'telemetry.sdk.language': 'nodejs', 'telemetry.sdk.version': '1.2.3' }

describe('the resource', () => {
  it('tells of process, runtime, host and system', () => {
    const resource = resourceWith({ OTEL_SERVICE_NAME: 'shop', OTEL_NODE_RESOURCE_DETECTORS: 'process,host,os' })
    const { 'host.arch': arch, 'service.version': version, ...rest } = resource
    assert.match(String(arch), /^(amd64|arm64|arm32|x86|ppc64|s390x)$/)
    assert.equal(typeof version, 'string')
    assert.deepEqual(rest, {
      ...SDK,
      'process.pid': process.pid,
      'process.executable.name': 'node',
      'process.command': process.argv[1],
      'process.runtime.name': 'nodejs',
      'process.runtime.version': process.versions.node,
      'host.name': hostname(),
      'os.type': process.platform,
      'os.version': release(),
      'service.name': 'shop',
    })
  })

  it('tells all of it unless told otherwise', () => {
    const names = Object.keys(resourceWith({}))
    for (const name of ['process.pid', 'host.name', 'os.type', 'service.instance.id'])
      assert.ok(names.includes(name), name)
  })

  it('tells nothing else with none, but what the configuration says', () => {
    const resource = resourceWith({
      OTEL_NODE_RESOURCE_DETECTORS: 'none',
      JAEGER_TAGS: 'a=1',
      OTEL_SERVICE_NAME: 'shop',
    })
    const { 'service.version': _, ...rest } = resource
    assert.deepEqual(rest, { ...SDK, a: '1', 'service.name': 'shop' })
  })

  it('has one random instance id a process', () => {
    const env = { OTEL_NODE_RESOURCE_DETECTORS: 'serviceinstance' }
    const id = resourceWith(env)['service.instance.id']
    assert.match(String(id), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(resourceWith(env)['service.instance.id'], id)
    const given = resourceWith({ ...env, OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=mine' })
    assert.equal(given['service.instance.id'], 'mine')
  })

  it('is what the application says it is', () => {
    const env = { OTEL_RESOURCE_ATTRIBUTES: 'host.name=mine,service.name=lower,deployment.environment.name=a%20b' }
    const resource = resourceWith(env)
    assert.equal(resource['host.name'], 'mine')
    assert.equal(resource['service.name'], 'lower')
    assert.equal(resource['deployment.environment.name'], 'a b')
    assert.equal(resourceWith({ ...env, OTEL_SERVICE_NAME: 'upper' })['service.name'], 'upper')
  })

  it('goes by the name in package.json where no service name is given, and by none where there is none', async () => {
    const collector = await Collector.start()
    const program = `require(${JSON.stringify(preload.replace('register.js', ''))}).tracer.startSpan('s').finish()`
    // The collector does answer, but on a busy machine perhaps later than an exit would usually wait.
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PRETRACE_EXIT_TIMEOUT: '10000' }
    try {
      for (const cwd of [preload.replace('register.js', 'dist'), '/']) {
        const { stderr } = await runNode(['-r', preload, '-e', program], { cwd, env })
        assert.equal(stderr, '')
      }
    } finally {
      await collector.stop()
    }
    assert.deepEqual(
      collector.spans.map(({ service }) => service),
      ['pretrace', 'unknown_service:node'],
    )
  })
})
