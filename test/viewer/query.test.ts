/**
 * Questions to the viewer about many traces.
 */
import assert from 'node:assert/strict'
import { after, beforeEach, describe, it } from 'node:test'
import type { EndpointList, ServiceList, ServiceMap } from '../../viewer/model/api.js'
import { NOON, otlp, REQUEST, TestViewer } from '../support/viewer.js'

describe('the viewer', () => {
  let viewer: TestViewer

  beforeEach(async () => {
    await viewer?.close()
    viewer = await TestViewer.start()
  })
  after(() => viewer.close())

  describe('asked for some traces', () => {
    const named = async (parameters: string): Promise<string[]> =>
      (await viewer.traces(parameters)).traces.map(({ name }) => name).sort()

    beforeEach(async () => {
      await viewer.send(otlp(REQUEST))
      await viewer.send(
        otlp([
          {
            trace: 'two',
            id: 'x',
            name: 'GET /list',
            kind: 'server',
            service: 'front',
            start: 1000,
            duration: 5,
            tags: { user: 'Ada', vip: true },
          },
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
      assert.deepEqual(
        second.traces.map(({ name }) => name),
        ['GET /buy'],
      )
    })

    it('refuses what cannot be meant', async () => {
      for (const parameters of [
        '?limit=many',
        '?status=bad',
        '?from=-1',
        '?minDuration=1e999',
        `?text=${'x'.repeat(2000)}`,
      ]) {
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
      await viewer.send(
        otlp([
          { trace: `t${i}`, id: 'a', name: 'GET /x', kind: 'server', start: i * 100, duration: i, failed: i > 90 },
        ]),
      )
    }
    const { endpoints, from, to } = await viewer.json<EndpointList>('/api/endpoints')
    assert.deepEqual([from, to], [NOON + 100, NOON + 10_100])
    const [one] = endpoints
    assert.deepEqual(
      [one?.service, one?.operation, one?.kind, one?.count, one?.errors],
      ['app', 'GET /x', 'entry', 100, 10],
    )
    assert.deepEqual(one?.latency, { p50: 50, p95: 95, p99: 99, max: 100 })
    assert.equal(one?.rate, 10)
    assert.equal(
      one?.histogram.reduce((sum, count) => sum + count, 0),
      100,
    )
    assert.equal(
      one?.sparkline.reduce((sum, count) => sum + count, 0),
      100,
    )
    // Below 0.1, 0.2, … 0.8, 1.6 ms: one of 1 ms; below 3.2: two more.
    assert.deepEqual(one?.histogram.slice(0, 6), [0, 0, 0, 0, 1, 2])
    const some = await viewer.json<EndpointList>(`/api/endpoints?service=nobody`)
    assert.deepEqual(some.endpoints, [])
  })

  it('draws who calls whom', async () => {
    await viewer.send(otlp(REQUEST))
    await viewer.send(
      otlp([
        {
          trace: 'q',
          id: 'p',
          name: 'send',
          kind: 'producer',
          service: 'front',
          tags: { 'messaging.system': 'kafka', 'messaging.destination.name': 'jobs' },
        },
        { trace: 'q', id: 'c', parent: 'p', name: 'work', kind: 'consumer', service: 'worker', start: 5 },
        {
          trace: 'r',
          id: 'r',
          name: 'HGETALL',
          kind: 'client',
          service: 'worker',
          tags: { 'db.system': 'redis', 'server.address': 'cache' },
        },
        {
          trace: 'e',
          id: 'e',
          name: 'GET',
          kind: 'client',
          service: 'worker',
          tags: { 'url.full': 'https://api.example.com/x' },
        },
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
    const drawn = edges.map(
      ({ from, to, count, errors }) => `${nameOf.get(from)} → ${nameOf.get(to)}: ${count}, ${errors}`,
    )
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
})
