import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { encodeZipkinJson, type Local } from '../../src/export/zipkin-json.js'
import { asText } from '../../src/tracer/limits.js'
import { SpanRecord, type SpanKind, type TagValue } from '../../src/tracer/record.js'
import { PARENT, SPAN, TRACE, contextOf, type Parts } from '../support/headers.js'
import { randomBatch } from '../support/random-spans.js'
import { readZipkin, type ZipkinEndpoint, type ZipkinSpan } from '../support/zipkin.js'

/** What Zipkin makes of tags itself. */
const MADE = new Set(['error', 'http.path'])

const LOCAL: Local = { endpoint: { serviceName: 'demo', ipv4: '192.168.1.2' }, tags: {} }
const START = 1544712660000

interface Made extends Parts {
  readonly name?: string
  readonly kind?: SpanKind
  readonly tags?: Readonly<Record<string, TagValue>>
}

function recordOf({ name = 'span', kind, tags = {}, ...parts }: Made = {}): SpanRecord {
  const record = new SpanRecord(contextOf(parts), name, kind, undefined, true, START)
  record.end = START + 1000
  record.tags.push(...Object.entries(tags).flat())
  return record
}

function sent(record: SpanRecord, local = LOCAL): ZipkinSpan {
  const [span] = readZipkin(encodeZipkinJson([record], local))
  return span as ZipkinSpan
}

const remoteOf = (kind: SpanKind | undefined, tags: Readonly<Record<string, TagValue>>): ZipkinEndpoint | undefined =>
  sent(recordOf({ ...(kind !== undefined && { kind }), tags })).remoteEndpoint

