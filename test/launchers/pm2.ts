/**
 * Starts the application under PM2, a daemon of its own for each test.
 */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Collector, type Arrived } from '../support/collector.js'
import type { AppFolder } from '../support/packages.js'
import { runNode } from '../support/run.js'
import { launchers } from './launch.js'

/** PM2 is slow to start on a busy machine; this is when to give up, in ms. */
const LONGEST = 120_000

export interface Pm2 {
  /** Its command. */
  readonly bin: string
  /** A folder for what it writes. */
  readonly home: AppFolder
  /** Of the application, as in an ecosystem file. */
  readonly settings: Readonly<Record<string, unknown>>
  /** The application's environment, besides where its spans go. */
  readonly env?: Readonly<Record<string, string>>
  /** The environment in which PM2 itself is started. */
  readonly shell?: Readonly<Record<string, string>>
  readonly file?: string
}

/** @returns the spans of the application, once there are so many */
export async function launchByPm2(pm2: Pm2, spans: number): Promise<readonly Arrived[]> {
  const collector = await Collector.start()
  const { bin, home, settings, shell, file = 'app.js' } = pm2
  // PM2 cannot do without one of the names that it knows ecosystem files by.
  const ecosystem = join(home.folder, 'ecosystem.config.json')
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '10', ...pm2.env }
  const app = { name: 'launched', script: join(launchers, file), cwd: launchers, autorestart: false, env, ...settings }
  writeFileSync(ecosystem, JSON.stringify({ apps: [app] }))
  const command = (...args: readonly string[]): ReturnType<typeof runNode> =>
    runNode([bin, ...args], { cwd: home.folder, env: { PM2_HOME: home.folder, ...shell }, timeout: LONGEST })
  try {
    const started = await command('start', ecosystem)
    assert.equal(started.code, 0, `${started.stdout}\n${started.stderr}`)
    await arrival(collector, spans)
    return collector.spans
  } finally {
    await command('kill')
    await collector.stop()
    assert.deepEqual(logsIn(home.folder).match(/^pretrace:.*/gm) ?? [], [])
  }
}

function arrival(collector: Collector, spans: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearInterval(look)
      clearTimeout(tooLate)
      resolve()
    }
    const look = setInterval(() => collector.spans.length >= spans && done(), 20)
    const tooLate = setTimeout(done, LONGEST)
  })
}

/** What PM2 and the application have said. */
function logsIn(home: string): string {
  const logs = join(home, 'logs')
  const files = existsSync(logs) ? readdirSync(logs).map((name) => join(logs, name)) : []
  return [join(home, 'pm2.log'), ...files].map((file) => readFileSync(file, 'utf8')).join('\n')
}
