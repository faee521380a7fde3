/**
 * What only OpenTelemetry's API can say of a span, in the formats that have no word for it.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { SpanStatusCode, type Span } from '@opentelemetry/api'
import { eventsOf } from '../../src/export/chrome-events.js'
import { encodePackets, encodeProcess } from '../../src/export/jaeger-thrift.js'
import { ThriftBinary } from '../../src/export/thrift.js'
import { treeSpanOf } from '../../src/export/tree-span.js'
import { encodeZipkinJson } from '../../src/export/zipkin-json.js'
import type { SpanRecord } from '../../src/tracer/record.js'
import type { ChromeEvent } from '../support/chrome.js'
import { REMOTE, apiTracing } from '../support/opentelemetry.js'
import { decodeBatch, values, type JaegerSpan } from '../support/thrift.js'
import { readZipkin, type ZipkinSpan } from '../support/zipkin.js'

/** A span with all of it: lists, an event by name, a link with attributes, a status. */
function finished(use: (span: Span) => void = () => undefined): SpanRecord {
  const { api, finished } = apiTracing()
  const span = api.startSpan('work', { attributes: { list: ['a', 1, null] as never } })
  span.addEvent('paid', { amount: 7, ids: [1, 2] }).addLink({ context: REMOTE, attributes: { why: 'x' } })
  use(span)
  span.end()
  return finished[0] as SpanRecord
}

const zipkin = (record: SpanRecord): ZipkinSpan =>
  readZipkin(encodeZipkinJson([record], { endpoint: { serviceName: 'app' }, tags: {} }))[0] as ZipkinSpan

function jaeger(record: SpanRecord): JaegerSpan {
  const writer = new ThriftBinary()
  const { packets } = encodePackets(writer, encodeProcess(writer, {}), [record], { limit: Infinity, isCall: false })
  return decodeBatch(packets[0] as Buffer, 'binary').spans[0] as JaegerSpan
}

const chrome = (record: SpanRecord): ChromeEvent[] =>
  eventsOf([record], { pid: 1, spans: 1 } as never) as unknown as ChromeEvent[]

const fail = (span: Span): Span => span.setStatus({ code: SpanStatusCode.ERROR, message: 'no money' })
/** The application's word counts more than what an instrumentation found. */
const succeed = (span: Span): Span => span.setAttribute('error', true).setStatus({ code: SpanStatusCode.OK })
const SCOPE = { 'otel.scope.name': 'lib', 'otel.scope.version': '1.2.3' }

describe('what OpenTelemetry’s API says', () => {
  it('is text in Zipkin, its status the tag error', () => {
    const failed = zipkin(finished(fail))
    const tags = { list: '["a",1,null]', ...SCOPE }
    assert.deepEqual(failed.tags, { ...tags, 'otel.status_code': 'ERROR', error: 'no money' })
    assert.deepEqual(
      failed.annotations?.map(({ value }) => value),
      ['"paid": {"amount":7,"ids":[1,2]}'],
    )
    assert.deepEqual(zipkin(finished(succeed)).tags, { ...tags, 'otel.status_code': 'OK' })
    assert.deepEqual(zipkin(finished()).tags, tags)
  })

  it('is text in Jaeger, its status the tag error and a description', () => {
    const failed = jaeger(finished(fail))
    const tags = { list: '["a",1,null]', ...SCOPE }
    const told = { error: true, 'otel.status_code': 'ERROR', 'otel.status_description': 'no money' }
    assert.deepEqual(values(failed.tags), { ...tags, ...told })
    assert.deepEqual(
      failed.logs.map(({ fields }) => values(fields)),
      [{ event: 'paid', amount: 7n, ids: '[1,2]' }],
    )
    assert.deepEqual(
      failed.references.map(({ type, spanId }) => [type, spanId]),
      [['follows_from', REMOTE.spanId]],
    )
    assert.deepEqual(values(jaeger(finished(succeed)).tags), { ...tags, 'otel.status_code': 'OK' })
  })

  it('is in a Chrome trace as it is', () => {
    const [begin, event] = chrome(finished(fail))
    assert.equal((begin as { cname?: string } | undefined)?.cname, 'terrible')
    assert.deepEqual((begin?.args as { list?: unknown } | undefined)?.list, ['a', 1, null])
    assert.deepEqual([event?.name, event?.args], ['paid', { amount: 7, ids: [1, 2] }])
  })

  it('is the reason of a failure in a tree', () => {
    assert.equal(treeSpanOf(finished(fail), 'app').error, 'no money')
    assert.equal(treeSpanOf(finished(succeed), 'app').failed, false)
  })
})
