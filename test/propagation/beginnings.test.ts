import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Beginnings } from '../../src/propagation/beginnings.js'
import { HeadersReader } from '../../src/propagation/carriers.js'
import { extract, formats } from '../support/headers.js'

const NAMES = ['b3multi', 'b3', 'jaeger', 'tracecontext', 'baggage', 'xray', 'ottrace', 'gcp', 'sw8'] as const
/** Only looked at beside a `traceparent`. */
const BESIDE = new Set(['tracestate'])

describe('beginnings of names of headers', () => {
  for (const name of NAMES) {
    it(`mean all that ${name} asks for`, () => {
      const [propagator] = formats(name).propagators
      assert.ok(propagator)
      const asked = new Set<string>()
      propagator.extract({
        get: (header) => void asked.add(header),
        names: () => ['uberctx-a', 'ot-baggage-a', 'sw8-x', 'accept'],
      })
      const beginnings = new Beginnings(propagator.reads)
      assert.notEqual(asked.size, 0)
      assert.deepEqual(
        [...asked].filter((header) => !BESIDE.has(header) && !beginnings.mean(header)),
        [],
      )
    })
  }

  it('mean nothing else', () => {
    const beginnings = new Beginnings(['b3', 'x-b3-', 'uber-trace-id', 'traceparent'])
    const others = [
      '',
      '_',
      'host',
      'user-agent',
      'x-forwarded-for',
      'x-b',
      'te',
      'b',
      'X-B3-TraceId',
      '\u0162raceparent',
    ]
    assert.deepEqual(
      others.filter((header) => beginnings.mean(header)),
      [],
    )
    assert.ok(new HeadersReader({ host: 'a', 'x-request-id': '1' }).lacks(beginnings))
    assert.ok(!new HeadersReader({ host: 'a', 'x-b3-sampled': '1' }).lacks(beginnings))
  })

  it('let a header through that comes alone', () => {
    const all = formats('b3multi', 'jaeger', 'tracecontext', 'baggage')
    for (const [header, value] of [
      ['b3', '0'],
      ['x-b3-sampled', '1'],
      ['x-b3-flags', '1'],
      ['jaeger-debug-id', 'x'],
      ['jaeger-baggage', 'a=1'],
      ['uberctx-a', '1'],
      ['baggage', 'a=1'],
    ] as const) {
      assert.notEqual(extract(all, { host: 'a', [header]: value }), null, header)
    }
  })
})
