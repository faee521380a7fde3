/**
 * The viewer over HTTP: what goes in, and what comes out again.
 */
import assert from 'node:assert/strict'
import { get } from 'node:http'
import { after, before, beforeEach, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Opened, Status, TraceSummary } from '../../viewer/model/api.js'
import { encodeOtlpProtobuf } from '../support/otlp-schema.js'
import { idOf, NOON, otlp, REQUEST, TestViewer } from '../support/viewer.js'

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
    const spans = [
      { traceId: 'a', spanId: 'nonsense' },
      { traceId: 'a', spanId: 'b' },
    ]
    const { body } = await viewer.post({ resourceSpans: [{ scopeSpans: [{ spans }] }] })
    assert.equal((JSON.parse(body) as { partialSuccess: { rejectedSpans: string } }).partialSuccess.rejectedSpans, '1')
    assert.equal((await viewer.json<Status>('/api/status')).droppedSpans, 1)
  })

  it('takes Zipkin’s spans', async () => {
    await viewer.send(
      [{ traceId: 'abc', id: 'b', name: 'get', timestamp: NOON * 1000, localEndpoint: { serviceName: 'z' } }],
      '/api/v2/spans',
    )
    assert.deepEqual(
      (await viewer.traces()).traces.map(({ id, service }) => [id, service]),
      [['0000000000000abc', 'z']],
    )
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
    assert.deepEqual(
      trace.processes.map(({ service, instance }) => [service, instance]),
      [
        ['front', 'front-1'],
        ['back', 'back-1'],
      ],
    )
    assert.deepEqual(
      trace.spans.map(({ name, process }) => [name, process]),
      [
        ['GET /buy', 0],
        ['GET', 0],
        ['GET /stock', 1],
        ['SELECT stock', 1],
      ],
    )
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
    assert.deepEqual(
      (await viewer.traces()).traces.map(({ incomplete, name }) => [incomplete, name]),
      [[false, 'GET /buy']],
    )
  })

  it('has beside a trace what held its processes up while it ran', async () => {
    await viewer.send(otlp(REQUEST))
    const at = (start: number): object => ({ start: NOON + start, duration: 10 })
    const record = {
      service: 'front',
      instance: 'front-1',
      delays: [at(-100), at(20)],
      collections: [{ ...at(45), kind: 'major' }],
    }
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
