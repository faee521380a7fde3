/**
 * Zipkin's and Jaeger's spans, and files of whatever format.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { encodeZipkinJson } from '../../src/export/zipkin-json.js'
import { readFile } from '../../viewer/server/formats/file.js'
import { Intake } from '../../viewer/server/formats/intake.js'
import { Malformed } from '../../viewer/server/formats/protobuf.js'
import { readZipkin } from '../../viewer/server/formats/zipkin.js'
import { anySpan } from '../support/arbitrary.js'
import { taken } from '../support/taken.js'
import { otlp } from '../support/viewer.js'

describe('Zipkin', () => {
  it('as pretrace writes it is read', () => {
    fc.assert(
      fc.property(anySpan, (record) => {
        const json = JSON.parse(
          encodeZipkinJson([record], { endpoint: { serviceName: 'demo' }, tags: {} }).toString(),
        ) as unknown[]
        const { spans, refused } = taken((intake) => readZipkin(json, intake))
        assert.equal(spans.length + refused, 1)
      }),
    )
  })

  it('has an id for each side of a call, and children below the right one', () => {
    const at = { timestamp: 1_700_000_000_000_000, duration: 1000 }
    const json = [
      { traceId: 'a1', id: 'c1', kind: 'CLIENT', name: 'get', localEndpoint: { serviceName: 'front' }, ...at },
      {
        traceId: 'a1',
        id: 'c1',
        kind: 'SERVER',
        name: 'get',
        shared: true,
        localEndpoint: { serviceName: 'back' },
        ...at,
      },
      {
        traceId: 'a1',
        id: 'd1',
        parentId: 'c1',
        name: 'query',
        localEndpoint: { serviceName: 'back' },
        tags: { error: 'broken' },
        ...at,
      },
    ]
    const { spans } = taken((intake) => readZipkin(json, intake))
    const [client, server, query] = spans.map(({ span }) => span)
    assert.notEqual(client?.id, server?.id)
    assert.equal(server?.parentId, client?.id)
    assert.deepEqual(
      [query?.failed, query?.error, query?.start, query?.duration],
      [true, 'broken', 1_700_000_000_000, 1],
    )
  })
})

describe('a file', () => {
  const jaeger = {
    data: [
      {
        traceID: 'abc',
        processes: { p1: { serviceName: 'shop', tags: [{ key: 'hostname', type: 'string', value: 'h' }] } },
        spans: [
          {
            traceID: 'abc',
            spanID: '1',
            operationName: 'root',
            references: [],
            startTime: 1_700_000_000_000_000,
            duration: 2000,
            tags: [{ key: 'span.kind', type: 'string', value: 'server' }],
            logs: [{ timestamp: 1_700_000_000_000_500, fields: [{ key: 'event', type: 'string', value: 'hit' }] }],
            processID: 'p1',
            warnings: null,
          },
          {
            traceID: 'abc',
            spanID: '2',
            operationName: 'child',
            references: [{ refType: 'CHILD_OF', traceID: 'abc', spanID: '1' }],
            startTime: 1_700_000_000_000_100,
            duration: 500,
            tags: [{ key: 'error', type: 'bool', value: true }],
            logs: [],
            processID: 'p1',
          },
        ],
      },
    ],
  }

  it('of Jaeger’s is read', () => {
    const arrivals = taken((intake) => assert.equal(readFile(JSON.stringify(jaeger), intake), 'jaeger'))
    const [root, child] = arrivals.spans
    assert.equal(root?.traceId, '0000000000000abc')
    assert.deepEqual([root?.span.kind, root?.span.process.service, root?.span.duration], ['server', 'shop', 2])
    assert.deepEqual([child?.span.parentId, child?.span.failed], [root?.span.id, true])
    assert.equal(root?.span.logs[0]?.name, 'hit')
  })

  it('of lines of OTLP is read up to a last line that is cut off', () => {
    const line = JSON.stringify(otlp([{ trace: 'a', id: 'a' }]))
    const { spans, refused } = taken((intake) => readFile(`${line}\n${line}\n${line.slice(0, 50)}`, intake))
    assert.deepEqual([spans.length, refused], [2, 1])
  })

  it('of Zipkin’s is read, as a list of spans or of traces', () => {
    const span = { traceId: 'a', id: 'b', timestamp: 1, duration: 1 }
    for (const json of [[span], [[span]]]) {
      const arrivals = taken((intake) => assert.equal(readFile(JSON.stringify(json), intake), 'zipkin'))
      assert.equal(arrivals.spans.length, 1)
    }
  })

  it('of anything else is refused by name', () => {
    for (const text of ['', 'hello', '{}', '[1]', '"x"', 'null', '{"data":1}']) {
      assert.throws(() => readFile(text, new Intake()), Malformed, text)
    }
  })
})
