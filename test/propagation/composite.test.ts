import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ledger } from '../../src/ledger.js'
import { contextOf, extract, formats, inject, PARENT, SPAN, TRACE, type Headers } from '../support/headers.js'

const all = formats('b3multi', 'jaeger', 'tracecontext', 'baggage')
const OTHER = '463ac35c9f6413ad48485a3953bb6124'

const b3 = (state = '-1'): Headers => ({ b3: `${TRACE}-${SPAN}${state}` })
const uber = (flags = '1', trace = TRACE): Headers => ({ 'uber-trace-id': `${trace}:${SPAN}:0:${flags}` })
const w3c = (flags = '01', trace = TRACE): Headers => ({ traceparent: `00-${trace}-${SPAN}-${flags}` })
const ids = { trace: TRACE, span: SPAN }

describe('several formats at once', () => {
  it('are all written', () => {
    assert.deepEqual(inject(all, contextOf({ parent: PARENT, baggage: { user: 'Zoë 1' } })), {
      'x-b3-traceid': TRACE,
      'x-b3-spanid': SPAN,
      'x-b3-parentspanid': PARENT,
      'x-b3-sampled': '1',
      'uber-trace-id': `${TRACE}:${SPAN}:${PARENT}:1`,
      'uberctx-user': 'Zo%C3%AB%201',
      traceparent: `00-${TRACE}-${SPAN}-01`,
      baggage: 'user=Zo%C3%AB%201',
    })
  })

  it('leave alone what the caller of each request has set, whatever the one before had', () => {
    const written = (present: readonly string[]): string[] => {
      const names: string[] = []
      all.inject(contextOf(), (name) => names.push(name), present)
      return names
    }
    const own = ['accept', 'traceparent']
    const everything = ['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled', 'uber-trace-id', 'traceparent']
    const others = everything.slice(0, -1)
    assert.deepEqual([['accept'], own, own, ['accept'], ['b3'], []].map(written), [
      everything,
      others,
      others,
      everything,
      everything.slice(3),
      everything,
    ])
  })

  for (const name of ['b3multi', 'b3', 'jaeger', 'tracecontext'] as const) {
    it(`lose nothing on a round trip through ${name}, but what it cannot say`, () => {
      const composite = formats(name, 'baggage')
      for (const sampling of ['denied', 'accepted', 'debug'] as const) {
        const context = contextOf({ parent: PARENT, sampling, baggage: { user: 'Zoë 1' } })
        const expected = { ...ids, parent: PARENT, sampling, baggage: { user: 'Zoë 1' } }
        if (name !== 'tracecontext') assert.deepEqual(extract(composite, inject(composite, context)), expected)
        else {
          const { parent: _, ...rest } = { ...expected, sampling: sampling === 'debug' ? 'accepted' : sampling }
          assert.deepEqual(extract(composite, inject(composite, context)), rest)
        }
      }
    })
  }

  it('of one trace: the first listed counts, the others add tracestate, randomness and baggage', () => {
    const headers = { ...b3(), ...w3c('03'), tracestate: 'foo=1', 'uberctx-a': '1', baggage: 'a=2,b=3' }
    const expected = { ...ids, sampling: 'accepted', state: 'foo=1', random: true, baggage: { a: '1', b: '3' } }
    assert.deepEqual(extract(all, headers), expected)
  })

  it('of two traces: the first listed counts, the other adds nothing and is counted', () => {
    const before = ledger.headers.conflicting
    const headers = { ...b3(''), ...w3c('01', OTHER), tracestate: 'foo=1' }
    assert.deepEqual(extract(all, headers), { ...ids, sampling: 'undecided' })
    assert.equal(ledger.headers.conflicting, before + 1)
    const reversed = formats('tracecontext', 'b3')
    assert.deepEqual(extract(reversed, headers), { trace: OTHER, span: SPAN, sampling: 'accepted', state: 'foo=1' })
  })

  it('with a malformed first use the second', () => {
    const before = ledger.headers.malformed
    assert.deepEqual(extract(all, { b3: 'junk', ...uber('3') }), { ...ids, sampling: 'debug' })
    assert.deepEqual(extract(all, { 'x-b3-traceid': 'junk', ...w3c('00') }), { ...ids, sampling: 'denied' })
    assert.equal(ledger.headers.malformed, before + 2)
  })

  it('with a malformed last keep the first', () => {
    const order = formats('tracecontext', 'b3', 'jaeger')
    assert.deepEqual(extract(order, { ...w3c(), 'uber-trace-id': 'xyz:abc:0:1' }), { ...ids, sampling: 'accepted' })
    assert.deepEqual(extract(order, { ...w3c(), b3: 'junk' }), { ...ids, sampling: 'accepted' })
  })

  it('of which one has ids without a decision take the decision of another', () => {
    assert.deepEqual(extract(formats('jaeger', 'b3'), { ...uber('zz'), b3: '0' }), { ...ids, sampling: 'denied' })
    assert.deepEqual(extract(all, { ...b3(''), ...w3c('01') }), { ...ids, sampling: 'accepted' })
    assert.deepEqual(extract(all, { ...b3(''), ...uber('3') }), { ...ids, sampling: 'debug' })
  })

  it('of which one leaves the decision open and another cannot leave it open, leave it open', () => {
    assert.deepEqual(extract(all, { ...b3(''), ...uber('0'), ...w3c('00') }), { ...ids, sampling: 'undecided' })
  })

  it('of which one has a decision alone never lose the ids of another', () => {
    const order = formats('b3', 'tracecontext')
    assert.deepEqual(extract(order, { b3: '1', ...w3c('00') }), { ...ids, sampling: 'denied' })
  })

  it('of one trace: debug beats accepted, a refusal stands if it came first', () => {
    const order = formats('tracecontext', 'b3')
    assert.deepEqual(extract(order, { ...w3c('01'), ...b3('-d') }), { ...ids, sampling: 'debug' })
    assert.deepEqual(extract(order, { ...w3c('00'), ...b3('-1') }), { ...ids, sampling: 'denied' })
    assert.deepEqual(extract(formats('b3', 'tracecontext'), { ...b3('-0'), ...w3c('01') }), {
      ...ids,
      sampling: 'denied',
    })
  })

  it('take a debug flag of no other trace', () => {
    const order = formats('tracecontext', 'jaeger')
    assert.deepEqual(extract(order, { ...w3c(), ...uber('3', OTHER) }), { ...ids, sampling: 'accepted' })
  })

  it('know one trace by its padded id', () => {
    const low = TRACE.slice(16)
    const headers = { 'x-b3-traceid': low, 'x-b3-spanid': SPAN, ...w3c('01', low.padStart(32, '0')), tracestate: 'a=1' }
    const expected = { trace: low.padStart(32, '0'), span: SPAN, narrow: true, state: 'a=1', sampling: 'accepted' }
    assert.deepEqual(extract(all, headers), expected)
  })

  it('read baggage although no ids came', () => {
    assert.deepEqual(extract(all, { baggage: 'a=1' }), { sampling: 'undecided', baggage: { a: '1' } })
    assert.deepEqual(extract(all, { b3: '0', baggage: 'a=1' }), { sampling: 'denied', baggage: { a: '1' } })
  })

  it('find nothing in headers of other kinds', () => {
    assert.equal(extract(all, { host: 'x', cookie: 'b3=1', 'x-request-id': TRACE }), null)
  })

  it('that are none neither read nor write', () => {
    const none = formats('none')
    assert.equal(extract(none, b3()), null)
    assert.deepEqual(inject(none, contextOf()), {})
  })
})

describe('headers that the caller has set', () => {
  const written = (...present: readonly string[]): string[] => {
    const names: string[] = []
    const context = contextOf({ baggage: { a: '1', b: '2' }, trace: { traceState: 'x=1' } })
    all.inject(context, (name) => names.push(name), present)
    return names
  }
  const multi = ['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled']
  const jaeger = ['uber-trace-id', 'uberctx-a', 'uberctx-b']
  const w3c = ['traceparent', 'tracestate']

  it('keep their format from being written', () => {
    assert.deepEqual(written(), [...multi, ...jaeger, ...w3c, 'baggage'])
    assert.deepEqual(written('x-b3-sampled'), [...jaeger, ...w3c, 'baggage'])
    assert.deepEqual(written('traceparent'), [...multi, ...jaeger, 'baggage'])
    assert.deepEqual(written('uber-trace-id', 'baggage'), [...multi, ...w3c])
  })

  it('keep the other form of B3 from being written too', () => {
    assert.deepEqual(written('b3'), [...jaeger, ...w3c, 'baggage'])
  })

  it('are never written twice', () => {
    assert.deepEqual(written('uberctx-a'), [...multi, 'uber-trace-id', 'uberctx-b', ...w3c, 'baggage'])
  })
})
