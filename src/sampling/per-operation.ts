/**
 * Jaeger's per-operation sampling: each operation has a share of its own, and a lower bound of traces a second that it is
 * granted whatever chance says.
 *
 * Jaeger knows operations by the names that spans end with, such as `GET /users/:id`. At the start of a request its route
 * is not known yet, so its method and path are held against the names that look like routes.
 */
import type { SpanContext } from '../tracer/context.js'
import type { TraceId } from '../tracer/trace-id.js'
import { pathOf, pathPattern } from './patterns.js'
import { RateLimiter, type Circumstances } from './rate-limiting.js'
import { probabilistic } from './ratio.js'
import { DENIED, accepted, type Sampler, type Verdict } from './sampler.js'

export interface OperationStrategies {
  /** The share of operations that are not listed. */
  readonly share: number
  /** Traces a second that each operation is granted. */
  readonly lowerBound: number
  /** Shares by operation. */
  readonly operations: ReadonlyMap<string, number>
}

interface Route {
  readonly pattern: RegExp
  readonly sampler: Sampler
}

export class PerOperation implements Sampler {
  private readonly strategies: OperationStrategies
  private readonly most: number
  private readonly limiters: Map<string, RateLimiter>
  private readonly circumstances: Circumstances | undefined
  private readonly byName = new Map<string, Sampler>()
  /** By method and number of segments, so that few need to be tried. */
  private readonly routes = new Map<string, Route[]>()
  private readonly others: Sampler

  /**
   * @param most operations that are told apart; the rest have the default share and no lower bound
   * @param previous the strategies that these replace: buckets are taken over as they stand
   */
  constructor(strategies: OperationStrategies, most: number, previous?: PerOperation, circumstances?: Circumstances) {
    this.strategies = strategies
    this.most = most
    this.circumstances = circumstances
    this.limiters = previous?.strategies.lowerBound === strategies.lowerBound ? previous.limiters : new Map()
    this.others = probabilistic(strategies.share)
    for (const [operation, share] of strategies.operations) {
      if (this.byName.size >= most) break
      this.list(operation, this.granted(operation, share))
    }
    if (this.limiters.size <= most) return
    for (const name of this.limiters.keys()) if (!this.byName.has(name)) this.limiters.delete(name)
  }

  decide(id: TraceId, parent: SpanContext | undefined, name: string, target: string | undefined): Verdict {
    return this.samplerOf(name, target).decide(id, parent, name, target)
  }

  private samplerOf(name: string, target: string | undefined): Sampler {
    const byRoute = target === undefined ? undefined : this.byRoute(name, pathOf(target))
    return byRoute ?? this.byName.get(name) ?? this.meet(name)
  }

  private byRoute(method: string, path: string): Sampler | undefined {
    const exact = this.byName.get(`${method} ${path}`)
    if (exact !== undefined) return exact
    for (const key of [`${method} ${segmentsIn(path)}`, `${method} *`]) {
      const route = this.routes.get(key)?.find(({ pattern }) => pattern.test(path))
      if (route !== undefined) return route.sampler
    }
    return undefined
  }

  /** An operation that the strategies do not list. */
  private meet(name: string): Sampler {
    if (this.byName.size >= this.most) return this.others
    const sampler = this.granted(name, this.strategies.share)
    this.byName.set(name, sampler)
    return sampler
  }

  private list(operation: string, sampler: Sampler): void {
    this.byName.set(operation, sampler)
    const [, method, path] = /^([A-Z]+) (\/\S*)$/.exec(operation) ?? []
    if (method === undefined || path === undefined || !/[:{*]/.test(path)) return
    const key = `${method} ${path.includes('*') ? '*' : segmentsIn(path)}`
    const routes = this.routes.get(key)
    // Express 5 names its wildcards.
    const route = { pattern: pathPattern(path.replace(/\*\w+/g, '*')), sampler }
    if (routes === undefined) this.routes.set(key, [route])
    else routes.push(route)
  }

  /** A share with a lower bound. */
  private granted(operation: string, share: number): Sampler {
    const { lowerBound } = this.strategies
    const limiter = this.limiters.get(operation) ?? new RateLimiter(lowerBound, this.circumstances)
    this.limiters.set(operation, limiter)
    const byChance = probabilistic(share)
    const byGrant = accepted('lowerbound', share)
    return {
      decide(id, parent, name, target) {
        const verdict = byChance.decide(id, parent, name, target)
        // What chance kept counts towards what is granted.
        const isGranted = limiter.take()
        return verdict === DENIED && isGranted ? byGrant : verdict
      },
    }
  }
}

function segmentsIn(path: string): number {
  let segments = 0
  for (let i = 0; i < path.length; i++) if (path[i] === '/') segments++
  return segments
}
