import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { RateLimiter, rateLimiting } from '../../src/sampling/rate-limiting.js'
import { circumstances, decisionOf, keeps, samplerFrom, tagsOf } from '../support/sampling.js'

/** How many tokens are had in `seconds`, asked for every millisecond. */
function takenIn(limiter: RateLimiter, clock: { time: number }, seconds: number): number {
  let taken = 0
  for (const end = clock.time + seconds * 1000; clock.time < end; clock.time++) if (limiter.take()) taken++
  return taken
}

describe('a leaky bucket', () => {
  it('gives its rate in the long run', () => {
    for (const rate of [0.1, 0.5, 1, 2.5, 10, 100]) {
      const clock = circumstances()
      const limiter = new RateLimiter(rate, clock)
      const taken = takenIn(limiter, clock, 100)
      assert.ok(Math.abs(taken - 100 * rate) <= Math.max(1, rate), `${taken} at ${rate} a second`)
    }
  })

  it('holds one second’s worth, or one token where that is more', () => {
    for (const [rate, most] of [
      [0.5, 1],
      [1, 1],
      [5, 5],
      [7.9, 7],
    ] as const) {
      const clock = circumstances()
      const limiter = new RateLimiter(rate, clock)
      clock.time = 3_600_000
      let taken = 0
      while (limiter.take()) taken++
      assert.equal(taken, most)
    }
  })

  it('is filled by chance at first, so that a fleet started at once does not sample at once', () => {
    const first = Array.from({ length: 1000 }, (_, seed) => {
      let taken = 0
      const limiter = new RateLimiter(10, circumstances(seed))
      while (limiter.take()) taken++
      return taken
    })
    assert.equal(Math.min(...first), 0)
    assert.equal(Math.max(...first), 9)
    const average = first.reduce((sum, taken) => sum + taken, 0) / first.length
    assert.ok(Math.abs(average - 4.5) < 0.3, `${average}`)
  })

  it('gives nothing at a rate of 0', () => {
    const clock = circumstances()
    assert.equal(takenIn(new RateLimiter(0, clock), clock, 100), 0)
  })
})

describe('the rate-limiting sampler', () => {
  it('keeps what it has tokens for, and tells how many', () => {
    const clock = circumstances()
    const sampler = rateLimiting(2, clock)
    clock.time = 10_000
    assert.deepEqual(
      [1, 2, 3, 4].map(() => keeps(sampler, '')),
      [true, true, false, false],
    )
    clock.time += 500
    assert.deepEqual(tagsOf(sampler), { 'sampler.type': 'ratelimiting', 'sampler.param': 2 })
    assert.equal(tagsOf(sampler), undefined)
  })

  it('is Jaeger’s ratelimiting, which follows a parent without taking a token', async () => {
    const sampler = samplerFrom({ JAEGER_SAMPLER_TYPE: 'ratelimiting', JAEGER_SAMPLER_PARAM: '0' })
    assert.equal(decisionOf(sampler, { parent: 'accepted' }), 'accepted')
    assert.equal(decisionOf(sampler, { parent: 'debug' }), 'debug')
    assert.equal(decisionOf(sampler, { parent: 'denied' }), 'denied')
    assert.equal(decisionOf(sampler, { parent: 'undecided' }), 'denied')
    assert.equal(decisionOf(sampler), 'denied')
  })
})
