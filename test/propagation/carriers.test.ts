import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { carriers } from '../../src/propagation/carriers.js'
import { contextOf, extract, formats, plain, SPAN, TRACE } from '../support/headers.js'

const composite = formats('b3multi', 'jaeger', 'tracecontext', 'baggage')
const { extract: read, inject: write } = carriers(composite)
const uber = `${TRACE}:${SPAN}:0:1`
const found = { trace: TRACE, span: SPAN, sampling: 'accepted' }

describe('a carrier to read from', () => {
  it('may have names in any case', () => {
    assert.deepEqual(extract(composite, { 'Uber-Trace-Id': uber }), found)
    assert.deepEqual(extract(composite, { 'UBER-TRACE-ID': uber }), found)
  })

  it('may have a name in two cases: the first counts', () => {
    assert.deepEqual(extract(composite, { 'Uber-Trace-Id': uber, 'uber-trace-id': 'abc:def:0:0' }), found)
  })

  it('may have arrays, of which the texts count', () => {
    assert.deepEqual(extract(composite, { 'uber-trace-id': [uber, 'junk'] }), found)
    assert.deepEqual(extract(composite, { 'uber-trace-id': [undefined, 5, uber] }), found)
    assert.equal(extract(composite, { 'uber-trace-id': [] }), null)
  })

  it('may have values that are no text', () => {
    const values = [1, 1n, true, null, undefined, Symbol('x'), {}, () => uber, new Date(), NaN]
    for (const value of values) {
      const names = ['b3', 'x-b3-traceid', 'x-b3-sampled', 'uber-trace-id', 'traceparent', 'baggage', 'uberctx-a']
      assert.equal(extract(composite, Object.fromEntries(names.map((name) => [name, value]))), null)
    }
  })

  it('may have getters that throw: the others are read', () => {
    const carrier = {
      'uber-trace-id': uber,
      get traceparent(): string {
        throw new Error('getter')
      },
      get other(): string {
        throw new Error('getter')
      },
    }
    assert.deepEqual(extract(composite, carrier), found)
  })

  it('may have no prototype, or be frozen', () => {
    assert.deepEqual(extract(composite, Object.assign(Object.create(null), { 'uber-trace-id': uber })), found)
    assert.deepEqual(extract(composite, Object.freeze({ 'uber-trace-id': uber })), found)
  })

  it('may be a Map or Headers', () => {
    assert.deepEqual(extract(composite, new Map([['Uber-Trace-Id', uber]])), found)
    assert.deepEqual(
      extract(
        composite,
        new Map<unknown, unknown>([
          [5, uber],
          ['uber-trace-id', uber],
        ]),
      ),
      found,
    )
    assert.deepEqual(extract(composite, new Headers({ 'Uber-Trace-Id': uber })), found)
  })

  it('may have own names of Object.prototype', () => {
    const carrier = JSON.parse(`{"__proto__":{"b3":"0"},"constructor":"x","uber-trace-id":"${uber}"}`) as object
    assert.deepEqual(extract(composite, carrier), found)
  })

  it('is not written to', () => {
    const carrier = { 'Uber-Trace-Id': uber, b3: ['0'] }
    extract(composite, carrier)
    assert.deepEqual(carrier, { 'Uber-Trace-Id': uber, b3: ['0'] })
  })

  it('gives null where it cannot be read at all', () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('trap')
        },
        get: () => {
          throw new Error('trap')
        },
      },
    )
    const unfit = [null, undefined, 5, 'text', true, Symbol('x'), hostile, [], [uber], () => uber]
    for (const format of ['http_headers', 'text_map', 'binary', 'unheard-of', undefined, null, {}]) {
      for (const carrier of unfit) assert.equal(read(format as string, carrier), null)
    }
  })
})

