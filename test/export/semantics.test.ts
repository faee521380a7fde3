/**
 * From OpenTracing's names to OpenTelemetry's, as they arrive.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SpanRecord, type SpanKind, type TagValue } from '../../src/tracer/record.js'
import { contextOf } from '../support/headers.js'
import { attributes, exported, finishedSpan } from '../support/tracing.js'

type Tags = Readonly<Record<string, TagValue>>

function translated(tags: Tags, kind?: SpanKind, component?: string): Record<string, unknown> {
  const record = new SpanRecord(contextOf(), 'span', kind, component, false, 1)
  record.tags.push(...Object.entries(tags).flat())
  return attributes(exported(record).attributes)
}

describe('a tag', () => {
  const cases: readonly (readonly [
    name: string,
    kind: SpanKind | undefined,
    tags: Tags,
    expected: Readonly<Record<string, unknown>>,
  ])[] = [
    ['of nobody’s vocabulary stays as it is', 'server', { 'my.tag': 'x' }, { 'my.tag': 'x' }],
    [
      'of an HTTP request gets its new name',
      'client',
      { 'http.method': 'GET', 'http.status_code': 200, 'http.user_agent': 'curl', 'http.route': '/a' },
      {
        'http.request.method': 'GET',
        'http.response.status_code': '200',
        'user_agent.original': 'curl',
        'http.route': '/a',
      },
    ],
    ['http.url is whole on a client', 'client', { 'http.url': 'http://h:1/a?b' }, { 'url.full': 'http://h:1/a?b' }],
    ['http.url is whole without a kind', undefined, { 'http.url': 'http://h/a' }, { 'url.full': 'http://h/a' }],
    [
      'http.url is in pieces on a server',
      'server',
      { 'http.url': 'https://shop.example:8443/a/b?c=d&e' },
      {
        'url.scheme': 'https',
        'url.path': '/a/b',
        'url.query': 'c=d&e',
        'server.address': 'shop.example',
        'server.port': '8443',
      },
    ],
    [
      'http.url without port, query and path',
      'server',
      { 'http.url': 'http://shop.example' },
      { 'url.scheme': 'http', 'url.path': '/', 'server.address': 'shop.example' },
    ],
    [
      'http.url with an IPv6 host',
      'server',
      { 'http.url': 'http://[::1]:80/?' },
      { 'url.scheme': 'http', 'url.path': '/', 'server.address': '::1', 'server.port': '80' },
    ],
    ['http.url with no host', 'server', { 'http.url': 'http:///a' }, { 'url.scheme': 'http', 'url.path': '/a' }],
    ['http.url that is none', 'server', { 'http.url': 'nonsense' }, { 'url.full': 'nonsense' }],
    [
      'of a peer by name is the server’s on the calling side',
      'client',
      { 'peer.hostname': 'db', 'peer.port': 5432 },
      { 'server.address': 'db', 'server.port': '5432' },
    ],
    [
      'of a peer by name is the server’s for a producer',
      'producer',
      { 'peer.hostname': 'mq', 'peer.port': 5672 },
      { 'server.address': 'mq', 'server.port': '5672' },
    ],
    [
      'of a peer by name is the server’s without a kind',
      undefined,
      { 'peer.hostname': 'db', 'peer.port': 5432 },
      { 'server.address': 'db', 'server.port': '5432' },
    ],
    [
      'of a peer by name is the client’s on the called side',
      'server',
      { 'peer.hostname': 'caller', 'peer.port': 40000 },
      { 'client.address': 'caller', 'client.port': '40000' },
    ],
    [
      'of a peer by name is the client’s for a consumer',
      'consumer',
      { 'peer.hostname': 'mq', 'peer.port': 1 },
      { 'client.address': 'mq', 'client.port': '1' },
    ],
    [
      'of a peer by address on the calling side',
      'client',
      { 'peer.hostname': 'db', 'peer.ipv4': '10.0.0.1', 'peer.port': 5432 },
      { 'server.address': 'db', 'network.peer.address': '10.0.0.1', 'server.port': '5432' },
    ],
    [
      'of a peer by address on the called side',
      'server',
      { 'peer.ipv6': '::1', 'peer.port': 40000 },
      { 'client.address': '::1', 'network.peer.address': '::1', 'network.peer.port': '40000' },
    ],
    [
      'peer.service keeps its old name too',
      'client',
      { 'peer.service': 'shop' },
      { 'service.peer.name': 'shop', 'peer.service': 'shop' },
    ],
    ['peer.address stays', 'client', { 'peer.address': '10.0.0.1:80' }, { 'peer.address': '10.0.0.1:80' }],
    [
      'of a database gets its new name',
      'client',
      {
        'db.type': 'redis',
        'db.instance': '0',
        'db.statement': 'GET ?',
        'db.operation': 'GET',
        'db.batch_size': 2,
        'db.error_code': 'X',
      },
      {
        'db.system.name': 'redis',
        'db.namespace': '0',
        'db.query.text': 'GET ?',
        'db.operation.name': 'GET',
        'db.operation.batch.size': '2',
        'db.response.status_code': 'X',
      },
    ],
    ['message_bus.destination', 'producer', { 'message_bus.destination': 'q' }, { 'messaging.destination.name': 'q' }],
    ['sampling.priority is not told', 'server', { 'sampling.priority': 1 }, {}],
    ['component of the application stays', undefined, { component: 'my-lib' }, { component: 'my-lib' }],
    ['span.kind that means nothing stays', undefined, { 'span.kind': 'nonsense' }, { 'span.kind': 'nonsense' }],
    [
      'by its old and its new name is told once',
      'client',
      { 'http.method': 'GET', 'http.request.method': 'POST' },
      { 'http.request.method': 'GET' },
    ],
  ]
  for (const [name, kind, tags, expected] of cases) {
    it(name, () => assert.deepEqual(translated(tags, kind), expected))
  }

  it('db.type of sql is the product, where it is known', () => {
    assert.equal(translated({ 'db.type': 'sql' }, 'client', 'pg')['db.system.name'], 'postgresql')
    assert.equal(translated({ 'db.type': 'sql', component: 'pg' }, 'client')['db.system.name'], 'postgresql')
    assert.equal(translated({ 'db.type': 'sql' }, 'client')['db.system.name'], 'other_sql')
  })
})

describe('the kind', () => {
  it('has its number', () => {
    const kinds = ['server', 'client', 'producer', 'consumer', undefined] as const
    const numbers = kinds.map((kind) => exported(new SpanRecord(contextOf(), 's', kind, undefined, false, 1))['kind'])
    assert.deepEqual(numbers, [2, 3, 4, 5, 1])
  })
})

describe('the status', () => {
  const statusOf = (error: unknown): unknown => exported(finishedSpan((span) => span.setTag('error', error)))['status']
  const tagOf = (error: unknown): unknown =>
    attributes(exported(finishedSpan((span) => span.setTag('error', error))).attributes)['error']

  it('is an error where the tag says so, whatever its type', () => {
    for (const error of [true, 'true', 'timeout', 1, new Error('boom')]) assert.deepEqual(statusOf(error), { code: 2 })
  })

  it('is unset where the tag says no, or is not there', () => {
    for (const error of [false, 'false', undefined, 0, '']) assert.equal(statusOf(error), undefined)
    const changed = finishedSpan((span) => span.setTag('error', true).setTag('error', false))
    assert.equal(exported(changed)['status'], undefined)
  })

  it('leaves no tag behind, unless there is more in it than yes or no', () => {
    for (const error of [true, false, 'true', 'false']) assert.equal(tagOf(error), undefined)
    assert.equal(tagOf('timeout'), 'timeout')
  })

  it('does not come from an error log', () => {
    assert.equal(exported(finishedSpan((span) => span.log({ event: 'error', message: 'x' })))['status'], undefined)
  })
})

describe('the type of an error', () => {
  const typeOf = (tags: Tags, log?: Readonly<Record<string, unknown>>): unknown => {
    const record = finishedSpan((span) => {
      span.addTags({ error: true, ...tags })
      if (log !== undefined) span.log(log)
    })
    return attributes(exported(record).attributes)['error.type']
  }

  it('is what is said, else a database’s code, the class of the error, a status, or other', () => {
    const log = { event: 'error', 'error.object': new TypeError('x') }
    assert.equal(typeOf({ 'error.type': 'aborted', 'http.status_code': 500 }, log), 'aborted')
    assert.equal(typeOf({ 'db.error_code': '42P01' }, log), '42P01')
    assert.equal(typeOf({ 'http.status_code': 500 }, log), 'TypeError')
    assert.equal(typeOf({ 'http.status_code': 500 }), '500')
    assert.equal(typeOf({}), '_OTHER')
  })

  it('is not told of a span that has not failed', () => {
    assert.equal(typeOf({ error: false, 'http.status_code': 200 }), undefined)
  })
})

describe('a log', () => {
  const eventOf = (fields: Readonly<Record<string, unknown>>): unknown => {
    const event = exported(finishedSpan((span) => span.log(fields))).events?.[0]
    return event && [event.name, attributes(event.attributes)]
  }

  it('is an event by its name', () => {
    assert.deepEqual(eventOf({ event: 'cache miss', key: 'k', size: 3 }), ['cache miss', { key: 'k', size: '3' }])
    assert.deepEqual(eventOf({ event: 404 }), ['404', {}])
  })

  it('without a name is called log', () => {
    assert.deepEqual(eventOf({ message: 'hello' }), ['log', { message: 'hello' }])
  })

  it('of an error is an exception', () => {
    const error = new RangeError('too far')
    const expected = {
      'exception.type': 'RangeError',
      'exception.message': 'too far',
      'exception.stacktrace': error.stack,
    }
    assert.deepEqual(eventOf({ event: 'error', 'error.object': error }), ['exception', expected])
    const fields = { event: 'error', 'error.kind': 'RangeError', message: 'too far', stack: error.stack, more: 1 }
    assert.deepEqual(eventOf(fields), ['exception', { ...expected, more: '1' }])
    assert.deepEqual(eventOf({ event: 'error', 'error.object': 'text' }), ['exception', { 'error.object': 'text' }])
  })
})
