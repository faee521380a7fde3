import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EnvironmentReader, environmentChanges, variableOf } from '../../src/propagation/environment.js'
import { contextOf, formats, plain, SPAN, TRACE } from '../support/headers.js'

describe('a header in the environment', () => {
  it('has its name in capitals, with underscores', () => {
    const names = ['traceparent', 'x-b3-traceid', 'uber-trace-id', 'X-Amzn-Trace-Id', 'sw8', '0-é']
    const variables = ['TRACEPARENT', 'X_B3_TRACEID', 'UBER_TRACE_ID', 'X_AMZN_TRACE_ID', 'SW8', '_0__']
    assert.deepEqual(names.map(variableOf), variables)
  })

  it('is read as any header is, and as absent where it is empty', () => {
    const variables = { TRACEPARENT: '', B3: `${TRACE}-${SPAN}-1`, UBERCTX_USER_ID: 'Zo%C3%AB', BAGGAGE: 'a=1;p=2' }
    const context = formats('tracecontext', 'b3', 'jaeger', 'baggage').extract(new EnvironmentReader(variables))
    assert.ok(context)
    assert.deepEqual(plain(context), {
      trace: TRACE,
      span: SPAN,
      sampling: 'accepted',
      baggage: { 'user-id': 'Zoë', a: '1' },
    })
  })
})

describe('the environment of a child', () => {
  const composite = formats('b3multi', 'tracecontext')
  const changes = (given: Record<string, string>, inherited?: Record<string, string>): Record<string, unknown> =>
    Object.fromEntries(environmentChanges(composite, contextOf(), (variable) => given[variable], inherited))
  const b3 = { X_B3_TRACEID: TRACE, X_B3_SPANID: SPAN, X_B3_SAMPLED: '1' }
  const w3c = { TRACEPARENT: `00-${TRACE}-${SPAN}-01` }

  it('gets every format', () => {
    assert.deepEqual(changes({ PATH: '/bin' }), { ...b3, ...w3c })
  })

  it('keeps formats that the caller has set, whole', () => {
    assert.deepEqual(changes({ TRACESTATE: 'a=1' }), b3)
    assert.deepEqual(changes({ B3: '0', TRACEPARENT: '' }), w3c)
  })

  it('loses what was inherited, even where nothing takes its place', () => {
    const inherited = { B3: '0', TRACEPARENT: 'old', TRACESTATE: 'a=1', X_B3_PARENTSPANID: 'old' }
    const gone = { B3: undefined, TRACESTATE: undefined, X_B3_PARENTSPANID: undefined }
    assert.deepEqual(changes({ ...inherited }, inherited), { ...gone, ...b3, ...w3c })
    assert.deepEqual(changes({ ...inherited, TRACESTATE: 'b=2' }, inherited), {
      ...b3,
      B3: undefined,
      X_B3_PARENTSPANID: undefined,
    })
  })

  it('keeps formats that are not configured', () => {
    const inherited = { X_AMZN_TRACE_ID: 'Root=1' }
    assert.deepEqual(changes({ ...inherited }, inherited), { ...b3, ...w3c })
  })
})