describe('Zipkin’s model', () => {
  it('is as the reference’s example', () => {
    const tags = { 'http.method': 'GET', 'http.url': 'http://demo:8080/users/7?x=1', 'http.status_code': 500 }
    const peer = { 'peer.ipv4': '10.0.0.9', 'peer.port': 51234 }
    const record = recordOf({
      parent: PARENT,
      name: 'GET /users/:id',
      kind: 'server',
      tags: { ...tags, ...peer, error: true },
    })
    record.logs = [{ time: START + 500, fields: { event: 'exception' } }]
    assert.deepEqual(sent(record), {
      traceId: TRACE,
      id: SPAN,
      parentId: PARENT,
      kind: 'SERVER',
      name: 'get /users/:id',
      timestamp: 1544712660000000,
      duration: 1000000,
      localEndpoint: { serviceName: 'demo', ipv4: '192.168.1.2' },
      remoteEndpoint: { ipv4: '10.0.0.9', port: 51234 },
      annotations: [{ timestamp: 1544712660500000, value: 'exception' }],
      tags: {
        'http.method': 'GET',
        'http.url': 'http://demo:8080/users/7?x=1',
        'http.path': '/users/7',
        'http.status_code': '500',
        'peer.ipv4': '10.0.0.9',
        'peer.port': '51234',
        error: '500',
      },
    })
  })

  it('takes any span, whatever it says, and every value is text', () => {
    fc.assert(
      fc.property(randomBatch, (batch) => {
        const spans = readZipkin(encodeZipkinJson(batch, LOCAL))
        assert.deepEqual(
          spans.map(({ id }) => id),
          batch.map(({ context }) => context.spanId),
        )
        for (const [index, { annotations = [], kind }] of spans.entries()) {
          const record = batch[index] as SpanRecord
          assert.equal(annotations.length, record.logs?.length ?? 0)
          assert.equal(kind?.toLowerCase(), record.kind)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('says what every tag said last, letter by letter', () => {
    fc.assert(
      fc.property(randomBatch, (batch) => {
        const spans = readZipkin(encodeZipkinJson(batch, LOCAL))
        for (const [index, { name = '', tags = {}, timestamp, duration }] of spans.entries()) {
          const record = batch[index] as SpanRecord
          const last = new Map<string, string>()
          if (record.component !== undefined) last.set('component', record.component)
          for (let i = 0; i < record.tags.length; i += 2)
            last.set(record.tags[i] as string, asText(record.tags[i + 1] as TagValue))
          const own = [...last].filter(([key]) => !MADE.has(key))
          const others = Object.entries(tags).filter(([key]) => !MADE.has(key) && !key.startsWith('otel.dropped'))
          assert.deepEqual(new Map(others), new Map(own))
          assert.equal(name, record.name.toLowerCase())
          const micros = [record.start, record.end].map((time) => Math.round(time * 1000)) as [number, number]
          assert.deepEqual([timestamp, duration], [micros[0] || undefined, Math.max(1, micros[1] - micros[0])])
        }
      }),
      { numRuns: 200 },
    )
  })

  it('writes each character, whatever JSON thinks of it, in short texts and in long ones', () => {
    const codes = [...Array.from({ length: 0x100 }, (_, code) => code), 0x2028, 0xd800, 0xdfff, 0xffff]
    for (const character of [...codes.map((code) => String.fromCharCode(code)), '\u{1f600}']) {
      for (const value of [`a${character}`, `${character}${'b'.repeat(100)}`])
        assert.equal(sent(recordOf({ tags: { value } })).tags?.['value'], value)
    }
  })

  it('has a key once, be it set twice, the instrumentation’s own or a verdict’s', () => {
    const record = new SpanRecord(contextOf(), 'x', undefined, 'http', true, START)
    record.tags.push('shelf', 1, 'component', 'mine', 'shelf', 2, 'otel.status_code', 'mine')
    record.status = { ok: true, message: undefined }
    const text = encodeZipkinJson([record], LOCAL).toString()
    for (const key of ['shelf', 'component', 'otel.status_code']) assert.equal(text.split(`"${key}"`).length, 2, key)
    assert.deepEqual(sent(record).tags, { shelf: '2', component: 'mine', 'otel.status_code': 'OK' })
  })

  it('is right however many names, keys and hosts there are', () => {
    const batch = Array.from({ length: 2500 }, (_, i) =>
      recordOf({ name: `GET /${i}`, kind: 'client', tags: { [`key ${i}`]: i, 'peer.service': `service-${i}` } }),
    )
    for (const [i, { name, tags, remoteEndpoint }] of readZipkin(encodeZipkinJson(batch, LOCAL)).entries()) {
      assert.equal(name, `get /${i}`)
      assert.equal(tags?.[`key ${i}`], `${i}`)
      assert.equal(remoteEndpoint?.serviceName, `service-${i}`)
    }
  })

  it('has an id of 64 bits where one came in', () => {
    const narrow = recordOf({ trace: { traceId: `${'0'.repeat(16)}d269b633813fc60c`, narrow: true } })
    assert.equal(sent(narrow).traceId, 'd269b633813fc60c')
    assert.equal(sent(recordOf()).traceId, TRACE)
  })

  it('has no parent for a root, and no kind for work inside', () => {
    const span = sent(recordOf())
    assert.ok(!('parentId' in span) && !('kind' in span) && !('debug' in span) && !('shared' in span))
  })

  it('has every kind', () => {
    for (const kind of ['client', 'server', 'producer', 'consumer'] as const)
      assert.equal(sent(recordOf({ kind })).kind, kind.toUpperCase())
  })

  it('marks what is debugged', () => {
    assert.equal(sent(recordOf({ sampling: 'debug' })).debug, true)
  })

  it('is in microseconds, and knows no duration of zero', () => {
    const record = new SpanRecord(contextOf(), 'x', undefined, undefined, true, START + 0.001)
    record.end = record.start
    assert.deepEqual([sent(record).timestamp, sent(record).duration], [START * 1000 + 1, 1])
  })

  it('leaves out a name and a time that are not known', () => {
    const record = new SpanRecord(contextOf(), '', undefined, undefined, true, 0)
    const span = sent(record)
    assert.ok(!('name' in span) && !('timestamp' in span))
  })

  it('marks a failure by an error tag that says why, and nothing else by one', () => {
    const errorOf = (error: TagValue, tags: Readonly<Record<string, TagValue>> = {}): string | undefined =>
      sent(recordOf({ tags: { error, ...tags } })).tags?.['error']
    assert.equal(errorOf(true), '')
    assert.equal(errorOf(true, { 'http.status_code': 503 }), '503')
    assert.equal(errorOf('true', { 'db.error_code': '23505' }), '23505')
    assert.equal(errorOf('out of beer'), 'out of beer')
    for (const success of [false, 'false']) assert.equal(errorOf(success), undefined)
    const failed = recordOf({ tags: { error: true, 'http.status_code': 500 } })
    failed.logs = [{ time: START, fields: { event: 'error', 'error.kind': 'TypeError', message: 'not a function' } }]
    assert.equal(sent(failed).tags?.['error'], 'not a function')
  })

  it('has logs as text, with what they say beside their event', () => {
    const record = recordOf()
    record.logs = [
      { time: START, fields: { event: 'retry' } },
      { time: START, fields: { event: 'retry', attempt: 2 } },
      { time: START, fields: { message: 'hello' } },
    ]
    assert.deepEqual(
      sent(record).annotations?.map(({ value }) => value),
      ['retry', '"retry": {"attempt":2}', '"log": {"message":"hello"}'],
    )
  })

  it('has the service’s own attributes on its spans, which may say otherwise', () => {
    const local: Local = { ...LOCAL, tags: { zone: 'north', shelf: 7 } }
    const record = recordOf({ tags: { shelf: 'mine' } })
    assert.deepEqual(sent(record, local).tags, { zone: 'north', shelf: 'mine' })
    assert.equal(encodeZipkinJson([record], local).toString().match(/shelf/g)?.length, 1, 'a key stands there once')
  })

  it('tells what was dropped', () => {
    const record = recordOf()
    record.droppedTags = 1
    record.droppedLogs = 2
    record.droppedLinks = 3
    assert.deepEqual(sent(record).tags, {
      'otel.dropped_attributes_count': '1',
      'otel.dropped_events_count': '2',
      'otel.dropped_links_count': '3',
    })
  })
})

describe('the remote endpoint', () => {
  it('of a call has the best name there is, in lower case', () => {
    const tags = { 'db.instance': 'Orders', 'peer.hostname': 'DB', 'net.peer.name': 'Peer', 'peer.service': 'Shop' }
    for (const kind of ['client', 'producer'] as const) {
      assert.deepEqual(remoteOf(kind, tags), { serviceName: 'shop' })
      assert.deepEqual(remoteOf(kind, { ...tags, 'peer.service': '' }), { serviceName: 'peer' })
      assert.deepEqual(remoteOf(kind, { 'db.instance': 'Orders', 'peer.hostname': 'DB' }), { serviceName: 'db' })
      assert.deepEqual(remoteOf(kind, { 'db.instance': 'Orders' }), { serviceName: 'orders' })
    }
  })

  it('of a caller has a name only where the service itself is named', () => {
    assert.deepEqual(remoteOf('server', { 'peer.hostname': 'h', 'peer.service': 'web' }), { serviceName: 'web' })
    assert.equal(remoteOf('server', { 'peer.hostname': 'h' }), undefined)
  })

  it('is that of a call alone', () => {
    assert.equal(remoteOf(undefined, { 'peer.service': 'shop' }), undefined)
    assert.equal(remoteOf('client', {}), undefined)
  })

  const addresses: readonly (readonly [Readonly<Record<string, TagValue>>, ZipkinEndpoint | undefined])[] = [
    [
      { 'peer.ipv4': '10.0.0.1', 'peer.port': 80 },
      { ipv4: '10.0.0.1', port: 80 },
    ],
    [{ 'peer.ipv4': 0x0a000001 }, { ipv4: '10.0.0.1' }],
    [{ 'peer.ipv4': 0xffffffff }, { ipv4: '255.255.255.255' }],
    [{ 'peer.ipv4': 2 ** 32 }, undefined],
    [{ 'peer.ipv4': 'h' }, undefined],
    [{ 'peer.ipv6': 'fd00::1' }, { ipv6: 'fd00::1' }],
    [{ 'peer.ipv6': '::ffff:10.0.0.1' }, { ipv4: '10.0.0.1' }],
    [{ 'peer.ipv6': 'h' }, undefined],
    [{ 'peer.port': '8080' }, { port: 8080 }],
    [{ 'peer.port': 0 }, undefined],
    [{ 'peer.port': 65536 }, undefined],
    [{ 'peer.port': 'x' }, undefined],
  ]
  for (const [tags, endpoint] of addresses) {
    it(`of ${JSON.stringify(tags)} is ${JSON.stringify(endpoint)}`, () =>
      assert.deepEqual(remoteOf('server', tags), endpoint))
  }
})

describe('the path', () => {
  const paths: readonly (readonly [string, string | undefined])[] = [
    ['http://h:80/a/b?c=d', '/a/b'],
    ['https://h', '/'],
    ['https://h?x=1', '/'],
    ['https://h/a#b', '/a'],
    ['/a', undefined],
  ]
  for (const [url, path] of paths) {
    it(`of ${url} is ${path ?? 'not known'}`, () => {
      assert.equal(sent(recordOf({ tags: { 'http.url': url } })).tags?.['http.path'], path)
    })
  }
})
