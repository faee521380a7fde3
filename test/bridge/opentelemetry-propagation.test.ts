/**
 * Propagation and baggage by OpenTelemetry's API.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  ROOT_CONTEXT,
  TraceFlags,
  baggageEntryMetadataFromString,
  context,
  propagation,
  trace,
  type Baggage,
  type Context,
} from '@opentelemetry/api'
import { activeContext, withSpan } from '../../src/scope/scope.js'
import { apiTracing, offered } from '../support/opentelemetry.js'

const { tracer: own, propagation: formats } = offered()
const api = trace.getTracer('lib')
const TRACE = '5b8efff798038103d269b633813fc60c'
const SPAN = 'eee19b7ec3c1b174'
const PARENT = `00-${TRACE}-${SPAN}-01`

const extracted = (carrier: unknown, from: Context = ROOT_CONTEXT): Context => propagation.extract(from, carrier)
const injected = (from: Context): Record<string, string> => {
  const carrier: Record<string, string> = {}
  propagation.inject(from, carrier)
  return carrier
}
const entriesOf = (baggage: Baggage | undefined): unknown =>
  baggage && Object.fromEntries(baggage.getAllEntries().map(([key, { value }]) => [key, value]))
/** What the instrumentations would send. */
const sentNow = (): Record<string, string> => {
  const headers: Record<string, string> = {}
  const current = activeContext()
  if (current !== undefined) formats.inject(current, (name, value) => (headers[name] = value))
  return headers
}

describe('inject of the OpenTelemetry API', () => {
  it('writes every configured format', () => {
    const span = api.startSpan('a')
    const { traceId, spanId } = span.spanContext()
    const headers = injected(trace.setSpan(ROOT_CONTEXT, span))
    assert.equal(headers['traceparent']?.slice(0, -2), `00-${traceId}-${spanId}-`)
    assert.equal(headers['x-b3-traceid'], traceId)
    assert.equal(headers['uber-trace-id'], `${traceId}:${spanId}:0:1`)
  })

  it('uses the setter that is given', () => {
    const carrier = new Map<string, string>()
    const from = trace.setSpan(ROOT_CONTEXT, api.startSpan('a'))
    propagation.inject(from, carrier, { set: (map, key, value) => map.set(key, value) })
    assert.deepEqual(Object.fromEntries(carrier), injected(from))
  })

  it('writes another process’s context as it came', () => {
    const from = extracted({ traceparent: PARENT, tracestate: 'a=1,b=2' })
    assert.equal(injected(from)['traceparent'], PARENT)
    assert.equal(injected(from)['tracestate'], 'a=1,b=2')
  })

  it('writes nothing where there is nothing', () => {
    assert.deepEqual(injected(ROOT_CONTEXT), {})
    assert.deepEqual(injected(context.active()), {})
  })

  it('writes only what OTEL_PROPAGATORS says, and tells the fields', () => {
    const { api, propagator } = apiTracing({ OTEL_PROPAGATORS: 'jaeger,baggage' })
    const carrier: Record<string, string> = {}
    propagator.inject(trace.setSpan(ROOT_CONTEXT, api.startSpan('a')), carrier, {
      set: (carrier: Record<string, string>, key, value) => (carrier[key] = value),
    })
    assert.deepEqual(Object.keys(carrier), ['uber-trace-id'])
    assert.deepEqual(propagator.fields(), ['uber-trace-id', 'baggage'])
  })
})

