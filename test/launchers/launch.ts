/**
 * Starts a program the way that developers and hosts do, with the preload in NODE_OPTIONS alone.
 */
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Collector, type Arrived } from '../support/collector.js'
import { libraries, preload, runNode } from '../support/run.js'

export const launchers = libraries('launchers')
const { resolve } = createRequire(join(launchers, 'app.js'))

/** A file of an installed launcher, whatever its `exports` say. */
export function bin(name: string, file: string): string {
  return join(dirname(resolve(`${name}/package.json`)), file)
}

export interface Launch {
  /** For node. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** For a launcher that does not end by itself: it is ended when so many spans have come. */
  readonly spans?: number
}

/** @returns the spans that arrived */
export async function launch({ args, env, cwd = launchers, spans }: Launch): Promise<readonly Arrived[]> {
  const collector = await Collector.start()
  try {
    const ran = await runNode(args, {
      cwd,
      env: {
        NODE_OPTIONS: `--require "${preload}"`,
        NODE_NO_WARNINGS: '1',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        PRETRACE_EXIT_TIMEOUT: '10000',
        CI: '1',
        npm_config_update_notifier: 'false',
        ...env,
      },
      onStart(child) {
        if (spans === undefined) return
        const look = setInterval(() => collector.spans.length >= spans && child.kill('SIGTERM'), 20)
        child.on('close', () => clearInterval(look))
      },
    })
    assert.doesNotMatch(ran.stderr, /^pretrace:/m)
    if (spans === undefined) assert.equal(ran.code, 0, `${ran.stdout}\n${ran.stderr}`)
    return collector.spans
  } finally {
    await collector.stop()
  }
}

/** The tree of one launch of the application. */
export const LAUNCHED = 'GET\n  GET /launched/:by\n    handler /launched/:by'

/** A program for `node -e` that runs a command which is no Node program. */
export function runs(command: string, ...args: readonly string[]): readonly string[] {
  const options = `{ stdio: 'inherit', shell: process.platform === 'win32' }`
  const source = `require('node:child_process').spawn(${JSON.stringify(command)}, ${JSON.stringify(args)}, ${options})
    .on('exit', (code) => (process.exitCode = code))`
  return ['-e', source]
}
