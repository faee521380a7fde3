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

  it('has tags made when they are asked for, once, and in their place among the others', () => {
    let made = 0
    const later = (name: string) => () => ({ tags: () => [name, ++made] })
    const record = recordOf((span) => {
      describe(span, later('first'))
      describe(span, later('second'))
      describe(span, later('third'))
      assert.equal(made, 0)
      span.setTag('set', 0)
      assert.equal(made, 3)
      describe(span, later('fourth'))
      describe(span, () => ({ tags: ['fifth', 0] }))
      describe(span, later('last'))
    })
    assert.equal(made, 4)
    const tags = ['first', 1, 'second', 2, 'third', 3, 'set', 0, 'fourth', 4, 'fifth', 0, 'last', 5]
    assert.deepEqual(record.tags, tags)
    assert.deepEqual(record.tags, tags)
  })

  it('loses the tags alone that cannot be made when they are asked for', () => {
    const before = ledger.describeErrors
    const record = recordOf((span) => {
      describe(span, () => ({ tags: () => ['before', 1] }))
      describe(span, () => ({
        name: 'named',
        tags: () => {
          throw new Error('unexpected')
        },
      }))
      describe(span, () => ({ tags: () => ['after', 'x'.repeat(100_000), 'missing', undefined] }))
    })
    assert.equal(record.name, 'named')
    assert.deepEqual(record.tags.slice(0, 3), ['before', 1, 'after'])
    assert.equal(record.tags.length, 4)
    assert.ok(String(record.tag('after')).length < 100_000, 'the limit of text holds')
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
