/**
 * Contexts by OpenTelemetry's API, and both APIs at once: what is active.
 */
import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { beforeEach, describe, it } from 'node:test'
import { ROOT_CONTEXT, context, createContextKey, propagation, trace, type Context } from '@opentelemetry/api'
import { activeSpan, withSpan, withoutTracing } from '../../src/scope/scope.js'
import { idOf, offered, parentsNow } from '../support/opentelemetry.js'

const traced = offered()
const { tracer: own, finished } = traced
const api = trace.getTracer('lib')
const KEY = createContextKey('a key')
const SUPPRESS = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

beforeEach(() => finished.splice(0))

describe('the active context', () => {
  it('has no span and no baggage outside of any', () => {
    assert.equal(trace.getActiveSpan(), undefined)
    assert.equal(propagation.getActiveBaggage(), undefined)
    assert.equal(context.active().getValue(KEY), undefined)
    assert.deepEqual(parentsNow(traced), [undefined, undefined])
  })

  it('is an immutable map', () => {
    const empty = context.active()
    const one = empty.setValue(KEY, 1)
    const two = one.setValue(KEY, 2)
    assert.deepEqual([empty.getValue(KEY), one.getValue(KEY), two.getValue(KEY)], [undefined, 1, 2])
    assert.equal(two.deleteValue(KEY).getValue(KEY), undefined)
    assert.equal(two.getValue(KEY), 2)
  })

  it('is the one that was made active, itself', () => {
    for (const base of [ROOT_CONTEXT, context.active()]) {
      const mine = base.setValue(KEY, 'v')
      context.with(mine, () => assert.equal(context.active(), mine))
    }
  })

  it('is always the same object within one scope', () => {
    withSpan(own.startSpan('own'), () => assert.equal(context.active(), context.active()))
  })

  it('keeps the application’s values below spans of either API', () => {
    context.with(ROOT_CONTEXT.setValue(KEY, 'v'), () =>
      withSpan(own.startSpan('own'), () =>
        api.startActiveSpan('api', () => assert.equal(context.active().getValue(KEY), 'v')),
      ),
    )
  })

  it('goes with timers, promises and what else is asynchronous', async () => {
    const seen = await context.with(ROOT_CONTEXT.setValue(KEY, 'v'), async () => {
      await new Promise((resolve) => setTimeout(resolve, 1))
      return context.active().getValue(KEY)
    })
    assert.equal(seen, 'v')
    assert.equal(context.active().getValue(KEY), undefined)
  })

  it('is left by an error as by a return', () => {
    const boom = new Error('boom')
    const thrown = (): void => {
      throw boom
    }
    assert.throws(
      () => context.with(ROOT_CONTEXT.setValue(KEY, 'v'), thrown),
      (error) => error === boom,
    )
    assert.equal(context.active().getValue(KEY), undefined)
  })

  it('leaves the application’s own AsyncLocalStorage alone', () => {
    const storage = new AsyncLocalStorage<string>()
    const mine = context.bind(ROOT_CONTEXT, () => storage.getStore())
    assert.equal(
      storage.run('mine', () => api.startActiveSpan('api', () => mine())),
      'mine',
    )
  })
})

describe('context.with', () => {
  it('passes this, arguments and what is returned', () => {
    const self = {}
    const fn = function (this: unknown, ...args: unknown[]): unknown[] {
      return [this, ...args]
    }
    assert.deepEqual(context.with(ROOT_CONTEXT, fn as never, self as never, 1 as never, 'b' as never), [self, 1, 'b'])
  })

  it('of the root context makes roots again', () => {
    api.startActiveSpan('outer', () => {
      context.with(ROOT_CONTEXT, () => {
        assert.equal(trace.getActiveSpan(), undefined)
        assert.deepEqual(parentsNow(traced), [undefined, undefined])
      })
      context.with(trace.deleteSpan(context.active()), () =>
        assert.deepEqual(parentsNow(traced), [undefined, undefined]),
      )
    })
  })

  it('of nothing is as of the root', () => {
    assert.equal(
      context.with(undefined as never, () => trace.getActiveSpan()),
      undefined,
    )
  })

  it('makes a span active for both APIs', () => {
    const span = api.startSpan('api')
    context.with(trace.setSpan(context.active(), span), () => {
      assert.equal(trace.getActiveSpan(), span)
      assert.equal(idOf(activeSpan()), idOf(span))
      assert.deepEqual(parentsNow(traced), [idOf(span), idOf(span)])
    })
  })
})

