/**
 * What PM2 puts between Node and an application, made up here: `npm run test:launchers` has the real one.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Collector } from '../support/collector.js'
import { appFolders } from '../support/packages.js'
import { preload, root, runNode, type Ran } from '../support/run.js'

const { write } = appFolders()()
const FORK = write('pm2/lib/ProcessContainerFork.js', `require('module')._load(process.env.pm_exec_path, null, true)`)
const CLUSTER = write(
  'pm2/lib/ProcessContainer.js',
  `Object.assign(process.env, JSON.parse(process.env.pm2_env))
  delete process.env.pm2_env
  require('module')._load(process.env.pm_exec_path, null, true)`,
)
const APP = write('shop/app.js', `require(${JSON.stringify(root)}).tracer.startSpan('sold').finish()`)
write('shop/package.json', '{ "name": "shop" }')
write('pm2/package.json', '{ "name": "pm2" }')

/**
 * Runs the application in either mode.
 *
 * @param more of its variables
 * @param shell what PM2 itself was started with, in cluster mode
 * @returns the spans' names and services
 */
async function runIn(
  container: string,
  more: Readonly<Record<string, string>> = {},
  shell: Readonly<Record<string, string>> = {},
): Promise<Ran & { spans: unknown }> {
  const collector = await Collector.start()
  const given = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    PRETRACE_EXIT_TIMEOUT: '10000',
    pm_exec_path: APP,
    ...more,
  }
  const env =
    container === CLUSTER ? { ...shell, pm2_env: JSON.stringify({ ...given, args: ['x'], instances: 2 }) } : given
  try {
    const ran = await runNode(['-r', preload, container], { env })
    return { ...ran, spans: collector.spans.map(({ name, service }) => [name, service]) }
  } finally {
    await collector.stop()
  }
}

describe('an application under PM2', () => {
  for (const [mode, container] of [
    ['fork', FORK],
    ['cluster', CLUSTER],
  ] as const) {
    it(`is configured by its own variables and has its own name, in ${mode} mode`, async () => {
      const { spans, stderr, code } = await runIn(container)
      assert.deepEqual({ spans, stderr, code }, { spans: [['sold', 'shop']], stderr: '', code: 0 })
    })

    it(`is told what is wrong with its variables, in ${mode} mode`, async () => {
      const { stderr } = await runIn(container, { OTEL_BSP_SCHEDULE_DELAY: 'soon' })
      assert.match(stderr, /^pretrace: OTEL_BSP_SCHEDULE_DELAY="soon" .*\n$/)
    })

    it(`is not traced where its variables say so, in ${mode} mode`, async () => {
      const { spans, stderr, code } = await runIn(container, { OTEL_SDK_DISABLED: 'true' })
      assert.deepEqual({ spans, stderr, code }, { spans: [], stderr: '', code: 0 })
    })
  }

  it('is configured by its own variables and not by those of PM2 itself, in cluster mode', async () => {
    const { spans, stderr } = await runIn(CLUSTER, { OTEL_SDK_DISABLED: 'false' }, { OTEL_SDK_DISABLED: 'true' })
    assert.deepEqual({ spans, stderr }, { spans: [['sold', 'shop']], stderr: '' })
  })

  it('is configured by the environment if what is called as PM2’s variable is none of it', async () => {
    for (const pm2_env of ['', 'no JSON', 'null', '"text"']) {
      const { stdout, stderr, code } = await runNode(['-r', preload, '-p', '1'], {
        env: { pm2_env, OTEL_BSP_SCHEDULE_DELAY: 'soon' },
      })
      assert.match(stderr, /^pretrace: OTEL_BSP_SCHEDULE_DELAY="soon" .*\n$/)
      assert.deepEqual([stdout, code], ['1\n', 0])
    }
  })
})
