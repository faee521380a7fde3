/**
 * Ways to the backend that are broken in one way each, and the cause that the doctor names.
 */
import { createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { HttpBackend } from '../support/backend.js'
import { applications } from '../support/cli.js'
import { finds, SELF } from '../support/doctor.js'
import { root } from '../support/run.js'

const app = applications()
const backends: { stop(): Promise<void> }[] = []
after(async () => {
  for (const backend of backends) await backend.stop()
})

async function answering(status: number): Promise<string> {
  const backend = await HttpBackend.start(status)
  backends.push(backend)
  return backend.url
}

describe('the doctor, of the way to the backend', () => {
  it('names an endpoint at which nobody listens', async () => {
    const folder = app({ 'app.js': SELF })
    await finds(
      'endpoint-refused',
      /ECONNREFUSED 127\.0\.0\.1:9[\s\S]*pretrace viewer/,
      ['--', join(folder, 'app.js')],
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      },
    )
  })

  it('names a host that does not exist', async () => {
    const folder = app({ 'app.js': SELF })
    await finds('endpoint-unknown-host', /collector\.invalid/, ['--', join(folder, 'app.js')], {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.invalid:4318',
      PRETRACE_EXIT_TIMEOUT: '100',
    })
  })

  it('names a path that is not there, and that /v1/traces is appended', async () => {
    const folder = app({ 'app.js': SELF })
    const url = `${await answering(404)}/v1/traces`
    await finds('endpoint-not-found', /404[\s\S]*take that off its end/, ['--', join(folder, 'app.js')], {
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
    })
  })

  it('names a backend that wants to know who is sending', async () => {
    const folder = app({ 'app.js': SELF })
    await finds('endpoint-unauthorised', /401[\s\S]*OTEL_EXPORTER_OTLP_HEADERS/, ['--', join(folder, 'app.js')], {
      OTEL_EXPORTER_OTLP_ENDPOINT: await answering(401),
    })
  })

  it('names another protocol, which the port of gRPC would be', async () => {
    const grpc = createHttp2Server()
    await new Promise<void>((resolve) => grpc.listen(0, '127.0.0.1', resolve))
    backends.push({ stop: () => new Promise((resolve) => grpc.close(() => resolve())) })
    const folder = app({ 'app.js': SELF })
    await finds('endpoint-protocol', /gRPC/, ['--', join(folder, 'app.js')], {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(grpc.address() as AddressInfo).port}`,
    })
  })

  it('names the protocol that is not spoken', async () => {
    const folder = app({ 'app.js': SELF })
    await finds('variable-bad', /OTEL_EXPORTER_OTLP_PROTOCOL="grpc"/, ['--', join(folder, 'app.js')], {
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    })
  })

  it('names the exporter that is none', async () => {
    const folder = app({ 'app.js': SELF })
    await finds('exporter-none', /thrown away/, ['--', join(folder, 'app.js')], { OTEL_TRACES_EXPORTER: 'none' })
  })

  it('names an exit that did not wait for the last spans', async () => {
    const folder = app({ 'app.js': SELF.replace('server.close()', 'process.nextTick(process.exit)') })
    await finds('lost-at-exit', /PRETRACE_EXIT_TIMEOUT/, ['--', join(folder, 'app.js')], {
      PRETRACE_EXIT_TIMEOUT: '0',
    })
  })

  it('names a queue that is too small', async () => {
    const burst = `require(${JSON.stringify(root)}); const { tracer } = require(${JSON.stringify(root)})
      for (let i = 0; i < 100; i++) tracer.startSpan('one').finish()`
    const folder = app({ 'app.js': burst })
    await finds(
      'queue-full',
      /found no place in the queue[\s\S]*OTEL_BSP_MAX_QUEUE_SIZE/,
      ['--', join(folder, 'app.js')],
      {
        OTEL_BSP_MAX_QUEUE_SIZE: '10',
      },
    )
  })
})
