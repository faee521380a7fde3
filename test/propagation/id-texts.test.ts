/**
 * The text that all formats cut their ids from.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { idTextsOf } from '../../src/propagation/id-texts.js'
import { Sampling } from '../../src/tracer/context.js'
import { PARENT, SPAN, TRACE, contextOf } from '../support/headers.js'

describe('the ids of a context', () => {
  it('stand in each form', () => {
    assert.deepEqual(idTextsOf(contextOf({ parent: PARENT, sampling: 'debug', trace: { random: true } })), {
      traceId: TRACE,
      spanId: SPAN,
      parentId: PARENT,
      traceparent: `00-${TRACE}-${SPAN}-03`,
      uberTraceId: `${TRACE}:${SPAN}:${PARENT}:3`,
    })
    assert.deepEqual(idTextsOf(contextOf({ sampling: 'denied' })), {
      traceId: TRACE,
      spanId: SPAN,
      parentId: undefined,
      traceparent: `00-${TRACE}-${SPAN}-00`,
      uberTraceId: `${TRACE}:${SPAN}:0:0`,
    })
  })

  it('follow a decision that changes', () => {
    const context = contextOf()
    assert.match(idTextsOf(context).uberTraceId, /:1$/)
    assert.match(idTextsOf(context.withSampling(Sampling.Denied)).uberTraceId, /:0$/)
    assert.match(idTextsOf(context).traceparent, /-01$/)
  })

  it('are each context’s own, in whichever order they are asked for', () => {
    const other = contextOf({ span: PARENT, trace: { traceId: TRACE.replace('5', '6') } })
    const context = contextOf()
    for (let i = 0; i < 2; i++) {
      assert.equal(idTextsOf(context).traceparent, `00-${TRACE}-${SPAN}-01`)
      assert.equal(idTextsOf(other).traceparent, `00-${TRACE.replace('5', '6')}-${PARENT}-01`)
    }
  })
})