describe('context.bind', () => {
  const bound = ROOT_CONTEXT.setValue(KEY, 'bound')
  const seen = (): unknown => context.active().getValue(KEY)

  it('ties a function, with its this, arguments and length', () => {
    const self = {}
    const fn = function (this: unknown, a: unknown, b: unknown): unknown[] {
      return [this, a, b, seen()]
    }
    const tied = context.bind(bound, fn)
    assert.equal(tied.length, 2)
    assert.deepEqual(tied.call(self, 1, 2), [self, 1, 2, 'bound'])
  })

  it('ties the span too', () => {
    const span = api.startSpan('api')
    const tied = context.bind(trace.setSpan(ROOT_CONTEXT, span), () => parentsNow(traced))
    assert.deepEqual(tied(), [idOf(span), idOf(span)])
  })

  it('ties an emitter’s listeners, which stay what they were', () => {
    const emitter = new EventEmitter()
    const calls: unknown[] = []
    const listener = (...args: unknown[]): void => void calls.push([...args, seen()])
    assert.equal(context.bind(bound, emitter), emitter)
    const { emit } = emitter
    assert.equal(context.bind(ROOT_CONTEXT.setValue(KEY, 'second'), emitter), emitter)
    assert.equal(emitter.emit, emit)
    emitter.on('event', listener).once('event', listener)
    assert.deepEqual(emitter.listeners('event'), [listener, listener])
    assert.equal(emitter.emit('event', 1), true)
    assert.equal(emitter.off('event', listener).emit('event', 2), false)
    assert.deepEqual(calls, [
      [1, 'bound'],
      [1, 'bound'],
    ])
    assert.deepEqual(Object.keys(emitter), Object.keys(new EventEmitter()))
  })

  it('returns anything else as it is', () => {
    for (const target of [7, undefined, { on: 1 }]) assert.equal(context.bind(bound, target), target)
  })
})

describe('suppressed tracing', () => {
  const suppressed: Context = ROOT_CONTEXT.setValue(SUPPRESS, true)

  it('makes no spans', () => {
    context.with(suppressed, () => {
      const span = api.startSpan('a')
      assert.equal(trace.isSpanContextValid(span.spanContext()), false)
      assert.equal(span.isRecording(), false)
      assert.equal(
        api.startActiveSpan('b', (inner) => inner.isRecording()),
        false,
      )
      span.setAttribute('a', 1).addEvent('b').end()
    })
    assert.equal(api.startSpan('a', {}, suppressed).isRecording(), false)
    assert.deepEqual(finished, [])
  })

  it('writes no headers', () => {
    const carrier = {}
    propagation.inject(trace.setSpan(suppressed, api.startSpan('a')), carrier)
    assert.deepEqual(carrier, {})
  })

  it('is told where our exporters suppress it', () => {
    withoutTracing(() => assert.equal(context.active().getValue(SUPPRESS), true))
    assert.equal(context.active().getValue(SUPPRESS), undefined)
  })

  it('ends with a context in which it is not set', () => {
    context.with(suppressed, () => {
      context.with(ROOT_CONTEXT, () => assert.equal(api.startSpan('a').isRecording(), true))
      withSpan(own.startSpan('server'), () => assert.equal(context.active().getValue(SUPPRESS), false))
    })
  })
})
