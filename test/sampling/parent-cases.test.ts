import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Span } from '../../src/tracer/span.js'
import { assertShare, decisionOf, ids, samplerFrom } from '../support/sampling.js'
import { tracing } from '../support/tracing.js'

const PARENTS = ['undecided', 'denied', 'accepted', 'debug'] as const
const decisions = (env: Readonly<Record<string, string>>): string[] => {
  const sampler = samplerFrom(env)
  return PARENTS.map((parent) => decisionOf(sampler, { parent }))
}

describe('the case of a remote parent', () => {
  it('that is sampled can be decided otherwise, but for debug', () => {
    assert.deepEqual(decisions({ PRETRACE_REMOTE_PARENT_SAMPLED: 'always_off' }), [
      'accepted',
      'denied',
      'denied',
      'debug',
    ])
    assert.deepEqual(
      decisions({ PRETRACE_REMOTE_PARENT_SAMPLED: 'root', OTEL_TRACES_SAMPLER: 'parentbased_always_off' }),
      ['denied', 'denied', 'denied', 'debug'],
    )
  })

  it('that is not sampled can be decided otherwise', () => {
    for (const other of ['always_on', 'root', '1']) {
      assert.deepEqual(decisions({ PRETRACE_REMOTE_PARENT_NOT_SAMPLED: other }), [
        'accepted',
        'accepted',
        'accepted',
        'debug',
      ])
    }
  })

  it('can be decided by a share', () => {
    const sampler = samplerFrom({ PRETRACE_REMOTE_PARENT_NOT_SAMPLED: '0.2' })
    const kept = ids.filter((id) => decisionOf(sampler, { id, parent: 'denied' }) === 'accepted').length
    assertShare(kept, ids.length, 0.2)
  })

  it('can be decided for Jaeger’s samplers too', () => {
    const env = { JAEGER_SAMPLER_TYPE: 'const', JAEGER_SAMPLER_PARAM: '1', PRETRACE_REMOTE_PARENT_NOT_SAMPLED: 'root' }
    assert.deepEqual(decisions(env), ['accepted', 'accepted', 'accepted', 'debug'])
  })

  it('does not touch spans further down', () => {
    assert.deepEqual(treeOf({ PRETRACE_REMOTE_PARENT_NOT_SAMPLED: 'always_on' }, 'b3: 0'), [true, true])
    assert.deepEqual(treeOf({ PRETRACE_REMOTE_PARENT_SAMPLED: 'always_off' }, 'b3: 1'), [false, false])
  })
})

describe('the case of a local parent', () => {
  it('is to follow it', () => {
    assert.deepEqual(treeOf({}), [true, true])
    assert.deepEqual(treeOf({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }), [false, false])
  })

  it('that is sampled can be decided otherwise, but for debug', () => {
    assert.deepEqual(treeOf({ PRETRACE_LOCAL_PARENT_SAMPLED: 'always_off' }), [true, false])
    assert.deepEqual(treeOf({ PRETRACE_LOCAL_PARENT_SAMPLED: 'always_off' }, 'b3: d'), [true, true])
  })

  it('that is not sampled can be decided otherwise', () => {
    const env = { OTEL_TRACES_SAMPLER: 'parentbased_always_off', PRETRACE_LOCAL_PARENT_NOT_SAMPLED: 'always_on' }
    assert.deepEqual(treeOf(env), [false, true])
    assert.deepEqual(treeOf({ ...env, PRETRACE_LOCAL_PARENT_SAMPLED: 'root' }), [false, true])
  })

  it('may go by rules for names', () => {
    const env = { PRETRACE_LOCAL_PARENT_SAMPLED: 'root', PRETRACE_SAMPLING_RULES: 'name:child=0' }
    assert.deepEqual(treeOf(env), [true, false])
  })
})

/** Whether a span and its child are recorded, below what a header says. */
function treeOf(env: Readonly<Record<string, string>>, header = ''): [boolean, boolean] {
  const { tracer } = tracing(env)
  const [name = '', value = ''] = header.split(': ')
  const above = value === '' ? null : tracer.extract('http_headers', withIds(name, value))
  const parent = tracer.startSpan('parent', { childOf: above })
  const child = tracer.startSpan('child', { childOf: parent })
  return [recorded(parent), recorded(child)]
}

function withIds(name: string, decision: string): Record<string, string> {
  return { [name]: `5b8efff798038103d269b633813fc60c-eee19b7ec3c1b174-${decision}` }
}

function recorded(span: Span): boolean {
  return span.record !== undefined
}
