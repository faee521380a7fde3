import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { strategyOf } from '../../src/sampling/strategy.js'
import type { Sampler } from '../../src/sampling/sampler.js'
import { assertShare, circumstances, decisionOf, ids, keeps, tagsOf, type Question } from '../support/sampling.js'

const answer = (value: unknown, most = 2000, clock = circumstances()): Sampler => {
  const sampler = strategyOf(JSON.stringify(value), most, undefined, clock)
  assert.ok(sampler !== undefined, `no strategy: ${JSON.stringify(value)}`)
  return sampler
}

const operations = (listed: Readonly<Record<string, number>>, rest: object = {}): object => ({
  strategyType: 'PROBABILISTIC',
  probabilisticSampling: { samplingRate: 1 },
  operationSampling: {
    defaultSamplingProbability: 0,
    defaultLowerBoundTracesPerSecond: 0,
    perOperationStrategies: Object.entries(listed).map(([operation, samplingRate]) => ({
      operation,
      probabilisticSampling: { samplingRate },
    })),
    ...rest,
  },
})

/** The share that the sampler's tag tells for an operation that it keeps. */
const shareOf = (sampler: Sampler, question: Question): unknown => {
  const id = 'f'.repeat(32)
  return (tagsOf(sampler, { id, ...question }) as Record<string, unknown> | undefined)?.['sampler.param']
}

describe('an answer of Jaeger’s', () => {
  it('with a share keeps that share, and tells it', () => {
    for (const strategyType of ['PROBABILISTIC', 0, undefined]) {
      const sampler = answer({ strategyType, probabilisticSampling: { samplingRate: 0.42 } })
      assertShare(ids.filter((id) => keeps(sampler, id)).length, ids.length, 0.42)
      const kept = ids.find((id) => keeps(sampler, id)) as string
      assert.deepEqual(tagsOf(sampler, { id: kept }), { 'sampler.type': 'probabilistic', 'sampler.param': 0.42 })
    }
  })

  it('with a rate keeps so many a second', () => {
    for (const strategyType of ['RATE_LIMITING', 1, undefined]) {
      const clock = circumstances()
      const sampler = answer({ strategyType, rateLimitingSampling: { maxTracesPerSecond: 4 } }, 2000, clock)
      clock.time = 5000
      assert.equal(ids.slice(0, 100).filter((id) => keeps(sampler, id)).length, 4)
    }
  })

  it('that names its kind is taken by it where it has both', () => {
    const both = { probabilisticSampling: { samplingRate: 1 }, rateLimitingSampling: { maxTracesPerSecond: 0 } }
    assert.equal(decisionOf(answer({ strategyType: 0, ...both })), 'accepted')
    assert.equal(decisionOf(answer({ strategyType: 'RATE_LIMITING', ...both })), 'denied')
  })

  it('may leave zeros out', () => {
    assert.equal(decisionOf(answer({ probabilisticSampling: {} })), 'denied')
    assert.equal(decisionOf(answer({ strategyType: 1, rateLimitingSampling: {} })), 'denied')
    assert.equal(decisionOf(answer({ operationSampling: {} })), 'denied')
  })

  it('is none where it makes no sense', () => {
    const texts = [
      '',
      'null',
      '[]',
      '{}',
      '<html>',
      '42',
      '{"strategyType":"PROBABILISTIC"}',
      '{"probabilisticSampling":{"samplingRate":1.5}}',
      '{"probabilisticSampling":{"samplingRate":-0.1}}',
      '{"probabilisticSampling":{"samplingRate":"0.5"}}',
      '{"probabilisticSampling":[0.5]}',
      '{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":-1}}',
      '{"operationSampling":{"defaultSamplingProbability":2}}',
      '{"operationSampling":{"defaultLowerBoundTracesPerSecond":"x"}}',
    ]
    for (const text of texts) assert.equal(strategyOf(text, 2000), undefined, text)
  })
})

