import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseConfig } from '../../src/config/load.js'
import { otlpExporter, tracesUrl } from '../../src/export/otlp.js'
import { Collector } from '../support/collector.js'
import { tracing } from '../support/tracing.js'

const configOf = (env: Readonly<Record<string, string>>): ReturnType<typeof parseConfig> => parseConfig(env, [])

describe('the address', () => {
  const cases: readonly (readonly [base: string, url: string])[] = [
    ['http://h:4318', 'http://h:4318/v1/traces'],
    ['http://h:4318/', 'http://h:4318/v1/traces'],
    ['http://h/x', 'http://h/x/v1/traces'],
    ['http://h/x/', 'http://h/x/v1/traces'],
    ['https://h/x/?key=a%20b&c', 'https://h/x/v1/traces?key=a%20b&c'],
    ['http://h?key=v', 'http://h/v1/traces?key=v'],
    ['http://me:pw@h:1', 'http://me:pw@h:1/v1/traces'],
    ['http://[::1]:4318', 'http://[::1]:4318/v1/traces'],
    ['unix:///run/c.sock', 'unix:///run/c.sock:/v1/traces'],
    ['unix:/run/c.sock', 'unix:///run/c.sock:/v1/traces'],
    ['unix:///run/c.sock:/x/', 'unix:///run/c.sock:/x/v1/traces'],
    ['http+unix:///run/c.sock', 'unix:///run/c.sock:/v1/traces'],
    ['http+unix://%2Frun%2Fc.sock/x', 'unix:///run/c.sock:/x/v1/traces'],
  ]
  for (const [base, url] of cases) {
    it(`${base} is a base`, () => assert.equal(tracesUrl(configOf({ OTEL_EXPORTER_OTLP_ENDPOINT: base })), url))
  }

  it('is localhost where none is given', () => {
    assert.equal(tracesUrl(configOf({})), 'http://localhost:4318/v1/traces')
  })

  it('of traces is used as given, and wins', () => {
    for (const url of ['http://h', 'http://h/x', 'http://h/x/?a=b', 'http://h/v1/traces']) {
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://other', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url }
      assert.equal(tracesUrl(configOf(env)), url)
    }
  })

  it('of traces that is a socket gets the usual path, unless it has one', () => {
    const urlOf = (url: string): string => tracesUrl(configOf({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url }))
    assert.equal(urlOf('unix:///run/c.sock'), 'unix:///run/c.sock:/v1/traces')
    assert.equal(urlOf('unix:///run/c.sock:/in'), 'unix:///run/c.sock:/in')
  })
})

describe('the exporter', () => {
  async function requestFor(path: string, env: Readonly<Record<string, string>>): Promise<Collector['requests'][0]> {
    const collector = await Collector.start()
    try {
      const name = path === '' ? 'OTEL_EXPORTER_OTLP_ENDPOINT' : 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'
      const exporter = otlpExporter(configOf({ [name]: collector.url + path, ...env }), '1.2.3')
      const { tracer, finished } = tracing()
      tracer.startSpan('span').finish()
      exporter.add(finished[0] as never)
      await exporter.flush()
      assert.equal(collector.requests.length, 1)
      assert.deepEqual(
        collector.spans.map((span) => span.name),
        ['span'],
      )
      return collector.requests[0] as Collector['requests'][0]
    } finally {
      await collector.stop()
    }
  }

  it('posts to the base’s v1/traces', async () => {
    assert.equal((await requestFor('', {})).path, '/v1/traces')
  })

  it('posts to the address of traces as it is, query and all', async () => {
    assert.equal((await requestFor('/in?key=a%20b', {})).path, '/in?key=a%20b')
    assert.equal((await requestFor('/', {})).path, '/')
  })

  it('posts no more than a mebibyte at once, however many spans a message may have', async () => {
    const collector = await Collector.start()
    try {
      const exporter = otlpExporter(configOf({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }), '1.2.3')
      const { tracer, finished } = tracing()
      for (let i = 0; i < 1000; i++) tracer.startSpan('span', { tags: { long: `${i}${'x'.repeat(3000)}` } }).finish()
      for (const record of finished) exporter.add(record)
      await exporter.flush()
      const lengths = collector.requests.map(({ headers }) => Number(headers['content-length']))
      assert.equal(collector.spans.length, 1000)
      assert.equal(lengths.length, 3)
      assert.ok(
        lengths.every((length) => length < 1.1 * 2 ** 20),
        String(lengths),
      )
    } finally {
      await collector.stop()
    }
  })

  it('says what it sends and who it is', async () => {
    const { headers } = await requestFor('', {})
    assert.equal(headers['content-type'], 'application/x-protobuf')
    assert.equal(headers['content-encoding'], undefined)
    assert.equal(headers['user-agent'], 'pretrace-OTLP-Exporter-nodejs/1.2.3')
    assert.equal(headers['traceparent'], undefined)
    assert.equal(headers['x-b3-traceid'], undefined)
  })

  it('speaks JSON where that is asked for, and compresses either', async () => {
    for (const protocol of ['http/json', 'http/protobuf']) {
      const env = { OTEL_EXPORTER_OTLP_PROTOCOL: protocol, OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' }
      const { headers } = await requestFor('', env)
      assert.equal(headers['content-type'], protocol === 'http/json' ? 'application/json' : 'application/x-protobuf')
      assert.equal(headers['content-encoding'], 'gzip')
    }
  })

  it('sends the headers of both variables, those for traces first, in whatever case', async () => {
    const { headers } = await requestFor('', {
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=general,x-a=a%20b%3D',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'authorization=traces,X-B=2,Content-Type=text/plain,User-Agent=mine',
    })
    assert.equal(headers['authorization'], 'traces')
    assert.equal(headers['x-a'], 'a b=')
    assert.equal(headers['x-b'], '2')
    assert.equal(headers['content-type'], 'application/x-protobuf')
    assert.equal(headers['user-agent'], 'mine')
  })
})
