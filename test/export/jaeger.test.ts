import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { parseConfig, type Environment } from '../../src/config/load.js'
import { collectorUrl, jaegerExporter } from '../../src/export/jaeger.js'
import { ledger } from '../../src/ledger.js'
import { HttpBackend, UdpBackend, type Received } from '../support/backend.js'
import { preload, root, runNode, sourceOf, type App } from '../support/run.js'
import { said } from '../support/said.js'
import { decodeBatch, decodeCall, values } from '../support/thrift.js'
import { tracing, type Traced } from '../support/tracing.js'
import { until } from '../support/until.js'

function exporterFor(env: Environment) {
  const lines: string[] = []
  const exporter = jaegerExporter(parseConfig({ OTEL_SERVICE_NAME: 'shop', ...env }, lines), '1.2.3')
  assert.deepEqual(lines, [])
  return exporter
}

function dropped(): number {
  return ledger.exporters['jaeger']?.dropped['too-large'] ?? 0
}

/** Finishes spans of these names, each with a tag of so many characters. */
function spans(names: readonly string[], size = 0): Traced['finished'] {
  const { tracer, finished } = tracing({ OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1000000' })
  for (const name of names) tracer.startSpan(name, { tags: { text: 'x'.repeat(size) } }).finish()
  return finished
}

describe('Jaeger over HTTP', () => {
  let backend: HttpBackend
  beforeEach(async () => {
    backend = await HttpBackend.start()
  })
  afterEach(() => backend.stop())

  async function requestFor(env: Environment): Promise<Received> {
    const exporter = exporterFor({ JAEGER_ENDPOINT: `${backend.url}/api/traces`, ...env })
    for (const record of spans(['a', 'b'])) exporter.add(record)
    await exporter.flush()
    assert.equal(backend.received.length, 1)
    return backend.received[0] as Received
  }

  it('posts a bare batch by the binary protocol', async () => {
    const { method, path, headers, body } = await requestFor({})
    assert.deepEqual([method, path, headers['content-type']], ['POST', '/api/traces', 'application/x-thrift'])
    assert.equal(headers['user-agent'], 'pretrace/1.2.3')
    assert.equal(headers.authorization, undefined)
    const batch = decodeBatch(body, 'binary')
    assert.equal(batch.service, 'shop')
    assert.deepEqual(
      batch.spans.map(({ name }) => name),
      ['a', 'b'],
    )
  })

  it('tells of the process what Jaeger’s own clients tell, and the resource', async () => {
    const { body } = await requestFor({ JAEGER_TAGS: 'zone=north' })
    const tags = values(decodeBatch(body, 'binary').tags)
    assert.equal(tags['jaeger.version'], 'pretrace-1.2.3')
    assert.equal(tags['hostname'], tags['host.name'])
    assert.equal(tags['process.pid'], BigInt(process.pid))
    assert.equal(tags['zone'], 'north')
    assert.equal(tags['service.name'], undefined)
  })

  it('says who it is by user and password, or by a token', async () => {
    const basic = await requestFor({ JAEGER_USER: 'me', JAEGER_PASSWORD: 'p:w' })
    assert.equal(basic.headers.authorization, `Basic ${Buffer.from('me:p:w').toString('base64')}`)
    backend.received.length = 0
    const bearer = await requestFor({ JAEGER_USER: 'me', JAEGER_PASSWORD: 'pw', JAEGER_AUTH_TOKEN: 'abc' })
    assert.equal(bearer.headers.authorization, 'Bearer abc')
    backend.received.length = 0
    assert.equal((await requestFor({ JAEGER_USER: 'me' })).headers.authorization, undefined)
  })

  it('takes an address as it is, or as a base where it has no path', () => {
    assert.equal(collectorUrl('http://j:14268'), 'http://j:14268/api/traces')
    assert.equal(collectorUrl('http://j:14268/'), 'http://j:14268/api/traces')
    assert.equal(collectorUrl('https://j/x?format=jaeger.thrift'), 'https://j/x?format=jaeger.thrift')
  })
})

describe('Jaeger over UDP', () => {
  let agent: UdpBackend
  beforeEach(async () => {
    agent = await UdpBackend.start()
  })
  afterEach(() => agent.stop())

  const toAgent = (env: Environment = {}) =>
    exporterFor({ JAEGER_AGENT_HOST: 'localhost', JAEGER_AGENT_PORT: String(agent.port), ...env })

  it('sends calls of emitBatch by the compact protocol', async () => {
    const exporter = toAgent()
    for (const record of spans(['a', 'b'])) exporter.add(record)
    await exporter.flush()
    await agent.got(1)
    const batch = decodeCall(agent.received[0] as Buffer, 'compact')
    assert.equal(batch.service, 'shop')
    assert.deepEqual(
      batch.spans.map(({ name }) => name),
      ['a', 'b'],
    )
  })

  it('sends by the binary protocol where that is asked for', async () => {
    const exporter = toAgent({ OTEL_EXPORTER_JAEGER_PROTOCOL: 'udp/thrift.binary' })
    for (const record of spans(['a'])) exporter.add(record)
    await exporter.flush()
    await agent.got(1)
    assert.equal(decodeCall(agent.received[0] as Buffer, 'binary').spans[0]?.name, 'a')
  })

  it('keeps each datagram within 65,000 bytes, and counts a span that is larger', async () => {
    const exporter = toAgent()
    const before = dropped()
    const names = Array.from({ length: 20 }, (_, index) => `s${index}`)
    const lines = await said(async () => {
      for (const record of [...spans(names, 10_000), ...spans(['huge'], 70_000)]) exporter.add(record)
      await exporter.flush()
    })
    await agent.got(4)
    assert.ok(agent.received.every(({ length }) => length <= 65_000))
    assert.deepEqual(
      agent.received.flatMap((datagram) => decodeCall(datagram, 'compact').spans.map(({ name }) => name)),
      names,
    )
    assert.equal(dropped() - before, 1)
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /larger than the 65000 bytes of a datagram/)
  })

  it('says that nobody listens, and finds the agent once it does', async () => {
    const { port } = agent
    await agent.stop()
    const exporter = exporterFor({ JAEGER_AGENT_HOST: '127.0.0.1', JAEGER_AGENT_PORT: String(port) })
    const lines = await said(async (lines) => {
      exporter.add(spans(['lost'])[0] as never)
      await exporter.flush()
      // It is told by an event of the socket.
      await until(() => lines.length > 0)
    })
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', new RegExp(`no spans reach udp://127.0.0.1:${port}: .*ECONNREFUSED`))
    agent = await UdpBackend.start(port)
    exporter.add(spans(['found'])[0] as never)
    await exporter.flush()
    await agent.got(1)
    assert.equal(decodeCall(agent.received[0] as Buffer, 'compact').spans[0]?.name, 'found')
  })

  it('reports a host that does not exist, once', async (context) => {
    // Other tests' agents have had their line.
    const later = performance.now() + 600_000
    context.mock.method(performance, 'now', () => later)
    const exporter = exporterFor({ JAEGER_AGENT_HOST: 'nowhere.invalid' })
    const lines = await said(async () => {
      for (const record of spans(['a', 'b'])) {
        exporter.add(record)
        await exporter.flush()
      }
    })
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', /no spans reach udp:\/\/nowhere.invalid:6832: /)
  })

  const app: App = (library: string, way: string) => {
    const { tracer } = require(library)
    tracer.startSpan('last').finish()
    if (way === 'exit') process.exit(3)
    if (way === 'signal') process.kill(process.pid, 'SIGTERM')
  }
  const env = (): Record<string, string> => ({ JAEGER_AGENT_HOST: '127.0.0.1', JAEGER_AGENT_PORT: String(agent.port) })

  for (const [way, code, signal] of [
    ['exit', 3, null],
    ['signal', null, 'SIGTERM'],
    ['end of work', 0, null],
  ] as const) {
    it(`delivers the last spans of a process that ends by ${way}`, async () => {
      const ran = await runNode(['-r', preload, '-e', sourceOf(app, [root, way])], { env: env() })
      assert.deepEqual(ran, { code, signal, stdout: '', stderr: '' })
      await agent.got(1)
      assert.equal(decodeCall(agent.received[0] as Buffer, 'compact').spans[0]?.name, 'last')
    })
  }

  it('keeps no process alive', async () => {
    const waiting: App = (library: string) => {
      const { tracer, flush } = require(library)
      tracer.startSpan('span').finish()
      const alive = setInterval(() => undefined, 1000)
      flush().then(() => {
        console.log('flushed')
        clearInterval(alive)
      })
    }
    const ran = await runNode(['-r', preload, '-e', sourceOf(waiting, [root])], { env: env() })
    assert.deepEqual(ran, { code: 0, signal: null, stdout: 'flushed\n', stderr: '' })
  })
})
