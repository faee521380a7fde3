/**
 * Runs an application as its owner would, and watches until it ends, the time is over, or somebody has seen enough.
 */
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Report } from '../../doctor/report.js'
import { AS_IT_IS } from '../../doctor/as-it-is.js'
import { messageOf } from '../../log.js'
import { endOf, start, type Ended } from '../child.js'
import { programOf, withPreloads } from '../program.js'
import { isLauncher, type Asked } from './examination.js'
import { reportsIn } from './reports.js'

const WITNESS = join(__dirname, '..', '..', '..', '..', 'bin', 'witness.js')
const STDERR = 2
/** How long the application may take until it reports, ms; its time begins then. */
const START_PATIENCE = 10_000
/** How often it is looked whether something has come, ms. */
const GLANCE = 50
/** How long spans of our own request may take to be exported, ms. */
const SETTLE = 3000
/** How long our own request may take, ms. */
const REQUEST_PATIENCE = 10_000
/** How long a process may take to end, ms. */
const LAST_PATIENCE = 3000

export interface WatchOptions {
  /** Milliseconds. */
  readonly time: number
  /** A URL, or a path at the port that the application listens on. */
  readonly request?: string | undefined
  /** Adds no preload where the command has none. */
  readonly asItIs: boolean
}

export interface Watched {
  readonly startError?: string
  readonly ended?: Ended | undefined
  readonly watched: number
  readonly reports: readonly Report[]
  readonly asked?: Asked | undefined
}

export async function watch(words: readonly string[], options: WatchOptions): Promise<Watched> {
  const folder = mkdtempSync(join(tmpdir(), 'pretrace-doctor-'))
  try {
    if (options.asItIs) writeFileSync(join(folder, AS_IT_IS), '')
    return await watchIn(folder, words, options)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function watchIn(folder: string, words: readonly string[], options: WatchOptions): Promise<Watched> {
  const begun = performance.now()
  let child: ChildProcess
  try {
    const env = {
      ...process.env,
      PRETRACE_DOCTOR: folder,
      NODE_OPTIONS: withPreloads(process.env['NODE_OPTIONS'], WITNESS),
    }
    // Standard output is for what the doctor has to say. A group of its own, to end all of it.
    child = await start(programOf(words), { env, stdio: ['ignore', STDERR, STDERR], detached: true })
  } catch (error) {
    return { startError: messageOf(error), watched: 0, reports: [] }
  }
  const vigil = new Vigil(child, folder)
  const asked = await vigil.keep(options)
  const ended = vigil.ended
  const watched = performance.now() - begun
  await vigil.endAll()
  return { ended, watched, reports: reportsIn(folder), asked }
}

class Vigil {
  ended: Ended | undefined
  private isEnough = false
  private readonly child: ChildProcess
  private readonly folder: string
  private readonly end: Promise<void>

  constructor(child: ChildProcess, folder: string) {
    this.child = child
    this.folder = folder
    this.end = endOf(child).then((ended) => void (this.ended = ended))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (this.isEnough = true))
  }

  async keep({ time, request }: WatchOptions): Promise<Asked | undefined> {
    // A launcher may take its time before anything of the application runs.
    await this.wait(performance.now() + Math.max(time, START_PATIENCE), (reports) => !reports.every(isLauncher))
    const until = performance.now() + time
    if (request === undefined) {
      await this.wait(until, () => false)
      return undefined
    }
    await this.wait(until, (reports) => reports.some(({ ports }) => ports.length > 0))
    const asked = await this.ask(request)
    await this.wait(Math.min(until, performance.now() + SETTLE), (reports) => reports.some(hasExported))
    return asked
  }

  private async wait(until: number, isEnough: (reports: readonly Report[]) => boolean): Promise<void> {
    while (performance.now() < until && !this.isEnough && this.ended === undefined) {
      if (isEnough(reportsIn(this.folder))) return
      await sleep(GLANCE)
    }
  }

  private async ask(request: string): Promise<Asked> {
    const port = reportsIn(this.folder).flatMap(({ ports }) => ports)[0]
    const url = request.startsWith('/') ? `http://127.0.0.1:${port ?? 80}${request}` : request
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(REQUEST_PATIENCE) })
      await response.arrayBuffer()
      return { url, isAnswered: true, outcome: String(response.status) }
    } catch (error) {
      const { message, cause } = error as Error & { cause?: Error }
      return { url, isAnswered: false, outcome: cause?.message ?? message }
    }
  }

  async endAll(): Promise<void> {
    this.signal('SIGTERM')
    await Promise.race([this.end, sleep(LAST_PATIENCE, undefined, { ref: false })])
    this.signal('SIGKILL')
    await this.end
  }

  /** To the whole group: a launcher may not pass it on. */
  private signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.child.pid as number), signal)
    } catch {
      // There is nobody left; or no groups, as on Windows.
      if (this.ended === undefined) this.child.kill(signal)
    }
  }
}

/** Something was exported, or lost, and nothing waits. */
function hasExported({ traced }: Report): boolean {
  return traced !== undefined && traced.finished > 0 && traced.exporters.every(({ waiting }) => waiting === 0)
}
