import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { detailsOf, treeSpanOf } from '../../src/export/tree-span.js'
import { Sampling, SpanContext } from '../../src/tracer/context.js'
import { SpanId } from '../../src/tracer/span-id.js'
import { TraceId } from '../../src/tracer/trace-id.js'
import { SpanRecord, type SpanKind, type TagValue } from '../../src/tracer/record.js'

function details(kind: SpanKind | undefined, component: string | undefined, tags: Record<string, TagValue>): string[] {
  return detailsOf('the name', kind, component, (key) => tags[key])
}

describe('the details of a span', () => {
  it('are status and path of a request received', () => {
    const tags = { 'http.status_code': 200, 'http.url': 'http://shop:8080/cart?id=7', 'peer.ipv4': '10.0.0.1' }
    assert.deepEqual(details('server', 'http', tags), ['http server', '200', '/cart?id=7'])
  })

  it('are status and address of a request sent', () => {
    const tags = { 'http.status_code': 404, 'http.url': 'https://stock/7', 'peer.hostname': 'stock', 'peer.port': 443 }
    assert.deepEqual(details('client', 'fetch', tags), ['fetch client', '404', 'stock/7'])
    const again = { ...tags, 'http.request.resend_count': 2 }
    assert.deepEqual(details('client', 'fetch', again), ['fetch client', '404', 'stock/7', 'resend 2'])
  })

  it('are statement and peer of a query', () => {
    const tags = { 'db.type': 'sql', 'db.statement': 'SELECT 1', 'peer.hostname': 'db', 'peer.port': 5432 }
    assert.deepEqual(details('client', 'pg', tags), ['pg', 'SELECT 1', 'db:5432'])
    assert.deepEqual(details('client', 'redis', { 'db.type': 'redis', 'peer.ipv4': '10.0.0.1' }), ['redis', '10.0.0.1'])
  })

  it('are what there is of a span of the application, and nothing twice', () => {
    assert.deepEqual(details(undefined, undefined, {}), [])
    assert.deepEqual(details('producer', 'queue', { 'peer.service': 'mail', 'peer.port': 1 }), [
      'queue producer',
      'mail',
    ])
    assert.deepEqual(details('client', 'redis', { 'db.type': 'redis', 'db.statement': 'the name' }), ['redis'])
  })

  it('are cut where a statement is long', () => {
    const [, statement] = details('client', 'pg', { 'db.statement': 'x'.repeat(5000) })
    assert.equal(statement, `${'x'.repeat(199)}…`)
  })
})

describe('the reason of a failure', () => {
  function reason(tags: Record<string, TagValue>, fields?: Record<string, TagValue>): string | undefined {
    const context = new SpanContext(
      { id: TraceId.of('a'.repeat(32)), narrow: false, traceState: undefined, random: true },
      SpanId.of('b'.repeat(16)),
      undefined,
      Sampling.Accepted,
      undefined,
      undefined,
    )
    const record = new SpanRecord(context, 'job', undefined, undefined, false, 0)
    for (const [key, value] of Object.entries(tags)) record.tags.push(key, value)
    if (fields !== undefined) record.logs = [{ time: 0, fields }]
    return treeSpanOf(record, 'shop').error
  }

  it('is the error logged, else its type, else the status', () => {
    assert.equal(
      reason({ error: true }, { event: 'error', 'error.kind': 'RangeError', message: 'no' }),
      'RangeError: no',
    )
    assert.equal(reason({ error: true, 'error.type': 'aborted', 'http.status_code': 200 }), 'aborted')
    assert.equal(reason({ error: true, 'http.status_code': 503 }), '503')
    assert.equal(reason({ error: true }), undefined)
  })

  it('is nothing of a span that has not failed, whatever its status', () => {
    assert.equal(reason({ 'http.status_code': 404 }, { event: 'error', message: 'mended' }), undefined)
  })
})
