/**
 * Tells pages what arrives while it arrives (server-sent events). A page that does not keep up misses some of it, and can
 * ask for the list again.
 */
import type { ServerResponse } from 'node:http'
import type { Status, TraceSummary } from '../../model/api.js'

const MOST_LISTENERS = 64
/** Bytes that may wait for a page. */
const MOST_WAITING = 1024 * 1024
/** Traces at a time; the rest is in the list. */
const MOST_AT_A_TIME = 200
/** Pause between two times, ms. */
const PERIOD = 250
/** So often something is said even if nothing happens, ms: nobody takes the connection for dead. */
const HEARTBEAT = 15_000

export interface Source {
  /** What has changed since the last call, the newest last. */
  changed(): readonly TraceSummary[]
  status(): Status
}

export class Live {
  private readonly source: Source
  private readonly listeners = new Set<ServerResponse>()
  private timer: NodeJS.Timeout | undefined
  private silence = 0
  private lastStatus = ''

  constructor(source: Source) {
    this.source = source
  }

  /** @returns whether there was room for one more */
  add(res: ServerResponse): boolean {
    if (this.listeners.size >= MOST_LISTENERS) return false
    res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
    res.write(eventOf('status', this.source.status()))
    this.listeners.add(res)
    res.on('close', () => this.remove(res))
    this.timer ??= setInterval(() => this.tell(), PERIOD).unref()
    return true
  }

  close(): void {
    clearInterval(this.timer)
    for (const listener of this.listeners) listener.end()
    this.listeners.clear()
  }

  private remove(res: ServerResponse): void {
    this.listeners.delete(res)
    if (this.listeners.size > 0) return
    clearInterval(this.timer)
    this.timer = undefined
  }

  private tell(): void {
    const changed = this.source.changed().slice(-MOST_AT_A_TIME)
    const status = eventOf('status', this.source.status())
    const news =
      changed.map((summary) => eventOf('trace', summary)).join('') + (status === this.lastStatus ? '' : status)
    this.lastStatus = status
    this.silence = news === '' ? this.silence + PERIOD : 0
    if (news !== '') this.write(news)
    else if (this.silence >= HEARTBEAT) {
      this.silence = 0
      this.write(':\n\n')
    }
  }

  private write(text: string): void {
    for (const listener of this.listeners) if (listener.writableLength < MOST_WAITING) listener.write(text)
  }
}

function eventOf(name: string, value: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`
}
