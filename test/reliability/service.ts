/**
 * The application whose requests are watched while things go wrong, with the preload and without. A program of its own,
 * which answers its parent's questions about itself.
 *
 * `GET /?spans=3` has three spans beside the request's own; without the preload they are OpenTracing's, which do nothing.
 * Each request needs a thread of Node's pool, as do lookups of names. `GET /?keep` leaves behind what keeps its context:
 * an interval, a promise and a function in a cache, of each a thousand at a time.
 */
import { AsyncResource } from 'node:async_hooks'
import { stat } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { flush, tracer } from '../../src/index.js'
import { ledger, type DropReason } from '../../src/ledger.js'

/** What the service says of itself. */
export interface Report {
  readonly served: number
  readonly finished: number
  readonly exported: number
  readonly dropped: Readonly<Record<DropReason, number>>
  /** Bytes on the heap and beside it, after a collection. */
  readonly memory: number
  readonly rss: number
  /** Delays of the event loop since the last question, ms. */
  readonly delay: { readonly p99: number; readonly max: number }
  /** What keeps the process up, or could. */
  readonly handles: number
  readonly listeners: number
}

/** Questions by their names. A flush answers when it is over. */
export type Question = 'report' | 'flush' | 'end'

const NANOSECONDS = 1e6
const delays = monitorEventLoopDelay({ resolution: 5 })
let served = 0
const KEPT = 1000
const kept: { interval: NodeJS.Timeout; promise: Promise<void>; cached: () => void }[] = []

function keep(): void {
  const place = served % KEPT
  clearInterval(kept[place]?.interval)
  kept[place] = {
    interval: setInterval(() => undefined, 3_600_000).unref(),
    promise: new Promise<void>(() => undefined).then(() => undefined),
    cached: AsyncResource.bind(() => undefined),
  }
}

const server = createServer((req, res) => {
  const { searchParams } = new URL(req.url ?? '/', 'http://service.test')
  for (let left = Number(searchParams.get('spans') ?? 0); left > 0; left--) {
    tracer.startSpan('work', { tags: { left, 'work.kind': 'a part of a request' } }).finish()
  }
  if (searchParams.has('keep')) keep()
  stat(__filename, () => {
    served++
    res.end('done')
  })
})

function report(): Report {
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  const delay = { p99: delays.percentile(99) / NANOSECONDS, max: delays.max / NANOSECONDS }
  delays.reset()
  return {
    served,
    finished: ledger.finished,
    exported: ledger.exported,
    dropped: { ...ledger.dropped },
    memory: heapUsed + external,
    rss,
    delay,
    handles: process.getActiveResourcesInfo().length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name as 'exit'), 0),
  }
}

async function answer(question: Question): Promise<void> {
  if (question === 'flush') await flush()
  if (question !== 'end') process.send?.(report())
  else {
    server.close()
    server.closeAllConnections()
    process.disconnect()
  }
}

// Connections are kept for as long as a caller may wait for the other service's callers.
server.keepAliveTimeout = 600_000
process.on('message', (question: Question) => void answer(question))
server.listen(0, '127.0.0.1', () => {
  delays.enable()
  process.send?.((server.address() as AddressInfo).port)
})
