/**
 * Jaeger's remote sampling: the strategy comes from an agent and is asked for again and again.
 */
import { warnOnce } from '../log.js'
import { read } from './read.js'
import { probabilistic } from './ratio.js'
import { reality, type Circumstances } from './rate-limiting.js'
import type { Sampler, Verdict } from './sampler.js'
import type { SpanContext } from '../tracer/context.js'
import type { TraceId } from '../tracer/trace-id.js'
import { strategyOf } from './strategy.js'

export interface RemoteOptions {
  readonly service: string
  /** Where strategies are to be had; `service` is added to its query. */
  readonly url: string
  /** Milliseconds between two questions, give or take a tenth. */
  readonly interval: number
  /** Milliseconds that an answer may take. */
  readonly patience?: number
  /** The share of traces kept until the first answer. */
  readonly initialShare: number
  /** Operations that are told apart. */
  readonly operations: number
}

/** Calls `fn` later, keeping no process alive for it. */
export type Later = (fn: () => void, milliseconds: number) => void

const later: Later = (fn, milliseconds) => void setTimeout(fn, milliseconds).unref()

const PATIENCE = 5000
/** Many processes are started at once; they should not go on asking at once. */
const JITTER = 0.1

export class Remote implements Sampler {
  private readonly options: RemoteOptions
  private readonly url: string
  private readonly circumstances: Circumstances
  private readonly later: Later
  private strategy: Sampler
  private answer: string | undefined

  constructor(options: RemoteOptions, circumstances: Circumstances = reality, wait: Later = later) {
    this.options = options
    this.circumstances = circumstances
    this.later = wait
    this.strategy = probabilistic(options.initialShare)
    const url = new URL(options.url)
    url.searchParams.set('service', options.service)
    this.url = url.href
    this.ask()
  }

  decide(id: TraceId, parent: SpanContext | undefined, name: string, target: string | undefined): Verdict {
    return this.strategy.decide(id, parent, name, target)
  }

  private ask(): void {
    read(this.url, this.options.patience ?? PATIENCE, (text, problem) => {
      const why = text === undefined ? problem : this.take(text)
      if (why !== undefined) this.complain(why)
      this.askLater()
    })
  }

  private askLater(): void {
    const { interval } = this.options
    const delay = interval * (1 + JITTER * (2 * this.circumstances.random() - 1))
    this.later(() => this.ask(), delay)
  }

  /** Goes by a new strategy. The same one again leaves buckets as they are. */
  private take(text: string): string | undefined {
    if (text === this.answer) return undefined
    const strategy = strategyOf(text, this.options.operations, this.strategy, this.circumstances)
    if (strategy === undefined) return 'its answer is no sampling strategy'
    this.strategy = strategy
    this.answer = text
    return undefined
  }

  private complain(why: string): void {
    const { origin, pathname } = new URL(this.url)
    const used = this.answer === undefined ? `keeping a share of ${this.options.initialShare}` : 'keeping the last one'
    warnOnce('sampling:remote', `no sampling strategy comes from ${origin}${pathname}: ${why}; ${used}`)
  }
}