describe('a carrier to write to', () => {
  it('keeps what it had, less headers of the same name in another case', () => {
    const carrier = { Accept: '*/*', TraceParent: 'old', 'X-B3-TRACEID': 'old', 'x-b3-spanid': 'old' }
    write(contextOf(), 'http_headers', carrier)
    assert.deepEqual(carrier, {
      Accept: '*/*',
      'x-b3-traceid': TRACE,
      'x-b3-spanid': SPAN,
      'x-b3-sampled': '1',
      'uber-trace-id': uber,
      traceparent: `00-${TRACE}-${SPAN}-01`,
    })
  })

  it('may be a Map or Headers', () => {
    const map = new Map<unknown, unknown>([
      ['TraceParent', 'old'],
      [5, 'five'],
    ])
    write(contextOf(), 'http_headers', map)
    assert.deepEqual(
      [...map.keys()],
      [5, 'x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled', 'uber-trace-id', 'traceparent'],
    )
    const headers = new Headers({ TraceParent: 'old' })
    write(contextOf(), 'http_headers', headers)
    assert.equal(headers.get('traceparent'), `00-${TRACE}-${SPAN}-01`)
  })

  it('may refuse: nothing is thrown', () => {
    const unfit = [
      null,
      undefined,
      5,
      'text',
      Object.freeze({}),
      Object.seal({ TraceParent: 'x' }),
      new Proxy(
        {},
        {
          set: () => {
            throw new Error('trap')
          },
        },
      ),
    ]
    for (const format of ['http_headers', 'text_map', 'binary', 'unheard-of']) {
      for (const carrier of unfit) write(contextOf(), format, carrier)
    }
  })

  it('of an unknown format stays as it was', () => {
    const carrier = {}
    write(contextOf(), 'unheard-of', carrier)
    assert.deepEqual(carrier, {})
  })

  it('gets the decision and the baggage of a context that has nothing else', () => {
    const carrier: Record<string, string> = {}
    write(read('http_headers', { b3: '0', baggage: 'a=1' }) as never, 'http_headers', carrier)
    assert.deepEqual(carrier, { 'x-b3-sampled': '0', 'uberctx-a': '1', baggage: 'a=1' })
  })

  it('gets the parent that a context came with', () => {
    const context = read('http_headers', { b3: `${TRACE}-${SPAN}-1-05e3ac9a4f6e3b90` })
    const carrier: Record<string, string> = {}
    write(context as never, 'http_headers', carrier)
    assert.equal(carrier['x-b3-parentspanid'], '05e3ac9a4f6e3b90')
    assert.equal(carrier['uber-trace-id'], `${TRACE}:${SPAN}:05e3ac9a4f6e3b90:1`)
  })
})

describe('the binary format', () => {
  const bytesOf = (context = contextOf()): Buffer => {
    const carrier: { buffer?: Buffer } = {}
    write(context, 'binary', carrier)
    return carrier.buffer as Buffer
  }

  it('is Jaeger’s', () => {
    const context = contextOf({ parent: 'eee19b7ec3c1b173', sampling: 'debug', baggage: { user: 'Zoë' } })
    assert.equal(
      bytesOf(context).toString('hex'),
      `${TRACE}${SPAN}eee19b7ec3c1b17303000000010000000475736572000000045a6fc3ab`,
    )
  })

  it('loses nothing on a round trip', () => {
    for (const sampling of ['denied', 'accepted', 'debug'] as const) {
      const context = contextOf({ parent: 'eee19b7ec3c1b173', sampling, baggage: { user: 'Zoë 1', empty: '' } })
      for (const buffer of [bytesOf(context), new Uint8Array(bytesOf(context)), [...bytesOf(context)]]) {
        assert.deepEqual(plain(read('binary', { buffer }) as never), plain(context))
      }
    }
  })

  it('knows a narrow trace id by its upper half', () => {
    const context = contextOf({ trace: { traceId: SPAN.padStart(32, '0'), narrow: true } })
    assert.deepEqual(plain(read('binary', { buffer: bytesOf(context) }) as never), plain(context))
  })

  it('is refused when cut short anywhere', () => {
    const bytes = bytesOf(contextOf({ baggage: { user: 'Zoë' } }))
    for (let length = 0; length < bytes.length; length++) {
      assert.equal(read('binary', { buffer: bytes.subarray(0, length) }), null)
    }
  })

  it('is refused with absurd numbers in it', () => {
    const bytes = bytesOf(contextOf({ baggage: { user: 'Zoë' } }))
    for (const [offset, value] of [
      [33, -1],
      [33, 181],
      [33, 2 ** 31 - 1],
      [37, -1],
      [37, 4097],
      [45, 2 ** 31 - 1],
    ] as const) {
      const damaged = Buffer.from(bytes)
      damaged.writeInt32BE(value, offset)
      assert.equal(read('binary', { buffer: damaged }), null)
    }
  })

  it('is refused with ids of zeros', () => {
    assert.equal(read('binary', { buffer: Buffer.alloc(37) }), null)
    const bytes = bytesOf()
    assert.equal(read('binary', { buffer: Buffer.from(bytes).fill(0, 0, 16) }), null)
    assert.equal(read('binary', { buffer: Buffer.from(bytes).fill(0, 16, 24) }), null)
  })

  it('leaves out baggage that no reader takes', () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, 'v']))
    const baggage = { long: 'x'.repeat(4097), ...many }
    const back = plain(read('binary', { buffer: bytesOf(contextOf({ baggage })) }) as never)
    assert.equal(Object.keys(back.baggage ?? {}).length, 180)
    assert.equal(back.baggage?.['long'], undefined)
  })

  it('is not found in carriers without bytes', () => {
    for (const carrier of [{}, { buffer: null }, { buffer: 'text' }, { buffer: [1, 2, 3] }, { buffer: 5 }]) {
      assert.equal(read('binary', carrier), null)
    }
  })
})
