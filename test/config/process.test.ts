import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { preload, runBare, runNode, trace } from '../support/run.js'

const lines = (stderr: string): string[] => stderr.split('\n').filter((line) => line !== '')

describe('a process with the preload', () => {
  it('says each of six bad values in a line of its own, and runs', async () => {
    const env = {
      OTEL_PROPAGATORS: 'b33',
      OTEL_TRACES_EXPORTER: 'nowhere',
      OTEL_TRACES_SAMPLER: 'sometimes',
      OTEL_TRACES_SAMPLER_ARG: '7',
      OTEL_BSP_MAX_QUEUE_SIZE: '-1',
      OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'htpp',
    }
    const { stderr, stdout, code } = await runNode(['-r', preload, '-e', 'console.log("ran")'], { env })
    assert.equal(code, 0)
    assert.equal(stdout, 'ran\n')
    assert.equal(lines(stderr).length, 6)
    for (const name of Object.keys(env)) assert.match(stderr, new RegExp(`^pretrace: ${name}=.*; using .+$`, 'm'))
  })

  it('goes on with what is right where exporter and propagator are not', async () => {
    const app = (): void => {
      const http = require('node:http')
      const server = http.createServer((req: any, res: any) => {
        console.log(typeof req.headers['uber-trace-id'], typeof req.headers.traceparent)
        res.end()
      })
      server.listen(0, () =>
        http.get({ port: server.address().port }, (res: any) => res.resume().on('end', () => server.close())),
      )
    }
    const some = await trace(app, { env: { OTEL_TRACES_EXPORTER: 'nowhere,otlp', OTEL_PROPAGATORS: 'b33,jaeger' } })
    assert.deepEqual([some.stdout, some.spans.length], ['string undefined\n', 2])
    const none = await trace(app, { env: { OTEL_TRACES_EXPORTER: 'nowhere', OTEL_PROPAGATORS: 'b33' } })
    assert.deepEqual([none.stdout, none.spans.length], ['string string\n', 2])
  })

  it('says nothing where there is nothing to say, nor at level none', async () => {
    const env = { OTEL_LOG_LEVEL: 'none', OTEL_PROPAGATORS: 'b33', OTEL_SERVICE_NMAE: 'x' }
    assert.equal((await runNode(['-r', preload, '-e', '0'], { env })).stderr, '')
    assert.equal((await runNode(['-r', preload, '-e', '0'], {})).stderr, '')
  })

  it('keeps headers to itself', async () => {
    const env = { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=hush,x', JAEGER_PASSWRD: 'hush' }
    const { stderr } = await runNode(['-r', preload, '-e', '0'], { env })
    assert.equal(lines(stderr).length, 2)
    assert.doesNotMatch(stderr, /hush/)
  })

  it('loads what judges strange names only when there are any', async () => {
    const program = `console.log(Object.keys(require.cache).some((file) => file.endsWith('unknown.js')))`
    const loaded = async (env: Record<string, string>): Promise<string> =>
      (await runNode(['-r', preload, '-e', program], { env })).stdout.trim()
    assert.equal(await loaded({ OTEL_SERVICE_NAME: 'x' }), 'false')
    assert.equal(await loaded({ OTEL_SERVICE_NMAE: 'x' }), 'true')
  })

  it('traces nothing by an instrumentation that is disabled, and all where no enabled name exists', async () => {
    const app = (): void => {
      const http = require('node:http')
      const server = http.createServer((_req: any, res: any) => res.end())
      server.listen(0, () =>
        http.get({ port: server.address().port }, (res: any) => res.resume().on('end', () => server.close())),
      )
    }
    const off = await trace(app, { env: { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' } })
    assert.deepEqual([off.spans.length, off.stderr], [0, ''])
    const misspelt = await trace(app, { env: { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'htpp' } })
    assert.equal(misspelt.spans.length, 2)
    assert.match(
      misspelt.stderr,
      /^pretrace: OTEL_NODE_ENABLED_INSTRUMENTATIONS="htpp" is not one of .*http.*; using all\n$/,
    )
  })

  it('that is disabled loads nothing of ours', async () => {
    const app = (): void => console.log(Object.keys(require.cache).filter((file) => file.includes('dist')).length)
    for (const env of [{ OTEL_SDK_DISABLED: 'True' }, { JAEGER_DISABLED: 'true' }]) {
      assert.equal((await trace(app, { env })).stdout, '0\n')
    }
    assert.equal((await runBare(app)).stdout, '0\n')
  })
})
