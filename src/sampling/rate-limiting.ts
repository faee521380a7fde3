/**
 * So many traces a second: Jaeger's leaky bucket.
 */
import { monotonicNow } from '../tracer/clock.js'
import { DENIED, accepted, type Sampler, type Verdict } from './sampler.js'

/** Chance and time, which tests set. */
export interface Circumstances {
  /** From 0 to below 1. */
  random(): number
  /** Milliseconds. */
  now(): number
}

export const reality: Circumstances = { random: Math.random, now: monotonicNow }

/** A bucket that fills at `rate` tokens a second up to one second's worth, or one token where that is more. */
export class RateLimiter {
  readonly rate: number
  private readonly most: number
  private readonly circumstances: Circumstances
  private balance: number
  private filled: number

  /** @param rate tokens a second, fractions allowed */
  constructor(rate: number, circumstances: Circumstances = reality) {
    this.rate = rate
    this.circumstances = circumstances
    this.most = Math.max(1, rate)
    // Not full: many processes started at once would each let their first traces through.
    this.balance = circumstances.random() * this.most
    this.filled = circumstances.now()
  }

  /** Takes a token if there is one. */
  take(): boolean {
    const now = this.circumstances.now()
    this.balance = Math.min(this.most, this.balance + ((now - this.filled) / 1000) * this.rate)
    this.filled = now
    if (this.balance < 1) return false
    this.balance--
    return true
  }
}

/** Keeps `rate` traces a second at the most. */
export function rateLimiting(
  rate: number,
  circumstances?: Circumstances,
  verdict: Verdict = accepted('ratelimiting', rate),
): Sampler {
  const limiter = new RateLimiter(rate, circumstances)
  return { decide: () => (limiter.take() ? verdict : DENIED) }
}
