/**
 * The OpenTelemetry Collector, with an exporter that writes a file: that is where one looks for what arrived.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../support/run.js'
import type { Backend, Running } from './backend.js'
import { readOtlpFile } from './otlp.js'
import { fetched, freePorts, needs, Program } from './programs.js'
import { allOtlp, allThrift, zipkin } from './protocols.js'

const VERSION = '0.155.0'

export const collector: Backend = {
  name: `OpenTelemetry Collector ${VERSION}`,
  async obtain(cache) {
    const file = process.env['TEST_COLLECTOR'] ?? join(cache, `collector-${VERSION}`)
    if (existsSync(file)) return file
    needs('go')
    const source = join(root, 'test', 'backends', 'collector')
    await fetched('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', file, '.'], source)
    return file
  },
  async start(file, folder): Promise<Running> {
    const ports = (await freePorts(5)) as [number, number, number, number, number]
    const [otlp, zipkinPort, http, compact, binary] = ports
    const out = join(folder, 'collector-spans.jsonl')
    const config = join(folder, 'collector.json')
    const at = (port: number): object => ({ endpoint: `127.0.0.1:${port}` })
    writeFileSync(
      config,
      JSON.stringify({
        service: {
          pipelines: { traces: { receivers: ['otlp', 'jaeger', 'zipkin'], exporters: ['file'] } },
          telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
        },
        receivers: {
          otlp: { protocols: { http: at(otlp) } },
          jaeger: { protocols: { thrift_http: at(http), thrift_compact: at(compact), thrift_binary: at(binary) } },
          zipkin: at(zipkinPort),
        },
        exporters: { file: { path: out, flush_interval: '100ms' } },
      }),
    )
    // It has no page for health of its own, and any answer of this receiver is one.
    const program = await Program.start(file, ['--config', config], `http://127.0.0.1:${zipkinPort}/`)
    return {
      protocols: [...allOtlp(otlp), ...allThrift(http, compact, binary), zipkin(zipkinPort)],
      trace: (id) => Promise.resolve(existsSync(out) ? readOtlpFile(out).filter(({ traceId }) => traceId === id) : []),
      output: () => program.output(),
      stop: () => program.stop(),
    }
  },
}
