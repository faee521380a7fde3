/**
 * Services that tell: HotROD's four, and the probe.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { preload, root, runNode, sourceOf } from '../support/run.js'
import { readOtlpFile } from './otlp.js'
import { probe } from './probe.js'
import { ENVIRONMENT, NOTE, type Told } from './told.js'

type Env = Readonly<Record<string, string | undefined>>
interface Service {
  readonly url: Promise<string>
  stop(): Promise<void>
}
type StartService = (name: string, args: readonly string[], options: { cwd: string; env: Env }) => Service
type RunScript = (args: readonly string[], options: { env: Env }) => { readonly done: Promise<void> }

const HOTROD = join(root, 'examples', 'hotrod')
const { startService, runScript } = require(join(root, 'scripts', 'demo', 'services.js')) as {
  readonly startService: StartService
  readonly runScript: RunScript
}
const CUSTOMERS = [123, 392, 567]
/** Of no customer: an error in two services. */
const NOBODY = 1
/** Keeps Express from printing that error. */
const NODE_ENV = 'test'

/** Puts HotROD's data into the databases. */
export async function seed(): Promise<void> {
  await runScript([join(HOTROD, 'seed.js')], { env: process.env }).done
}

/**
 * Has HotROD drive and the probe speak to a backend, and everybody end.
 *
 * @param env what makes them export
 * @returns what they told, as they wrote it to files beside
 */
export async function tell(env: Env, folder: string): Promise<Told[]> {
  const files = mkdtempSync(join(folder, 'told-'))
  const both = {
    ...env,
    OTEL_TRACES_EXPORTER: `${env['OTEL_TRACES_EXPORTER']},otlp_file`,
    PRETRACE_FILE: join(files, '%p.jsonl'),
    OTEL_RESOURCE_ATTRIBUTES: `${ENVIRONMENT}=backends`,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    PRETRACE_EXIT_TIMEOUT: '2500',
  }
  await drive(both)
  await speak({ ...both, OTEL_SERVICE_NAME: 'probe' })
  const told = readdirSync(files).flatMap((file) => readOtlpFile(join(files, file)))
  rmSync(files, { recursive: true })
  return told
}

async function drive(env: Env): Promise<void> {
  const services: Service[] = []
  const start = (name: string, more: Env = {}): Promise<string> => {
    const all = { ...process.env, ...env, ...more, OTEL_SERVICE_NAME: name, PORT: '0', NODE_ENV }
    const service = startService(name, ['-r', preload, `${name}.js`], { cwd: HOTROD, env: all })
    services.push(service)
    return service.url
  }
  try {
    const [customer, driver, route] = await Promise.all([start('customer'), start('driver'), start('route')])
    const frontend = await start('frontend', { CUSTOMER_URL: customer, DRIVER_URL: driver, ROUTE_URL: route })
    for (const id of [...CUSTOMERS, NOBODY]) {
      const response = await fetch(`${frontend}/dispatch?customer=${id}`)
      assert.equal(response.ok, id !== NOBODY, `the ride for ${id} was answered by ${response.status}`)
      await response.text()
    }
  } finally {
    await Promise.all(services.map((service) => service.stop()))
  }
}

/** Runs the probe, which must not have to complain of anything. */
async function speak(env: Env): Promise<void> {
  const { stderr, code } = await runNode(['-r', preload, '-e', sourceOf(probe, [root, NOTE])], { env })
  assert.equal(stderr, '')
  assert.equal(code, 0)
}
