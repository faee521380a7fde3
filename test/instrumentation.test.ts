import assert from 'node:assert/strict'
import { describe as suite, it } from 'node:test'
import { describe, fail } from '../src/instrumentation.js'
import { ledger } from '../src/ledger.js'
import { Sampling } from '../src/tracer/context.js'
import type { SpanRecord } from '../src/tracer/record.js'
import type { Span } from '../src/tracer/span.js'
import { recordingCore } from './support/tracer.js'

/** The record of a span that `work` has worked on. */
function recordOf(work: (span: Span) => void): SpanRecord {
  const { tracer, records } = recordingCore()
  const span = tracer.start('work', undefined)
  work(span)
  span.finish()
  return records[0] as SpanRecord
}

suite('describe', () => {
  it('names and tags a span by what the describer makes of the arguments', () => {
    const record = recordOf((span) =>
      describe(span, (a: number, b: number) => ({ name: 'sum', tags: ['sum', a + b] }), 1, 2),
    )
    assert.equal(record.name, 'sum')
    assert.equal(record.tag('sum'), 3)
  })

  it('loses the tags and nothing else where the describer throws', () => {
    const before = ledger.describeErrors
    const record = recordOf((span) => {
      span.setTag('kept', 1)
      describe(span, () => {
        throw new Error('unexpected')
      })
    })
    assert.equal(record.name, 'work')
    assert.deepEqual(record.tags, ['kept', 1])
    assert.equal(ledger.describeErrors, before + 1)
  })

  it('does not ask where nothing is recorded', () => {
    const { tracer } = recordingCore(Sampling.Denied)
    describe(tracer.start('work', undefined), () => assert.fail('asked'))
  })
})

suite('fail', () => {
  it('logs the kind, the message and the stack of an error, and nothing else of it', () => {
    const error = Object.assign(new TypeError('no'), { detail: 'Key (email)=(a@b)' })
    const record = recordOf((span) => fail(span, error))
    assert.equal(record.tag('error'), true)
    assert.deepEqual(record.logs?.[0]?.fields, {
      event: 'error',
      'error.kind': 'TypeError',
      message: 'no',
      stack: error.stack,
    })
  })

  it('takes whatever was thrown', () => {
    const record = recordOf((span) => fail(span, 'enough'))
    assert.deepEqual(record.logs?.[0]?.fields, { event: 'error', 'error.kind': 'string', message: 'enough' })
  })

  it('survives an error that cannot be read', () => {
    const hostile = Object.defineProperty(new Error(), 'message', {
      get() {
        throw new Error('hands off')
      },
    })
    for (const error of [hostile, Object.create(null)]) {
      const record = recordOf((span) => fail(span, error))
      assert.equal(record.tag('error'), true)
      assert.equal(record.logs, undefined)
    }
  })
})
