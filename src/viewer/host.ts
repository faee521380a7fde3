/**
 * Who hosts the viewer. The first process to come does, in a worker thread, so that its own event loop never pays. Those
 * that follow hold a silent connection to it; when that breaks, one of them takes over. Nothing of it keeps a process
 * alive, or is of any consequence to it.
 */
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { isMainThread, Worker } from 'node:worker_threads'
import type { Config } from '../config/variables.js'
import { messageOf, warn } from '../log.js'
import { withoutTracing } from '../scope/scope.js'
import { viewerHost, viewerUrl } from './place.js'

const WORKER = join(__dirname, '..', '..', 'viewer', 'server', 'worker.js')
/** What the viewer says to whoever asks for its presence. */
const PRESENCE = 'pretrace viewer'
/** Before it is tried again, ms; processes that lose a viewer at the same time do not all come at once. */
const PAUSE = 20
const SPREAD = 100
/** A viewer that fails so often has something against this machine. */
const MOST_FAILURES = 3
/** A viewer that is just ending says nothing; one that never says anything is none. */
const MOST_TRIES = 20
/** Bytes of an answer that is none of a viewer's. */
const LONGEST_ANSWER = 4096
/** What it keeps is bounded; this is for what it takes beside. */
const HEAP_MEGABYTES = 1024

/** What the worker gets, and what it says. */
export interface HostWork {
  readonly port: number
  readonly host: string | undefined
  readonly file: string | undefined
  readonly logLevel: Config['logLevel']
}
export type HostReport = 'listening' | 'taken'

let hosting = false
let failures = 0
let tries = 0

/** Whether the viewer lives in this process. */
export function isHosting(): boolean {
  return hosting
}

/** Sees to it that there is a viewer. Returns at once, and never throws. */
export function joinViewer(config: Config): void {
  if (isMainThread) withoutTracing(() => seek(config))
}

/** Looks whether there is one. Nobody there: it will be here. */
function seek(config: Config): void {
  const socket = connect({ host: viewerHost(config), port: config.viewer as number }).unref()
  let isThere = false
  let answer = ''
  let problem: NodeJS.ErrnoException | undefined
  const onAnswer = (chunk: string): void => {
    answer += chunk
    if (answer.includes(PRESENCE)) {
      isThere = true
      tries = 0
      socket.off('data', onAnswer).resume()
    } else if (answer.length > LONGEST_ANSWER) socket.destroy()
  }
  socket.setEncoding('latin1').on('data', onAnswer)
  socket.on('connect', () => ask(socket, config))
  socket.on('error', (error) => (problem = error))
  socket.on('close', () => {
    if (problem?.code === 'ECONNREFUSED') host(config)
    else if (isThere || (answer === '' && isPassing(problem) && ++tries < MOST_TRIES)) again(config)
    else
      warn(
        `PRETRACE_VIEWER: there is no viewer: ${problem?.message ?? `port ${config.viewer} belongs to somebody else`}`,
      )
  })
}

/** A viewer that is just ending lets go of those who come. */
function isPassing(problem: NodeJS.ErrnoException | undefined): boolean {
  return problem === undefined || problem.code === 'ECONNRESET' || problem.code === 'EPIPE'
}

function ask(socket: Socket, config: Config): void {
  socket.write(`GET /api/presence HTTP/1.1\r\nHost: ${viewerUrl(config).slice('http://'.length)}\r\n\r\n`)
}

function again(config: Config): void {
  const pause = PAUSE + Math.random() * SPREAD
  withoutTracing(() => setTimeout(() => seek(config), pause).unref())
}

function host(config: Config): void {
  const { viewer, viewerHost, viewerFile, logLevel } = config
  const work: HostWork = { port: viewer as number, host: viewerHost, file: viewerFile, logLevel }
  let isTaken = false
  try {
    const worker = new Worker(WORKER, {
      workerData: work,
      // Nothing of the application's: no preload, no options, no standard streams.
      env: {},
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    })
    worker.on('message', (report: HostReport) => {
      if (report === 'listening') hosting = true
      else isTaken = true
    })
    worker.on('error', (error) => fail(messageOf(error)))
    worker.on('exit', () => {
      hosting = false
      if (isTaken || failures < MOST_FAILURES) again(config)
    })
    worker.unref()
  } catch (error) {
    // The permission model forbids it, or memory is out.
    fail(messageOf(error))
  }
}

function fail(why: string): void {
  failures++
  warn(`viewer: ${why}`)
}