describe('per-operation sampling', () => {
  it('has a share for each operation, and another for the rest', () => {
    const sampler = answer(operations({ job: 0.5, other: 0 }, { defaultSamplingProbability: 0.1 }))
    for (const [name, share] of [
      ['job', 0.5],
      ['other', 0],
      ['unknown', 0.1],
    ] as const) {
      const kept = ids.filter((id) => decisionOf(sampler, { id, name }) === 'accepted').length
      assertShare(kept, ids.length, share)
    }
  })

  it('wins over the other kinds', () => {
    assert.equal(decisionOf(answer(operations({}))), 'denied')
  })

  it('knows a request by the route that its span will be named after', () => {
    const sampler = answer(
      operations({
        GET: 0.01,
        'GET /users/:id': 0.02,
        'GET /users/me': 0.03,
        'GET /users/:id/posts': 0.04,
        'POST /users/:id': 0.05,
        'GET /files/*path': 0.06,
        'GET /orders/{id}': 0.07,
      }),
    )
    for (const [name, target, share] of [
      ['GET', '/users/7', 0.02],
      ['GET', '/users/7?deep=1', 0.02],
      ['GET', '/users/me', 0.03],
      ['GET', '/users/7/posts', 0.04],
      ['POST', '/users/7', 0.05],
      ['GET', '/files/a/b.txt', 0.06],
      ['GET', '/orders/9', 0.07],
      ['GET', '/elsewhere', 0.01],
      ['GET', undefined, 0.01],
    ] as const) {
      assert.equal(shareOf(sampler, { name, ...(target !== undefined && { target }) }), share, `${name} ${target}`)
    }
    assert.equal(decisionOf(sampler, { id: 'f'.repeat(32), name: 'PUT', target: '/users/7' }), 'denied')
  })

  it('grants each operation its lower bound, and tells so', () => {
    const clock = circumstances()
    const sampler = answer(operations({ a: 0, b: 0.25 }, { defaultLowerBoundTracesPerSecond: 2 }), 2000, clock)
    const denied = '0'.repeat(31) + '1'
    clock.time = 60_000
    for (const [name, share] of [
      ['a', 0],
      ['b', 0.25],
    ] as const) {
      const kept = [1, 2, 3, 4].map(() => tagsOf(sampler, { id: denied, name }))
      const grant = { 'sampler.type': 'lowerbound', 'sampler.param': share }
      assert.deepEqual(kept, [grant, grant, undefined, undefined])
    }
    // Operations met on the way get theirs as well: their bucket is filled in part.
    decisionOf(sampler, { id: denied, name: 'new' })
    clock.time += 10_000
    assert.deepEqual(
      [1, 2, 3].map(() => decisionOf(sampler, { id: denied, name: 'new' })),
      ['accepted', 'accepted', 'denied'],
    )
  })

  it('counts what chance kept towards the lower bound', () => {
    const clock = circumstances()
    const sampler = answer(operations({ a: 0.5 }, { defaultLowerBoundTracesPerSecond: 2 }), 2000, clock)
    const [kept, denied] = ['f'.repeat(32), '0'.repeat(32)]
    clock.time = 10_000
    assert.deepEqual(
      [kept, kept, denied].map((id) => decisionOf(sampler, { id, name: 'a' })),
      ['accepted', 'accepted', 'denied'],
    )
  })

  it('tells so many operations apart and no more', () => {
    const clock = circumstances()
    const listed = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, 1]))
    const sampler = answer(operations(listed, { defaultLowerBoundTracesPerSecond: 1 }), 3, clock)
    clock.time = 10_000
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e'].map((name) => decisionOf(sampler, { name })),
      ['accepted', 'accepted', 'accepted', 'denied', 'denied'],
    )
  })

  it('skips an operation that makes no sense', () => {
    const broken = [
      null,
      {},
      { operation: 7 },
      { operation: 'x' },
      { operation: 'y', probabilisticSampling: { samplingRate: 9 } },
    ]
    const sampler = answer(operations({}, { defaultSamplingProbability: 1, perOperationStrategies: broken }))
    assert.equal(decisionOf(sampler, { name: 'y' }), 'accepted')
    assert.equal(decisionOf(answer(operations({}, { perOperationStrategies: 'none' }))), 'denied')
  })

  it('leaves buckets as they are when strategies change', () => {
    const clock = circumstances()
    const text = (share: number): string =>
      JSON.stringify(operations({ a: share }, { defaultLowerBoundTracesPerSecond: 1 }))
    const first = strategyOf(text(0), 2000, undefined, clock) as Sampler
    const ask = (sampler: Sampler, name: string): string => decisionOf(sampler, { id: '0'.repeat(32), name })
    ask(first, 'met')
    clock.time = 10_000
    assert.equal(ask(first, 'a'), 'accepted')
    assert.equal(ask(first, 'met'), 'accepted')
    const second = strategyOf(text(0.5), 2000, first, clock) as Sampler
    assert.equal(ask(second, 'a'), 'denied')
    assert.equal(ask(second, 'met'), 'denied')
    clock.time += 1000
    assert.equal(ask(second, 'a'), 'accepted')
  })
})
