import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig, type Environment } from '../../src/config/load.js'
import { spansUrl, zipkinExporter } from '../../src/export/zipkin.js'
import { HttpBackend, type Received } from '../support/backend.js'
import { preload, root, runNode, sourceOf, type App } from '../support/run.js'
import { tracing } from '../support/tracing.js'
import { readZipkin } from '../support/zipkin.js'

/** What a server gets of one span. */
async function requestFor(env: Environment, name = 'OTEL_EXPORTER_ZIPKIN_ENDPOINT'): Promise<Received> {
  const backend = await HttpBackend.start()
  try {
    const config = parseConfig({ OTEL_SERVICE_NAME: 'Shop', [name]: backend.url, ...env }, [])
    const exporter = zipkinExporter(config, '1.2.3')
    const { tracer, finished } = tracing()
    tracer.startSpan('span').finish()
    exporter.add(finished[0] as never)
    await exporter.flush()
    assert.equal(backend.received.length, 1)
    return backend.received[0] as Received
  } finally {
    await backend.stop()
  }
}

describe('the Zipkin exporter', () => {
  it('posts an array of spans, and asks not to be traced', async () => {
    const { method, path, headers, body } = await requestFor({})
    assert.deepEqual([method, path, headers['content-type']], ['POST', '/api/v2/spans', 'application/json'])
    assert.equal(headers['b3'], '0')
    assert.equal(headers['user-agent'], 'pretrace/1.2.3')
    assert.deepEqual(
      readZipkin(body).map(({ name }) => name),
      ['span'],
    )
  })

  it('says which service it is, and what else was said of it', async () => {
    const { body } = await requestFor({ OTEL_RESOURCE_ATTRIBUTES: 'zone=north,service.name=other' })
    const [span] = readZipkin(body)
    assert.equal(span?.localEndpoint?.serviceName, 'shop')
    assert.deepEqual(span?.tags, { zone: 'north' })
  })

  it('has a name of its own for the address', async () => {
    assert.equal((await requestFor({}, 'PRETRACE_ZIPKIN_ENDPOINT')).path, '/api/v2/spans')
  })

  it('takes an address as it is, or as a base where it has no path', () => {
    assert.equal(spansUrl('http://z:9411'), 'http://z:9411/api/v2/spans')
    assert.equal(spansUrl('http://z:9411/'), 'http://z:9411/api/v2/spans')
    assert.equal(spansUrl('http://z:9411/api/v2/spans'), 'http://z:9411/api/v2/spans')
    assert.equal(spansUrl('http://z/zipkin/in?key=v'), 'http://z/zipkin/in?key=v')
    assert.equal(spansUrl(parseConfig({}, []).zipkinEndpoint), 'http://localhost:9411/api/v2/spans')
  })

  it('joins a call and its serving in one trace, the server’s span the child of the client’s', async () => {
    const app: App = () => {
      const http = require('node:http')
      const server = http.createServer((_req: any, res: any) => res.end('ok'))
      server.listen(0, () =>
        http.get({ port: server.address().port, agent: false, path: '/p?q=1' }, (res: any) =>
          res.resume().on('close', () => server.close()),
        ),
      )
    }
    const backend = await HttpBackend.start()
    const env = { OTEL_TRACES_EXPORTER: 'zipkin', OTEL_EXPORTER_ZIPKIN_ENDPOINT: backend.url, OTEL_SERVICE_NAME: 'app' }
    const ran = await runNode(['-r', preload, '-e', sourceOf(app, [root])], { env })
    await backend.stop()
    assert.deepEqual([ran.code, ran.stderr], [0, ''])
    const spans = backend.received.flatMap(({ body }) => readZipkin(body))
    const [client, server] = ['CLIENT', 'SERVER'].map((kind) => spans.find((span) => span.kind === kind))
    assert.equal(spans.length, 2)
    assert.deepEqual([server?.traceId, server?.parentId], [client?.traceId, client?.id])
    assert.equal(client?.remoteEndpoint?.serviceName, 'localhost')
    assert.ok(server?.remoteEndpoint?.ipv4 !== undefined || server?.remoteEndpoint?.ipv6 !== undefined)
    assert.equal(server?.tags?.['http.path'], '/p')
  })
})
