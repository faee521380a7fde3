/**
 * Follows a running viewer: tells of each trace once, when it has come to rest, and comes back after the viewer does.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TraceAnswer, TraceList, TraceSummary } from '../../viewer/model/api.js'
import type { Trace } from '../../viewer/model/trace.js'
import { eventsIn } from './event-stream.js'

/** A trace is at rest when nothing has come for so long, ms; one that lacks spans is waited for longer. */
const REST = 400
const REST_INCOMPLETE = 3000
/** Pauses between attempts to reach the viewer, ms. */
const FIRST_PAUSE = 200
const LONGEST_PAUSE = 3000
/** Of so many traces it is remembered that they have been told of. */
const MOST_REMEMBERED = 20_000

export interface Following {
  readonly url: string
  /** Which of the traces that are there already are told of too: a query of the viewer's API, or none of them. */
  readonly first?: string | undefined
  /** A trace at rest; one after the other. */
  onTrace(summary: TraceSummary): Promise<void>
  /** The connection is there, or is gone and why. Told once each time. */
  onConnection(isThere: boolean, why: string): void
}

export class Follower {
  private readonly following: Following
  private readonly ripening = new Map<string, NodeJS.Timeout>()
  private readonly told = new Set<string>()
  private readonly stopping = new AbortController()
  private telling: Promise<void> = Promise.resolve()
  /** Epoch ms of the latest trace known of: where to go on after a break. */
  private latest = 0
  private isThere: boolean | undefined
  private hasBegun = false

  constructor(following: Following) {
    this.following = following
  }

  stop(): void {
    this.stopping.abort()
    for (const timer of this.ripening.values()) clearTimeout(timer)
    this.ripening.clear()
  }

  /** Resolves when stopped. */
  async run(): Promise<void> {
    const { signal } = this.stopping
    for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        await this.listen(() => (pause = FIRST_PAUSE))
        this.connection(false, 'it has closed the connection')
      } catch (error) {
        if (!signal.aborted) this.connection(false, reasonOf(error))
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined)
    }
    await this.telling
  }

  private async listen(onConnected: () => void): Promise<void> {
    if (!this.hasBegun) await this.begin()
    const response = await this.ask('/api/live')
    onConnected()
    this.connection(true, '')
    if (this.latest > 0) await this.catchUp()
    for await (const { name, data } of eventsIn(response.body as AsyncIterable<Uint8Array>)) {
      if (name === 'trace') this.take(JSON.parse(data) as TraceSummary)
    }
  }

  /** What was there before is told of only if it is asked for. */
  private async begin(): Promise<void> {
    const { first } = this.following
    const wanted = first === undefined ? [] : await this.list(first)
    const isWanted = new Set(wanted.map(({ id }) => id))
    for (const { id, incomplete } of await this.list('limit=2000')) {
      if (!incomplete && !isWanted.has(id)) this.remember(id)
    }
    this.hasBegun = true
    for (const summary of wanted) this.tell(summary)
  }

  /** What has come while nobody listened. */
  private async catchUp(): Promise<void> {
    for (const summary of await this.list(`from=${Math.floor(this.latest)}&limit=1000`)) this.take(summary)
  }

  /** Traces, the latest last. */
  private async list(query: string): Promise<readonly TraceSummary[]> {
    const response = await this.ask(`/api/traces?${query}`)
    return ((await response.json()) as TraceList).traces.slice().reverse()
  }

  private async ask(path: string): Promise<Response> {
    const response = await fetch(new URL(path, this.following.url), { signal: this.stopping.signal })
    if (!response.ok) throw new Error(`it answers ${response.status}`)
    return response
  }

  private take(summary: TraceSummary): void {
    this.latest = Math.max(this.latest, summary.start)
    if (this.told.has(summary.id)) return
    clearTimeout(this.ripening.get(summary.id))
    const timer = setTimeout(() => this.tell(summary), summary.incomplete ? REST_INCOMPLETE : REST)
    this.ripening.set(summary.id, timer)
  }

  private tell(summary: TraceSummary): void {
    this.ripening.delete(summary.id)
    this.remember(summary.id)
    this.telling = this.telling.then(() => this.following.onTrace(summary)).catch(() => undefined)
  }

  private remember(id: string): void {
    this.told.add(id)
    if (this.told.size <= MOST_REMEMBERED) return
    for (const oldest of this.told) {
      this.told.delete(oldest)
      return
    }
  }

  private connection(isThere: boolean, why: string): void {
    if (this.isThere === isThere) return
    this.isThere = isThere
    this.following.onConnection(isThere, why)
  }
}

/** All of a trace; undefined where the viewer has let it go. */
export async function traceAt(url: string, id: string): Promise<Trace | undefined> {
  const response = await fetch(new URL(`/api/traces/${id}`, url))
  return response.ok ? ((await response.json()) as TraceAnswer).trace : undefined
}

/** `fetch` says nothing but that it failed. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: Error & { code?: string } }
  return cause === undefined ? message : cause.message || (cause.code ?? message)
}
