/**
 * An application that ends in the way it is told, and what is seen of that from outside.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { preload, root, sourceOf, type App } from '../support/run.js'

/** A way to end. */
export interface Way {
  readonly name: string
  /** Sent when the application says that it is ready for its end. */
  readonly signal?: NodeJS.Signals
  readonly nodeArgs?: readonly string[]
  /** Nothing of JavaScript runs any more. */
  readonly isAbrupt?: true
  /** What waits may have been sent by then: a worker thread keeps nothing for long. */
  readonly isHasty?: true
}

export const ways: readonly Way[] = [
  { name: 'running out of work' },
  { name: 'process.exit' },
  { name: 'SIGTERM', signal: 'SIGTERM' },
  { name: 'SIGINT', signal: 'SIGINT' },
  { name: 'SIGTERM, listened to', signal: 'SIGTERM' },
  { name: 'an uncaught exception' },
  { name: 'an unhandled rejection' },
  { name: 'process.exit in a worker thread' },
  { name: 'disconnect of a cluster’s worker' },
  { name: 'terminate of a worker thread', isAbrupt: true, isHasty: true },
  { name: 'process.abort', isAbrupt: true },
  { name: 'running out of memory', nodeArgs: ['--max-old-space-size=24'], isAbrupt: true },
  { name: 'SIGKILL', signal: 'SIGKILL', isAbrupt: true },
]

/** Spans that are flushed, then one that waits and one that is open. */
export const [FLUSHED, LEFT] = [3, 2]

/**
 * Has spans, says `ready`, waits for a file of the name given, says `ending`, and ends. Where it is about workers, these
 * have the spans.
 */
const app: App = async (library: string, way: string, go: string) => {
  const { tracer, flush } = require(library)
  const { Worker, isMainThread, parentPort } = require('node:worker_threads')
  const cluster = require('node:cluster')
  const { existsSync } = require('node:fs')
  const spans = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) tracer.startSpan('flushed', { ignoreActiveSpan: true }).finish()
    await flush()
    tracer.startSpan('waits', { ignoreActiveSpan: true }).finish()
    tracer.startSpan('open', { ignoreActiveSpan: true })
  }
  const isUp = (): unknown => setInterval(() => undefined, 1000)
  const ends: Record<string, () => unknown> = {
    'process.exit': () => process.exit(3),
    SIGTERM: isUp,
    SIGINT: isUp,
    SIGKILL: isUp,
    'SIGTERM, listened to': isUp,
    'an uncaught exception': () => {
      throw new TypeError('not caught')
    },
    'an unhandled rejection': () => Promise.reject(new RangeError('not handled')),
    'process.abort': () => process.abort(),
    'running out of memory': () => {
      const kept: unknown[] = []
      for (;;) kept.push(Array.from({ length: 10_000 }, () => ({})))
    },
  }
  const allowed = async (): Promise<void> => {
    console.log('ready')
    while (!existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 5))
    if (way === 'SIGTERM, listened to') process.once('SIGTERM', () => setTimeout(() => process.exit(5), 10))
    console.log('ending')
  }
  process.on('exit', (code) => isMainThread && console.log('exit', code))
  if (way.includes('worker thread')) {
    if (!isMainThread) {
      parentPort.on('message', () => process.exit(6))
      await spans()
      Reflect.apply(parentPort.postMessage, parentPort, ['ready'])
      return
    }
    const worker = new Worker(__filename)
    worker.on('exit', (code: number) => console.log('worker', code))
    worker.on('message', async () => {
      await allowed()
      if (way.startsWith('terminate')) worker.terminate()
      else Reflect.apply(worker.postMessage, worker, ['exit'])
    })
    return
  }
  if (way.includes('cluster')) {
    if (cluster.isPrimary) {
      const worker = cluster.fork()
      worker.on('exit', (code: number, signal: string) => console.log('worker', code, signal))
      worker.on('message', () => allowed().then(() => worker.disconnect()))
      return
    }
    await spans()
    process.send?.('ready')
    return
  }
  await spans()
  await allowed()
  // What was told is on its way before anything ends.
  setTimeout(() => ends[way]?.(), 20)
}

/** What is seen of an end. */
export interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** From the announcement to the end, ms. */
  readonly time: number
}

/**
 * Runs the application to its end.
 *
 * @param env undefined: without the preload
 * @param onReady called before it is allowed to end
 */
export async function endBy(
  way: Way,
  env?: Readonly<Record<string, string>>,
  onReady: () => Promise<unknown> | void = () => undefined,
): Promise<End> {
  // Of its own: where a process aborts it may leave a core.
  const cwd = mkdtempSync(join(tmpdir(), 'pretrace-ending-'))
  const file = join(cwd, 'app.js')
  const go = join(cwd, 'go')
  writeFileSync(file, sourceOf(app, [root, way.name, go]))
  try {
    const args = [...(env === undefined ? [] : ['-r', preload]), ...(way.nodeArgs ?? []), file]
    const child = spawn(process.execPath, args, { cwd, env: { PATH: process.env['PATH'], ...env } })
    return await ended(child, way, async () => {
      await onReady()
      writeFileSync(go, '')
    })
  } finally {
    rmSync(cwd, { recursive: true })
  }
}

function ended(child: ReturnType<typeof spawn>, { signal }: Way, onReady: () => Promise<void>): Promise<End> {
  return new Promise((resolve, reject) => {
    let [stdout, stderr, start] = ['', '', performance.now()]
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (text.includes('ready')) void onReady()
      if (!text.includes('ending')) return
      start = performance.now()
      if (signal !== undefined) child.kill(signal)
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    let time = 0
    child.on('exit', () => (time = performance.now() - start))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr: essence(stderr), time }))
  })
}

/** Less what is another at every run: stacks, addresses, times of collections. */
function essence(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !/^\s+at |^ *\d+: |^\[|^<---|^-----|^\(node:|^\/|^ +\^/.test(line))
    .join('\n')
}
