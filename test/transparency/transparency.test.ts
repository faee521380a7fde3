/**
 * What an application can observe is the same with and without the preload: small programs that print it, run both ways.
 */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, it } from 'node:test'
import { Collector } from '../support/collector.js'
import { foldersWith, libraries, preload, root, runNode, type Ran } from '../support/run.js'

const folder = join(root, 'test', 'transparency', 'scripts')

/** Folders of {@link libraries} in which the scripts of a library run, by the first word of their names. */
const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  express: ['current', 'express-4'],
  redis: foldersWith('redis', 'current', 'redis-5', 'redis-4').map((folder) => basename(folder)),
  ioredis: foldersWith('ioredis', 'current', 'redis-4').map((folder) => basename(folder)),
  axios: ['clients'],
  got: ['clients'],
  got14: foldersWith('got-14', 'clients').map((folder) => basename(folder)),
  superagent: ['clients'],
  nodefetch: ['clients'],
  follow: ['clients'],
  undici: foldersWith('undici', 'current', 'redis-4').map((folder) => basename(folder)),
}

/** Servers that scripts of a library need. */
const SERVERS: Readonly<Record<string, string>> = {
  pg: 'DATABASE_URL',
  queries: 'DATABASE_URL',
  redis: 'REDIS_URL',
  ioredis: 'REDIS_URL',
}

/** A script that hangs is ended, in ms; a busy machine takes its time. */
const LONGEST = 60_000

interface Both {
  readonly bare: Ran
  readonly traced: Ran
  readonly spans: number
}

async function runBothWays(script: string, version: string): Promise<Both> {
  const collector = await Collector.start()
  const run = (nodeArgs: readonly string[]): Promise<Ran> => {
    const env = {
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      // Spans are sent while the application runs, not only at its end.
      OTEL_BSP_SCHEDULE_DELAY: '50',
      // The collector does answer, but on a busy machine perhaps later than an exit would usually wait.
      PRETRACE_EXIT_TIMEOUT: '10000',
      // A prefix for keys of its own.
      KEYS: `${script} ${version}`,
    }
    const onStart = (child: ChildProcess): void => {
      setTimeout(() => child.kill('SIGKILL'), LONGEST).unref()
    }
    return runNode([...nodeArgs, join(folder, script)], { cwd: libraries(version), env, onStart })
  }
  try {
    const bare = await run([])
    const traced = await run(['-r', preload])
    return { bare, traced, spans: collector.spans.length }
  } finally {
    await collector.stop()
  }
}

/** Frames of a stack differ by ours, warnings by process id, time and the place of the call. All else has to be the same. */
function essence(stderr: string): string {
  return stderr
    .replace(/^ +at .*\n/gm, '')
    .replace(/^\(node:\d+\)/gm, '(node)')
    .replace(/^.* GMT (.* deprecated .*) at .*$/gm, '$1')
}

describe('an application runs the same with tracing as without', { concurrency: 2 }, () => {
  for (const script of readdirSync(folder).sort()) {
    const library = script.slice(0, script.indexOf('-'))
    const makesSpans = !/^\/\/ No spans/m.test(readFileSync(join(folder, script), 'utf8'))
    for (const version of VERSIONS[library] ?? ['current']) {
      it(
        `${script.replace('.js', '')}${version === 'current' ? '' : `, ${version}`}`,
        { timeout: 3 * LONGEST },
        async () => {
          const needed = SERVERS[library]
          if (needed !== undefined) assert.ok(process.env[needed], `${needed} is not set`)
          const { bare, traced, spans } = await runBothWays(script, version)
          assert.equal(traced.stdout, bare.stdout)
          assert.equal(essence(traced.stderr), essence(bare.stderr))
          assert.deepEqual([traced.code, traced.signal], [bare.code, bare.signal])
          assert.notEqual(bare.stdout, '')
          assert.equal(spans > 0, makesSpans, `${spans} spans`)
        },
      )
    }
  }
})