describe('extract of the OpenTelemetry API', () => {
  const forms: readonly (readonly [title: string, carrier: Record<string, unknown>])[] = [
    ['traceparent', { traceparent: PARENT }],
    ['B3', { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' }],
    ['uber-trace-id', { 'uber-trace-id': `${TRACE}:${SPAN}:0:1` }],
    ['names in another case', { Traceparent: PARENT }],
    ['values in lists', { traceparent: [PARENT] }],
  ]
  for (const [title, carrier] of forms) {
    it(`reads ${title}`, () => {
      const found = trace.getSpan(extracted(carrier))
      const { traceId, spanId, traceFlags, isRemote } = found?.spanContext() ?? {}
      assert.deepEqual([traceId, spanId, traceFlags, isRemote], [TRACE, SPAN, TraceFlags.SAMPLED, true])
      assert.equal(found?.isRecording(), false)
    })
  }

  it('makes a parent', () => {
    const span = api.startSpan('a', {}, extracted({ traceparent: PARENT }))
    assert.equal(span.spanContext().traceId, TRACE)
    context.with(extracted({ traceparent: PARENT }), () => {
      assert.equal(own.startSpan('b').context().parentId, SPAN)
      assert.equal(trace.getActiveSpan()?.spanContext().spanId, SPAN)
    })
  })

  it('heeds a refusal', () => {
    const span = api.startSpan('a', {}, extracted({ traceparent: `00-${TRACE}-${SPAN}-00` }))
    assert.equal(span.isRecording(), false)
  })

  it('heeds a decision without ids', () => {
    const found = extracted({ b3: '0', 'x-b3-sampled': '0' })
    const span = api.startSpan('a', {}, found)
    assert.equal(span.isRecording(), false)
    assert.equal(trace.isSpanContextValid(span.spanContext()), true)
    assert.equal(injected(found)['x-b3-sampled'], '0')
  })

  it('uses the getter that is given', () => {
    const headers = new Map([['traceparent', PARENT]])
    const found = propagation.extract(ROOT_CONTEXT, headers, {
      keys: (map) => [...map.keys()],
      get: (map, key) => map.get(key),
    })
    assert.equal(trace.getSpanContext(found)?.spanId, SPAN)
    const without = { get: (map: Map<string, string>, key: string) => map.get(key) }
    assert.equal(trace.getSpanContext(propagation.extract(ROOT_CONTEXT, headers, without as never))?.spanId, SPAN)
  })

  it('returns the context as it was where nothing valid came', () => {
    for (const carrier of [{}, { traceparent: 'nonsense' }, { traceparent: 7 }, null, undefined])
      assert.equal(extracted(carrier), ROOT_CONTEXT)
  })

  it('keeps what else the context holds', () => {
    const key = Symbol.for('mine')
    assert.equal(extracted({ traceparent: PARENT }, ROOT_CONTEXT.setValue(key, 1)).getValue(key), 1)
  })
})

describe('baggage of the OpenTelemetry API', () => {
  const baggage = propagation.createBaggage({
    user: { value: 'ü 1' },
    kept: { value: 'k', metadata: baggageEntryMetadataFromString('ttl=5;x') },
  })

  it('travels in headers, with its metadata', () => {
    const from = propagation.setBaggage(ROOT_CONTEXT, baggage)
    assert.equal(injected(from)['baggage'], 'user=%C3%BC%201,kept=k;ttl=5;x')
    assert.equal(injected(from)['uberctx-kept'], 'k')
    assert.equal(injected(from)['traceparent'], undefined)
  })

  it('arrives from headers, with its metadata', () => {
    const found = propagation.getBaggage(extracted({ baggage: 'user=%C3%BC%201,kept=k;ttl=5;x' }))
    assert.deepEqual(entriesOf(found), { user: 'ü 1', kept: 'k' })
    assert.equal(found?.getEntry('kept')?.metadata?.toString(), 'ttl=5;x')
    assert.equal(found?.getEntry('user')?.metadata, undefined)
    assert.equal(found?.getEntry('none'), undefined)
  })

  it('alone makes no span', () => {
    const found = extracted({ baggage: 'a=1' })
    assert.equal(trace.getSpan(found), undefined)
    assert.equal(injected(found)['baggage'], 'a=1')
  })

  it('goes out with what the instrumentations send, and to their spans', () => {
    context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => {
      assert.equal(sentNow()['uberctx-kept'], 'k')
      api.startActiveSpan('a', () => {
        assert.equal(sentNow()['baggage'], 'user=%C3%BC%201,kept=k;ttl=5;x')
        assert.equal(own.startSpan('b').getBaggageItem('kept'), 'k')
      })
    })
  })

  it('set below an active span goes out with that span', () => {
    api.startActiveSpan('a', (span) => {
      context.with(propagation.setBaggage(context.active(), baggage), () => {
        assert.equal(trace.getActiveSpan(), span)
        assert.equal(sentNow()['uberctx-kept'], 'k')
        assert.equal(sentNow()['uber-trace-id']?.split(':')[1], span.spanContext().spanId)
        assert.equal(own.startSpan('b').getBaggageItem('kept'), 'k')
      })
      assert.equal(sentNow()['uberctx-kept'], undefined)
    })
  })

  it('is what OpenTracing has set on the active span', () => {
    const span = own.startSpan('own').setBaggageItem('a', '1')
    withSpan(span, () => {
      assert.deepEqual(entriesOf(propagation.getActiveBaggage()), { a: '1' })
      span.setBaggageItem('b', '2')
      assert.deepEqual(entriesOf(propagation.getActiveBaggage()), { a: '1', b: '2' })
      api.startActiveSpan('api', () => {
        assert.deepEqual(entriesOf(propagation.getActiveBaggage()), { a: '1', b: '2' })
        assert.equal(sentNow()['baggage'], 'a=1,b=2')
      })
    })
  })

  it('keeps OpenTracing’s where it says nothing', () => {
    const span = own.startSpan('own').setBaggageItem('a', '1')
    const face = withSpan(span, () => trace.getActiveSpan())
    assert.ok(face !== undefined)
    context.with(trace.setSpan(ROOT_CONTEXT, face), () => assert.equal(sentNow()['baggage'], 'a=1'))
  })

  it('of a context made active as it is remains OpenTracing’s to change', () => {
    const span = own.startSpan('own').setBaggageItem('a', '1')
    const same = withSpan(span, () => context.active())
    context.with(same, () => {
      span.setBaggageItem('b', '2')
      assert.equal(sentNow()['baggage'], 'a=1,b=2')
      assert.deepEqual(entriesOf(propagation.getActiveBaggage()), { a: '1', b: '2' })
    })
  })

  it('comes before OpenTracing’s where it says something, even that there is none', () => {
    withSpan(own.startSpan('own').setBaggageItem('a', '1'), () => {
      context.with(propagation.setBaggage(context.active(), baggage), () =>
        assert.deepEqual(entriesOf(propagation.getActiveBaggage()), { user: 'ü 1', kept: 'k' }),
      )
      for (const none of [
        propagation.deleteBaggage(context.active()),
        propagation.setBaggage(context.active(), propagation.createBaggage()),
      ]) {
        context.with(none, () => {
          assert.equal(sentNow()['baggage'], undefined)
          assert.equal(own.startSpan('b').getBaggageItem('a'), undefined)
        })
      }
      assert.equal(sentNow()['baggage'], 'a=1')
    })
  })

  it('that is active is the object that was set', () => {
    context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => {
      assert.equal(propagation.getActiveBaggage(), baggage)
      api.startActiveSpan('a', () => assert.equal(propagation.getActiveBaggage(), baggage))
    })
  })

  it('of ours is immutable and can be changed into another', () => {
    const found = propagation.getBaggage(extracted({ baggage: 'a=1,b=2,c=3' }))
    assert.ok(found !== undefined)
    assert.deepEqual(entriesOf(found.setEntry('d', { value: '4' })), { a: '1', b: '2', c: '3', d: '4' })
    assert.deepEqual(entriesOf(found.removeEntry('a')), { b: '2', c: '3' })
    assert.deepEqual(entriesOf(found.removeEntries('a', 'c')), { b: '2' })
    assert.deepEqual(entriesOf(found.clear()), {})
    assert.deepEqual(entriesOf(found), { a: '1', b: '2', c: '3' })
    const changed = propagation.setBaggage(ROOT_CONTEXT, found.removeEntry('b').setEntry('a', { value: 'x' }))
    assert.equal(injected(changed)['baggage'], 'a=x,c=3')
  })

  it('of odd values and metadata breaks no header', () => {
    const odd = propagation.createBaggage({
      number: { value: 7 as never },
      lines: { value: 'a\r\nb', metadata: baggageEntryMetadataFromString('x\r\ny: z') },
      comma: { value: 'c', metadata: baggageEntryMetadataFromString('x,evil=1') },
      'no key': { value: '1' },
    })
    const headers = injected(propagation.setBaggage(ROOT_CONTEXT, odd))
    assert.equal(headers['baggage'], 'number=7,lines=a%0D%0Ab,comma=c')
  })
})
