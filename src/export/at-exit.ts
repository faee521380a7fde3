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
import { placeOf, type Exporter, type OutgoingRequest } from './exporter.js'
import { beforeSignalDeath, letSignalsKill, whenExiting } from './process-end.js'

/** What the worker thread gets. */
export interface ExitWork {
  /** A list of messages for each exporter. They are sent side by side: one that is stuck holds up no other. */
  readonly mail: readonly (readonly OutgoingRequest[])[]
  /** [0]: 1 when all is over. [1 + i]: how many messages of list i have been answered, in their order. */
  readonly state: Int32Array
  /** As many bytes for each list: why it was given up, as UTF-8 up to a zero byte. */
  readonly reasons: Uint8Array
}

const REASON_SIZE = 256

/** What one exporter has left. */
interface Mail {
  readonly name: string
  readonly requests: readonly OutgoingRequest[]
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
  const mail = [...waiting].map((exporter) => ({ name: exporter.name, requests: exporter.drain() }))
  waiting.clear()
  const left = mail.filter(({ requests }) => requests.length > 0)
  if (left.length === 0) return
  const delivered = patience === 0 ? [] : deliverFromWorker(left)
  left.forEach(({ name, requests }, index) => {
    const count = delivered[index] ?? 0
    for (const request of requests.slice(0, count)) ledger.deliver(name, request.spans)
    for (const request of requests.slice(count)) ledger.drop(name, 'exit', request.spans)
  })
}

/** @returns how many of each exporter's messages, in their order, have been answered */
function deliverFromWorker(mail: readonly Mail[]): readonly number[] {
  try {
    const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads')
    const work: ExitWork = {
      mail: mail.map(({ requests }) => requests),
      state: sharedInts(1 + mail.length),
      reasons: new Uint8Array(new SharedArrayBuffer(REASON_SIZE * mail.length)),
    }
    const worker = new Worker(join(__dirname, 'exit-worker.js'), {
      workerData: work,
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
    })
    worker.unref()
    Atomics.wait(work.state, 0, 0, patience)
    return mail.map((entry, index) => conclude(entry, index, work))
  } catch (error) {
    // No worker to be had: the permission model forbids it, or memory is out.
    for (const { name, requests } of mail) {
      warnOnce(`backend:${name}`, `the last spans cannot be sent to ${firstPlace(requests)}: ${String(error)}`)
    }
    return []
  }
}

/** Says what has become of an exporter's messages, and returns how many of them have been answered. */
function conclude({ name, requests }: Mail, index: number, { state, reasons }: ExitWork): number {
  const delivered = Atomics.load(state, 1 + index)
  if (delivered === requests.length) return delivered
  const given = textOf(reasons.subarray(index * REASON_SIZE, (index + 1) * REASON_SIZE))
  const why = given === '' ? `no answer within the ${patience} ms that an exit may take` : given
  warnOnce(`backend:${name}`, `no spans reach ${firstPlace(requests)}: ${why}`)
  return delivered
}

function firstPlace(requests: readonly OutgoingRequest[]): string {
  return placeOf((requests[0] as OutgoingRequest).url)
}

function sharedInts(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT))
}

/** Text up to the first zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return Buffer.from(bytes.slice(0, end === -1 ? bytes.length : end)).toString('utf8')
}
