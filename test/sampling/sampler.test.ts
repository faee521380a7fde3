import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ratio } from '../../src/sampling/ratio.js'
import { alwaysOff, alwaysOn, type Sampler } from '../../src/sampling/sampler.js'
import type { Decision } from '../support/headers.js'
import { decisionOf, ids, keeps, samplerFrom } from '../support/sampling.js'

const DECISIONS: readonly Decision[] = ['undecided', 'denied', 'accepted', 'debug']
function sampler(name: string, arg?: string, family: 'OTEL' | 'JAEGER' = 'OTEL'): Sampler {
  const [nameOf, argOf] =
    family === 'OTEL'
      ? ['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG']
      : ['JAEGER_SAMPLER_TYPE', 'JAEGER_SAMPLER_PARAM']
  return samplerFrom({ [nameOf]: name, ...(arg !== undefined && { [argOf]: arg }) })
}

describe('the ratio sampler', () => {
  it('keeps its share, within three standard deviations', () => {
    for (const share of [0.01, 0.1, 0.25, 0.5, 0.9]) {
      const kept = ids.filter((id) => keeps(ratio(share), id)).length
      const deviation = Math.sqrt(ids.length * share * (1 - share))
      assert.ok(Math.abs(kept - ids.length * share) < 3 * deviation, `${kept} of ${ids.length} at ${share}`)
    }
  })

  it('keeps none at 0 and all at 1', () => {
    const extremes = ['0'.repeat(31) + '1', 'f'.repeat(32), ...ids.slice(0, 1000)]
    for (const id of extremes) {
      assert.equal(keeps(ratio(0), id), false)
      assert.equal(keeps(ratio(1), id), true)
    }
  })

  it('decides alike for the same id, and by its low half, which 64-bit services see', () => {
    for (const id of ids.slice(0, 1000)) {
      assert.equal(keeps(ratio(0.3), id), keeps(ratio(0.3), id))
      assert.equal(keeps(ratio(0.3), id), keeps(ratio(0.3), '0'.repeat(16) + id.slice(16)))
    }
  })

  it('keeps with a larger share all that a smaller one keeps', () => {
    const shares = [0.001, 0.01, 0.2, 0.5, 0.99, 1].map((share) => ratio(share))
    for (const id of ids.slice(0, 20_000)) {
      const kept = shares.map((sampler) => keeps(sampler, id))
      assert.ok(!kept.includes(false, kept.indexOf(true)) || !kept.includes(true))
    }
  })
})

describe('a sampler that is based on the parent', () => {
  const decided = (sampler: Sampler, sampling: Decision): Decision => decisionOf(sampler, { parent: sampling })

  for (const [name, arg, root] of [
    ['parentbased_always_on', undefined, 'accepted'],
    ['parentbased_always_off', undefined, 'denied'],
    ['parentbased_traceidratio', '1', 'accepted'],
    ['parentbased_traceidratio', '0', 'denied'],
  ] as const) {
    it(`${name}${arg === undefined ? '' : ` of ${arg}`} follows the parent and decides where it did not`, () => {
      const own = sampler(name, arg)
      assert.deepEqual(
        DECISIONS.map((sampling) => decided(own, sampling)),
        [root, 'denied', 'accepted', 'debug'],
      )
      assert.equal(decisionOf(own), root)
    })
  }

  for (const [type, param, root] of [
    ['const', '1', 'accepted'],
    ['const', '0', 'denied'],
    ['probabilistic', '1', 'accepted'],
    ['probabilistic', '0', 'denied'],
  ] as const) {
    it(`is Jaeger’s ${type} of ${param}`, () => {
      const own = sampler(type, param, 'JAEGER')
      assert.deepEqual(
        DECISIONS.map((sampling) => decided(own, sampling)),
        [root, 'denied', 'accepted', 'debug'],
      )
    })
  }

  it('is not always_on, always_off or traceidratio, but for debug', () => {
    assert.deepEqual(
      DECISIONS.map((sampling) => decided(sampler('always_on'), sampling)),
      ['accepted', 'accepted', 'accepted', 'debug'],
    )
    assert.deepEqual(
      DECISIONS.map((sampling) => decided(sampler('always_off'), sampling)),
      ['denied', 'denied', 'denied', 'debug'],
    )
    assert.deepEqual(
      DECISIONS.map((sampling) => decided(sampler('traceidratio', '0'), sampling)),
      ['denied', 'denied', 'denied', 'debug'],
    )
  })
})

describe('the constant samplers', () => {
  it('are constant', () => {
    assert.equal(
      ids.slice(0, 100).every((id) => keeps(alwaysOn, id)),
      true,
    )
    assert.equal(
      ids.slice(0, 100).some((id) => keeps(alwaysOff, id)),
      false,
    )
  })
})
