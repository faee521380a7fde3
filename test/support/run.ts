/**
 * Runs an application in a process of its own with the preload, and gathers what it printed and which spans arrived.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import satisfies from 'semver/functions/satisfies.js'
import { Collector, type Arrived } from './collector.js'

export const root = join(__dirname, '..', '..', '..')
export const preload = join(root, 'register.js')

/** A folder whose node_modules hold certain versions: `current`, `express-4`, `redis-4`, `redis-5`. */
export function libraries(name: string): string {
  return join(root, 'test', 'libraries', name)
}

/** The folders among `names` whose copy of `library` is made for this Node, by its own word. */
export function foldersWith(library: string, ...names: readonly string[]): string[] {
  return names.map(libraries).filter((folder) => {
    // By its file: not every package exports that.
    const places = createRequire(join(folder, 'app.js')).resolve.paths(library) ?? []
    const file = places.map((place) => join(place, library, 'package.json')).find((file) => existsSync(file))
    if (file === undefined) throw new Error(`${folder} has no ${library}`)
    const { engines } = JSON.parse(readFileSync(file, 'utf8')) as { engines?: { node?: string } }
    return satisfies(process.version, engines?.node ?? '*')
  })
}

export interface RunOptions {
  /** Where `require` looks: a folder of {@link libraries}. */
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Without it: with `-r register.js`. */
  readonly nodeArgs?: readonly string[]
  /** The Node to run it; this one if left out. */
  readonly node?: string
  /** Milliseconds after which it is killed. */
  readonly timeout?: number
  /** Values for the application's parameters. */
  readonly args?: readonly unknown[]
  /** Called with the running process, for signals. */
  readonly onStart?: (child: ReturnType<typeof spawn>) => void
}

export interface Ran {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Traced extends Ran {
  readonly spans: readonly Arrived[]
  readonly collector: Collector
}

/** The environment of an application under test: the tests' own, less what would configure tracing. */
export function cleanEnvironment(): Record<string, string | undefined> {
  const isForeign = (name: string): boolean => /^(OTEL_|JAEGER_|PRETRACE_|NODE_OPTIONS$|NODE_TEST)|_PROXY$/i.test(name)
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isForeign(name)))
}

/** Starts `node` and waits for its end. */
export function runNode(args: readonly string[], { cwd, env, node, timeout, onStart }: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(node ?? process.execPath, args, {
      cwd: cwd ?? libraries('current'),
      env: { ...cleanEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(timeout !== undefined && { timeout, killSignal: 'SIGKILL' as const }),
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
    onStart?.(child)
  })
}

/**
 * An application given as a function: its source is run as a script, so it must use nothing but its parameters,
 * `require` and globals.
 */
export type App = (...args: never[]) => unknown

/** The source that runs `app` as a program. */
export function sourceOf(app: App, args: readonly unknown[] = []): string {
  return `(${app.toString()})(...${JSON.stringify(args)})`
}

/** Runs `app` under the preload with a collector that answers, and returns the spans that it got. */
export async function trace(app: App, options: RunOptions = {}): Promise<Traced> {
  const collector = await Collector.start()
  try {
    const ran = await runNode([...(options.nodeArgs ?? ['-r', preload]), '-e', sourceOf(app, options.args)], {
      ...options,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_SERVICE_NAME: 'app',
        // The collector does answer, but on a busy machine perhaps later than an exit would usually wait.
        PRETRACE_EXIT_TIMEOUT: '10000',
        ...options.env,
      },
    })
    return { ...ran, spans: collector.spans, collector }
  } finally {
    await collector.stop()
  }
}

/** As {@link trace}, for an application that is to end well: nothing on stderr, status 0. */
export async function succeed(app: App, options: RunOptions = {}): Promise<Traced> {
  const ran = await trace(app, options)
  assert.equal(ran.stderr, '')
  assert.equal(ran.code, 0)
  return ran
}

/** Runs `app` without the preload. */
export function runBare(app: App, options: RunOptions = {}): Promise<Ran> {
  return runNode(['-e', sourceOf(app, options.args)], options)
}
