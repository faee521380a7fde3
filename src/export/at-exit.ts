/**
 * The last spans of an ending process.
 *
 * Every way out that JavaScript sees ends in the `exit` event, in which nothing asynchronous happens any more. What is
 * waiting then is handed to a worker thread that has an event loop of its own, and this thread sleeps until it has
 * answered or the time is up. Nothing of the application runs meanwhile, so nothing it does can differ.
 *
 * SIGTERM and SIGINT end a process without any event; see process-end.ts for how they are noticed while spans are waiting.
 */
import { join } from 'node:path'
import { ledger } from '../ledger.js'
import { warnOnce } from '../log.js'
import { releaseAllLingerers } from '../tracer/lingerers.js'
import type { Exporter, OutgoingRequest } from './exporter.js'
import { beforeSignalDeath, letSignalsKill, whenExiting } from './process-end.js'

/** What the worker thread gets. */
export interface ExitWork {
  readonly requests: readonly OutgoingRequest[]
  /** [0]: 1 when over. [1]: how many requests have been answered, in their order. */
  readonly state: Int32Array
  /** Why it gave up, as UTF-8 up to a zero byte. */
  readonly reason: Uint8Array
}

/** Whoever may have spans waiting when the process ends. */
export interface AtExit {
  /** Spans are waiting in `exporter`. */
  add(exporter: Exporter): void
  /** None are any more. */
  remove(exporter: Exporter): void
}

const waiting = new Set<Exporter>()
let patience = 500
let installed = false

/** @param timeout how long an ending process may be held, in ms; 0 means not at all */
export function setExitTimeout(timeout: number): void {
  patience = timeout
}

export const deliverAtExit: AtExit = {
  add(exporter) {
    if (waiting.size === 0) listen()
    waiting.add(exporter)
  },
  remove(exporter) {
    waiting.delete(exporter)
    if (waiting.size === 0) letSignalsKill()
  },
}

function listen(): void {
  if (!installed) {
    installed = true
    whenExiting(deliver)
  }
  beforeSignalDeath(deliver)
}

function deliver(): void {
  releaseAllLingerers()
  const requests = [...waiting].flatMap((exporter) => exporter.drain())
  waiting.clear()
  if (requests.length === 0) return
  const delivered = patience === 0 ? 0 : deliverFromWorker(requests)
  for (const request of requests.slice(0, delivered)) ledger.exported += request.spans
  for (const request of requests.slice(delivered)) ledger.dropped.exit += request.spans
}

/** @returns how many of the requests, in their order, have been answered */
function deliverFromWorker(requests: readonly OutgoingRequest[]): number {
  const { origin } = new URL((requests[0] as OutgoingRequest).url)
  try {
    const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads')
    const work: ExitWork = { requests, state: sharedInts(2), reason: new Uint8Array(new SharedArrayBuffer(256)) }
    const worker = new Worker(join(__dirname, 'exit-worker.js'), {
      workerData: work,
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
    })
    worker.unref()
    const inTime = Atomics.wait(work.state, 0, 0, patience) !== 'timed-out'
    const why = inTime ? textOf(work.reason) : `no answer within the ${patience} ms that an exit may take`
    if (why !== '') warnOnce('backend:otlp', `no spans reach ${origin}: ${why}`)
    return Atomics.load(work.state, 1)
  } catch (error) {
    // No worker to be had: the permission model forbids it, or memory is out.
    warnOnce('backend:otlp', `the last spans cannot be sent to ${origin}: ${String(error)}`)
    return 0
  }
}

function sharedInts(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT))
}

/** Text up to the first zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return Buffer.from(bytes.slice(0, end === -1 ? bytes.length : end)).toString('utf8')
}
