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
import { messageOf, warnOnce } from '../log.js'
import { outsideOfAll } from '../scope/scope.js'
import { releaseAllLingerers } from '../tracer/lingerers.js'
import type { Exporter, OutgoingRequest } from './exporter.js'
import { lose, tooLate } from './health.js'
import { beforeSignalDeath, letSignalsKill, whenExiting } from './process-end.js'
import { currentProxies, type Proxies } from '../http/proxy.js'
import { placeOf } from '../http/target.js'

/** What the worker thread gets. */
export interface ExitWork {
  /** A list of messages for each exporter. They are sent side by side: one that is stuck holds up no other. */
  readonly mail: readonly (readonly OutgoingRequest[])[]
  /**
   * [0]: 1 when all is over. Then for each list how many of its messages have been taken, in their order, and how many
   * spans in these were refused nonetheless.
   */
  readonly state: Int32Array
  /** As many bytes for each list: why it was given up, as UTF-8 up to a zero byte. */
  readonly reasons: Uint8Array
  readonly proxies: Proxies
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
let beforeDelivery: (() => void) | undefined
let witness: (() => void) | undefined

/** @param timeout how long an ending process may be held, in ms; 0 means not at all */
export function setExitTimeout(timeout: number): void {
  patience = timeout
}

/**
 * Has `fn` called when the process ends for certain, before what is waiting is delivered. A signal that would end it is
 * noticed only while something is waiting: whoever watches for signals keeps a process alive that is caught in a loop.
 */
export function whenEnding(fn: () => void): void {
  beforeDelivery = fn
  install()
}

/** Has `fn` called when the last spans have gone, or are lost: the very end. */
export function afterDelivery(fn: () => void): void {
  witness = fn
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
  install()
  // What notices a signal stays, and calls the application's listeners: in nobody's request.
  outsideOfAll(beforeSignalDeath, undefined, [() => deliver(true)])
}

function install(): void {
  if (installed) return
  installed = true
  // An application may emit `exit` itself, and go on.
  whenExiting(() => deliver((process as { _exiting?: boolean })._exiting === true))
}

function deliver(isCertain: boolean): void {
  releaseAllLingerers()
  if (isCertain) beforeDelivery?.()
  const unsettled = [...waiting].flatMap((exporter) => {
    const message = exporter.unsettled?.()
    return message === undefined ? [] : { name: exporter.name, message }
  })
  const mail = [...waiting].map((exporter) => ({ name: exporter.name, requests: exporter.drain() }))
  waiting.clear()
  const left = mail.filter(({ requests }) => requests.length > 0)
  if (isCertain && left.length > 0) preventMarking()
  const work = patience === 0 || left.length === 0 ? undefined : handToWorker(left)
  if (unsettled.length > 0)
    (require('./unsettled.js') as typeof import('./unsettled.js')).settleAll(unsettled, patience)
  if (work !== undefined) Atomics.wait(work.state, 0, 0, Math.max(0, work.deadline - performance.now()))
  left.forEach((entry, index) => conclude(entry, index, work))
  witness?.()
}

/**
 * Node 18.19 never ends where its garbage collector is marking in steps when the event loop has run dry: the step that is
 * left to be done puts itself off, for ever. A new thread counts as memory enough to begin with it.
 */
function preventMarking(): void {
  if (!process.versions.node.startsWith('18.')) return
  const { setFlagsFromString } = require('node:v8') as typeof import('node:v8')
  setFlagsFromString('--no-incremental-marking')
}

/** @returns what has become of the messages by and by; undefined where there was no worker to be had */
function handToWorker(mail: readonly Mail[]): (ExitWork & { readonly deadline: number }) | undefined {
  try {
    const { Worker } = require('node:worker_threads') as typeof import('node:worker_threads')
    const deadline = performance.now() + patience
    const work: ExitWork = {
      mail: mail.map(({ requests }) => requests),
      state: new Int32Array(new SharedArrayBuffer((1 + 2 * mail.length) * Int32Array.BYTES_PER_ELEMENT)),
      reasons: new Uint8Array(new SharedArrayBuffer(REASON_SIZE * mail.length)),
      proxies: currentProxies(),
    }
    const worker = new Worker(join(__dirname, 'exit-worker.js'), {
      workerData: work,
      env: tlsEnvironment(),
      execArgv: [],
      stdout: true,
      stderr: true,
    })
    worker.unref()
    return { ...work, deadline }
  } catch (error) {
    // The permission model forbids it, or memory is out.
    for (const { name, requests } of mail) {
      const place = placeOf((requests[0] as OutgoingRequest).url)
      warnOnce(`exit:${name}`, `the last spans cannot be sent to ${place}: ${messageOf(error)}`)
    }
    return undefined
  }
}

/** Of the environment the one variable that Node reads whenever it connects. */
function tlsEnvironment(): NodeJS.ProcessEnv {
  const { NODE_TLS_REJECT_UNAUTHORIZED } = process.env
  return NODE_TLS_REJECT_UNAUTHORIZED === undefined ? {} : { NODE_TLS_REJECT_UNAUTHORIZED }
}

/** Enters into the ledger what has become of an exporter's messages, and says what is wrong with its backend. */
function conclude({ name, requests }: Mail, index: number, work: ExitWork | undefined): void {
  if (work === undefined) {
    for (const { spans } of requests) ledger.drop(name, 'exit', spans)
    return
  }
  const taken = Atomics.load(work.state, 1 + 2 * index)
  const refused = Atomics.load(work.state, 2 + 2 * index)
  ledger.deliver(
    name,
    requests.slice(0, taken).reduce((sum, { spans }) => sum + spans, -refused),
  )
  if (refused > 0) ledger.drop(name, 'rejected', refused)
  const given = textOf(work.reasons.subarray(index * REASON_SIZE, (index + 1) * REASON_SIZE))
  const why = given === '' ? tooLate(patience) : given
  for (const request of requests.slice(taken)) lose(name, request, 'exit', why)
}

/** Text up to the first zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0)
  return Buffer.from(bytes.slice(0, end === -1 ? bytes.length : end)).toString('utf8')
}
