/**
 * The viewer over HTTP: what goes in, and what comes out again.
 */
import assert from 'node:assert/strict'
import { get } from 'node:http'
import { after, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { EndpointList, Opened, ServiceList, ServiceMap, Status, TraceSummary } from '../../viewer/model/api.js'
import { encodeOtlpProtobuf } from '../support/otlp-schema.js'
import { idOf, NOON, otlp, TestViewer, type Sketch } from '../support/viewer.js'

const REQUEST: readonly Sketch[] = [
  { trace: 'one', id: 'root', name: 'GET /buy', kind: 'server', service: 'front', duration: 50, tags: { 'http.route': '/buy' } },
  { trace: 'one', id: 'call', parent: 'root', name: 'GET', kind: 'client', service: 'front', start: 5, duration: 30 },
  { trace: 'one', id: 'serve', parent: 'call', name: 'GET /stock', kind: 'server', service: 'back', start: 10, duration: 20 },
  {
    trace: 'one',
    id: 'query',
    parent: 'serve',
    name: 'SELECT stock',
    kind: 'client',
    service: 'back',
    start: 12,
    duration: 10,
    failed: true,
    tags: { 'db.system.name': 'postgresql', 'db.namespace': 'shop', 'server.address': 'db', 'http.status_code': 500 },
  },
]

describe('the viewer', () => {
  let viewer: TestViewer

  beforeEach(async () => {
    await viewer?.close()
    viewer = await TestViewer.start()
  })
  after(() => viewer.close())

  it('listens on loopback alone, of both kinds', () => {
    assert.match(viewer.url, /^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('takes OTLP as protobuf and as JSON, packed and plain', async () => {
    const json = (trace: string): object => otlp([{ trace, id: 'a' }])
    const protobuf = { 'content-type': 'application/x-protobuf' }
    const text = { 'content-type': 'application/json' }
    const zipped = { 'content-encoding': 'gzip' }
    const bodies = [
      [protobuf, encodeOtlpProtobuf(json('a'))],
      [{ ...protobuf, ...zipped }, gzipSync(encodeOtlpProtobuf(json('b')))],
      [text, JSON.stringify(json('c'))],
      [{ ...text, ...zipped }, gzipSync(JSON.stringify(json('d')))],
    ] as const
    for (const [headers, body] of bodies) {
      const answer = await viewer.ask('/v1/traces', { method: 'POST', headers, body })
      assert.equal(answer.status, 200)
      assert.equal(answer.headers['content-type']?.split(';')[0], headers['content-type'])
      assert.equal(answer.body, headers['content-type'] === protobuf['content-type'] ? '' : '{}')
    }
    assert.equal((await viewer.traces()).total, 4)
  })

  it('says how many spans it could not take', async () => {
    const spans = [{ traceId: 'a', spanId: 'nonsense' }, { traceId: 'a', spanId: 'b' }]
    const { body } = await viewer.post({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    assert.equal((JSON.parse(body) as { partialSuccess: { rejectedSpans: string } }).partialSuccess.rejectedSpans, '1')
    assert.equal((await viewer.json<Status>('/api/status')).droppedSpans, 1)
  })

  it('takes Zipkin’s spans', async () => {
    await viewer.send([{ traceId: 'abc', id: 'b', name: 'get', timestamp: NOON * 1000, localEndpoint: { serviceName: 'z' } }], '/api/v2/spans')
    assert.deepEqual((await viewer.traces()).traces.map(({ id, service }) => [id, service]), [['0000000000000abc', 'z']])
  })

  it('opens files', async () => {
    const opened = async (body: string): Promise<Opened> => {
      const answer = await viewer.ask('/api/open', { method: 'POST', body })
      assert.equal(answer.status, 200, answer.body)
      return JSON.parse(answer.body) as Opened
    }
    const lines = `${JSON.stringify(otlp(REQUEST))}\n${JSON.stringify(otlp([{ trace: 'two', id: 'a' }]))}\n`
    assert.deepEqual(await opened(lines), { format: 'otlp', traceIds: [idOf('one'), idOf('two')], spans: 5 })
    assert.equal((await opened('[{"traceId":"1","id":"2"}]')).format, 'zipkin')
    assert.equal((await opened('{"data":[]}')).format, 'jaeger')
    const { status, body } = await viewer.ask('/api/open', { method: 'POST', body: 'not a trace' })
    assert.deepEqual([status, JSON.parse(body)], [400, { error: 'this is neither JSON nor lines of JSON' }])
  })

  it('tells of a trace what it was told', async () => {
    await viewer.send(otlp(REQUEST))
    const [summary] = (await viewer.traces()).traces as [TraceSummary]
    assert.deepEqual(summary, {
      id: idOf('one'),
      service: 'front',
      name: 'GET /buy',
      start: NOON,
      duration: 50,
      spans: 4,
      errors: 1,
      failed: false,
      slow: false,
      incomplete: false,
      services: [
        { name: 'front', spans: 2 },
        { name: 'back', spans: 2 },
      ],
    })
    const { trace, runtime } = await viewer.trace(idOf('one'))
    assert.deepEqual(runtime, [])
    assert.deepEqual(trace.processes.map(({ service, instance }) => [service, instance]), [
      ['front', 'front-1'],
      ['back', 'back-1'],
    ])
    assert.deepEqual(trace.spans.map(({ name, process }) => [name, process]), [
      ['GET /buy', 0],
      ['GET', 0],
      ['GET /stock', 1],
      ['SELECT stock', 1],
    ])
    assert.deepEqual([trace.spans[3]?.failed, trace.spans[3]?.error], [true, 'it broke'])
    assert.equal((await viewer.ask(`/api/traces/${idOf('nobody')}`)).status, 404)
  })

  it('counts a span that is sent twice once', async () => {
    await viewer.send(otlp(REQUEST))
    await viewer.send(otlp(REQUEST))
    const { traces } = await viewer.traces()
    assert.equal(traces[0]?.spans, 4)
    assert.equal((await viewer.json<Status>('/api/status')).spans, 4)
  })

  it('knows a trace that is not whole', async () => {
    await viewer.send(otlp(REQUEST.slice(1)))
    const [summary] = (await viewer.traces()).traces
    assert.deepEqual([summary?.incomplete, summary?.name], [true, 'GET'])
    await viewer.send(otlp(REQUEST.slice(0, 1)))
    assert.deepEqual((await viewer.traces()).traces.map(({ incomplete, name }) => [incomplete, name]), [[false, 'GET /buy']])
  })

  describe('asked for some traces', () => {
    const named = async (parameters: string): Promise<string[]> =>
      (await viewer.traces(parameters)).traces.map(({ name }) => name).sort()

    beforeEach(async () => {
      await viewer.send(otlp(REQUEST))
      await viewer.send(
        otlp([
          { trace: 'two', id: 'x', name: 'GET /list', kind: 'server', service: 'front', start: 1000, duration: 5, tags: { user: 'Ada', vip: true } },
          { trace: 'three', id: 'y', name: 'tick', service: 'clock', start: 2000, duration: 500, failed: true },
        ]),
      )
    })

    it('filters by service, operation, status, duration and time', async () => {
      assert.deepEqual(await named(''), ['GET /buy', 'GET /list', 'tick'])
      assert.deepEqual(await named('?service=back'), ['GET /buy'])
      assert.deepEqual(await named('?operation=SELECT%20stock'), ['GET /buy'])
      assert.deepEqual(await named('?service=front&operation=SELECT%20stock'), [])
      assert.deepEqual(await named('?status=error'), ['GET /buy', 'tick'])
      assert.deepEqual(await named('?status=ok'), ['GET /list'])
      assert.deepEqual(await named('?minDuration=10&maxDuration=100'), ['GET /buy'])
      assert.deepEqual(await named(`?from=${NOON + 500}&to=${NOON + 1500}`), ['GET /list'])
    })

    it('filters by tags of spans and processes, all of them', async () => {
      assert.deepEqual(await named('?tag=user%3DAda'), ['GET /list'])
      assert.deepEqual(await named('?tag=user%3Dada'), [])
      assert.deepEqual(await named('?tag=vip%3Dtrue&tag=user'), ['GET /list'])
      assert.deepEqual(await named('?tag=http.status_code%3D500'), ['GET /buy'])
      assert.deepEqual(await named('?tag=service.name%3Dclock'), ['tick'])
      assert.deepEqual(await named('?tag=constructor'), [])
    })

    it('finds text anywhere, whatever its case and its signs', async () => {
      assert.deepEqual(await named('?text=ADA'), ['GET /list'])
      assert.deepEqual(await named('?text=it+BROKE'), ['GET /buy', 'tick'])
      assert.deepEqual(await named('?text=postgre'), ['GET /buy'])
      assert.deepEqual(await named('?text=(.*'), [])
    })

    it('goes from page to page, the newest first', async () => {
      const first = await viewer.traces('?limit=2')
      assert.deepEqual([first.total, first.traces.map(({ name }) => name)], [3, ['tick', 'GET /list']])
      const second = await viewer.traces(`?limit=2&before=${first.traces[1]?.id}`)
      assert.deepEqual(second.traces.map(({ name }) => name), ['GET /buy'])
    })

    it('refuses what cannot be meant', async () => {
      for (const parameters of ['?limit=many', '?status=bad', '?from=-1', '?minDuration=1e999', `?text=${'x'.repeat(2000)}`]) {
        const { status, body } = await viewer.ask(`/api/traces${parameters}`)
        assert.equal(status, 400, parameters)
        assert.equal(typeof (JSON.parse(body) as { error: unknown }).error, 'string')
      }
    })
  })

  it('knows services and their operations', async () => {
    await viewer.send(otlp(REQUEST))
    assert.deepEqual((await viewer.json<ServiceList>('/api/services')).services, [
      { name: 'back', operations: ['GET /stock', 'SELECT stock'] },
      { name: 'front', operations: ['GET', 'GET /buy'] },
    ])
  })

  it('counts and times what is entered and what is called', async () => {
    for (let i = 1; i <= 100; i++) {
      await viewer.send(otlp([{ trace: `t${i}`, id: 'a', name: 'GET /x', kind: 'server', start: i * 100, duration: i, failed: i > 90 }]))
    }
    const { endpoints, from, to } = await viewer.json<EndpointList>('/api/endpoints')
    assert.deepEqual([from, to], [NOON + 100, NOON + 10_100])
    const [one] = endpoints
    assert.deepEqual([one?.service, one?.operation, one?.kind, one?.count, one?.errors], ['app', 'GET /x', 'entry', 100, 10])
    assert.deepEqual(one?.latency, { p50: 50, p95: 95, p99: 99, max: 100 })
    assert.equal(one?.rate, 10)
    assert.equal(one?.histogram.reduce((sum, count) => sum + count, 0), 100)
    assert.equal(one?.sparkline.reduce((sum, count) => sum + count, 0), 100)
    // Below 0.1, 0.2, … 0.8, 1.6 ms: one of 1 ms; below 3.2: two more.
    assert.deepEqual(one?.histogram.slice(0, 6), [0, 0, 0, 0, 1, 2])
    const some = await viewer.json<EndpointList>(`/api/endpoints?service=nobody`)
    assert.deepEqual(some.endpoints, [])
  })

  it('draws who calls whom', async () => {
    await viewer.send(otlp(REQUEST))
    await viewer.send(
      otlp([
        { trace: 'q', id: 'p', name: 'send', kind: 'producer', service: 'front', tags: { 'messaging.system': 'kafka', 'messaging.destination.name': 'jobs' } },
        { trace: 'q', id: 'c', parent: 'p', name: 'work', kind: 'consumer', service: 'worker', start: 5 },
        { trace: 'r', id: 'r', name: 'HGETALL', kind: 'client', service: 'worker', tags: { 'db.system': 'redis', 'server.address': 'cache' } },
        { trace: 'e', id: 'e', name: 'GET', kind: 'client', service: 'worker', tags: { 'url.full': 'https://api.example.com/x' } },
      ]),
    )
    const { nodes, edges } = await viewer.json<ServiceMap>('/api/map')
    const nameOf = new Map(nodes.map(({ id, name, kind }) => [id, `${kind} ${name}`]))
    assert.deepEqual([...nameOf.values()].sort(), [
      'cache redis',
      'database postgresql shop',
      'external api.example.com',
      'queue kafka jobs',
      'service back',
      'service front',
      'service worker',
    ])
    const drawn = edges.map(({ from, to, count, errors }) => `${nameOf.get(from)} → ${nameOf.get(to)}: ${count}, ${errors}`)
    assert.deepEqual(drawn.sort(), [
      'queue kafka jobs → service worker: 1, 0',
      'service back → database postgresql shop: 1, 1',
      'service front → queue kafka jobs: 1, 0',
      'service front → service back: 1, 0',
      'service worker → cache redis: 1, 0',
      'service worker → external api.example.com: 1, 0',
    ])
    assert.equal(edges.find(({ to }) => to === 'service:back')?.latency.max, 30)
  })

  it('has beside a trace what held its processes up while it ran', async () => {
    await viewer.send(otlp(REQUEST))
    const at = (start: number): object => ({ start: NOON + start, duration: 10 })
    const record = { service: 'front', instance: 'front-1', delays: [at(-100), at(20)], collections: [{ ...at(45), kind: 'major' }] }
    await viewer.send(record, '/v1/runtime')
    await viewer.send({ ...record, instance: 'front-2' }, '/v1/runtime')
    const { runtime } = await viewer.trace(idOf('one'))
    assert.deepEqual(runtime, [
      { service: 'front', instance: 'front-1', delays: [at(20)], collections: [{ ...at(45), kind: 'major' }] },
    ])
  })

  it('tells listeners of traces as they come, and of itself', async () => {
    const events: string[] = []
    const request = get(`${viewer.url}/api/live`)
    const arrived = new Promise<void>((resolve) => {
      request.on('response', (response) => {
        assert.equal(response.headers['content-type'], 'text/event-stream')
        response.setEncoding('utf8').on('data', (text: string) => {
          events.push(text)
          if (events.join('').includes('event: trace')) resolve()
          else if (events.length === 1) void viewer.send(otlp(REQUEST))
        })
        response.on('error', () => undefined)
      })
    })
    await arrived
    request.destroy()
    const text = events.join('')
    const [, summary = ''] = /event: trace\ndata: (.*)\n\n/.exec(text) ?? []
    assert.equal((JSON.parse(summary) as TraceSummary).name, 'GET /buy')
    assert.match(text, /^event: status\ndata: \{"version"/)
  })

  it('ends at once, with pages and processes listening', async () => {
    const response = await fetch(`${viewer.url}/api/live`)
    const other = await fetch(`${viewer.url}/api/presence`)
    await viewer.close()
    await Promise.allSettled([response.text(), other.text()])
    viewer = await TestViewer.start()
  })
})

describe('further ports', () => {
  let first: TestViewer

  before(async () => {
    first = await TestViewer.start()
  })
  after(() => first.close())

  it('serve the same, and one that is taken is left out', async () => {
    const [taken = 0] = first.viewer.ports
    const probe = await TestViewer.start()
    const [free = 0] = probe.viewer.ports
    await probe.close()
    const viewer = await TestViewer.start({ alsoListen: [taken, free] })
    try {
      assert.deepEqual(viewer.viewer.ports.slice(1), [free])
      const body = JSON.stringify(otlp(REQUEST))
      const answer = await fetch(`http://127.0.0.1:${free}/v1/traces`, { method: 'POST', body })
      assert.equal(answer.status, 200)
      assert.equal((await viewer.traces()).total, 1)
    } finally {
      await viewer.close()
    }
  })

  it('are the only ones that may be taken', async () => {
    const [taken = 0] = first.viewer.ports
    await assert.rejects(TestViewer.start({ port: taken }), { code: 'EADDRINUSE' })
  })
})
