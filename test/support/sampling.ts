/**
 * Samplers in plain terms, with chance and time in the test's hands.
 */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { parseConfig } from '../../src/config/load.js'
import { samplerOf } from '../../src/sampling/configured.js'
import type { Circumstances } from '../../src/sampling/rate-limiting.js'
import type { Sampler } from '../../src/sampling/sampler.js'
import { Sampling } from '../../src/tracer/context.js'
import { TraceId } from '../../src/tracer/trace-id.js'
import { contextOf, type Decision } from './headers.js'

const DECISIONS: readonly Decision[] = ['undecided', 'denied', 'accepted', 'debug']

/** Trace ids as good as random, and the same in every run. */
export const ids = Array.from({ length: 100_000 }, (_, index) => createHash('md5').update(`${index}`).digest('hex'))

/** The sampler that the environment asks for, which must be without fault. */
export function samplerFrom(env: Readonly<Record<string, string>>): Sampler {
  const lines: string[] = []
  const config = parseConfig(env, lines)
  assert.deepEqual(lines, [])
  return samplerOf(config)
}

const FIRST = ids[0] as string

export interface Question {
  readonly id?: string
  /** The decision of the caller. Without it there is none. */
  readonly parent?: Decision
  /** The name of the span at its start. */
  readonly name?: string
  /** Path and query of a request received. */
  readonly target?: string
}

export function decisionOf(sampler: Sampler, { id = FIRST, parent, name = 'GET', target }: Question = {}): Decision {
  const above = parent === undefined ? undefined : contextOf({ sampling: parent })
  return DECISIONS[sampler.decide(TraceId.of(id), above, name, target).sampling] as Decision
}

export function keeps(sampler: Sampler, id: string): boolean {
  return sampler.decide(TraceId.of(id), undefined, 'GET', undefined).sampling === Sampling.Accepted
}

/** What a sampler tells on the first span of a trace that it keeps. */
export function tagsOf(sampler: Sampler, { id = FIRST, name = 'GET', target }: Question = {}): unknown {
  return sampler.decide(TraceId.of(id), undefined, name, target).tags
}

/** Fails unless `kept` of `all` is a `share` of them, within three standard deviations. */
export function assertShare(kept: number, all: number, share: number): void {
  const deviation = Math.sqrt(all * share * (1 - share))
  assert.ok(Math.abs(kept - all * share) <= 3 * deviation, `${kept} of ${all} at ${share}`)
}

/** Chance that is always the same (mulberry32), and a clock that the test moves, in ms. */
export function circumstances(seed = 1): Circumstances & { time: number } {
  let state = seed
  return {
    time: 0,
    now() {
      return this.time
    },
    random() {
      state = (state + 0x6d2b79f5) | 0
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    },
  }
}
