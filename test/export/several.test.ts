/**
 * Several exporters at once: what befalls one is no matter of the others.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parseConfig } from '../../src/config/load.js'
import { Pipeline } from '../../src/export/pipeline.js'
import { ledger, type ExporterEntry } from '../../src/ledger.js'
import { HttpBackend, UdpBackend } from '../support/backend.js'
import { Collector } from '../support/collector.js'
import { preload, root, runNode, sourceOf, type App } from '../support/run.js'
import { said } from '../support/said.js'
import { decodeBatch, decodeCall } from '../support/thrift.js'
import { tracing } from '../support/tracing.js'
import { readZipkin } from '../support/zipkin.js'

/** What an exporter has counted so far, without what it has not. */
function counted(name: string): Record<string, number> {
  const none: ExporterEntry = { exported: 0, dropped: {} as never, unanswered: 0 }
  const { exported, dropped } = ledger.exporters[name] ?? none
  return Object.fromEntries(Object.entries({ exported, ...dropped }).filter(([, count]) => count > 0))
}

describe('several exporters', () => {
  it('each count what they deliver and what they lose', async () => {
    const [refusing, taking] = await Promise.all([HttpBackend.start(400), HttpBackend.start()])
    const config = parseConfig(
      {
        OTEL_TRACES_EXPORTER: 'zipkin,jaeger',
        OTEL_EXPORTER_ZIPKIN_ENDPOINT: refusing.url,
        JAEGER_ENDPOINT: taking.url,
        OTEL_BSP_MAX_QUEUE_SIZE: '2',
      },
      [],
    )
    const before = { exported: ledger.exported, ...ledger.dropped }
    const pipeline = new Pipeline(config, '1.2.3')
    const { tracer, finished } = tracing()
    const lines = await said(async () => {
      for (const name of ['a', 'b', 'c']) tracer.startSpan(name).finish()
      for (const record of finished) pipeline.add(record)
      await pipeline.flush()
    })
    await Promise.all([refusing.stop(), taking.stop()])
    assert.deepEqual(counted('zipkin'), { rejected: 2, 'queue-full': 1 })
    assert.deepEqual(counted('jaeger'), { exported: 2, 'queue-full': 1 })
    assert.equal(ledger.exported - before.exported, 2)
    assert.equal(ledger.dropped['queue-full'] - before['queue-full'], 2)
    assert.equal(decodeBatch(taking.received[0]?.body as Buffer, 'binary').spans.length, 2)
    assert.deepEqual(lines.map((line) => /(zipkin|jaeger) takes them|it answers 400/.exec(line)?.[0] ?? line).sort(), [
      'it answers 400',
      'jaeger takes them',
      'zipkin takes them',
    ])
  })

  const app: App = (library: string) => {
    const { tracer } = require(library)
    tracer.startSpan('last').finish()
    process.exit(3)
  }

  it('each deliver the last spans of a process, though one has no backend and one no answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pretrace-several-'))
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const [collector, agent] = await Promise.all([Collector.start(), UdpBackend.start()])
    const file = join(folder, 'spans.jsonl')
    const { port } = silent.address() as AddressInfo
    const { code, stdout, stderr } = await runNode(['-r', preload, '-e', sourceOf(app, [root])], {
      env: {
        OTEL_TRACES_EXPORTER: 'zipkin,otlp,jaeger,otlp_file,console',
        OTEL_EXPORTER_ZIPKIN_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        JAEGER_AGENT_HOST: '127.0.0.1',
        JAEGER_AGENT_PORT: String(agent.port),
        PRETRACE_FILE: file,
        // The others answer, on a busy machine perhaps late.
        PRETRACE_EXIT_TIMEOUT: '3000',
      },
    })
    await agent.got(1)
    silent.closeAllConnections()
    silent.close()
    await Promise.all([collector.stop(), agent.stop()])
    assert.equal(code, 3)
    assert.equal(
      stderr,
      `pretrace: no spans reach http://127.0.0.1:${port}: no answer within the 3000 ms that an exit may take\n`,
    )
    assert.deepEqual(
      collector.spans.map(({ name }) => name),
      ['last'],
    )
    assert.equal(decodeCall(agent.received[0] as Buffer, 'compact').spans[0]?.name, 'last')
    assert.match(readFileSync(file, 'utf8'), /"name":"last"/)
    assert.match(stdout, /last/)
    rmSync(folder, { recursive: true })
  })

  it('each say what keeps them from it', async () => {
    const taking = await HttpBackend.start()
    const { code, stderr } = await runNode(['-r', preload, '-e', sourceOf(app, [root])], {
      env: {
        OTEL_TRACES_EXPORTER: 'otlp,zipkin,jaeger',
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
        OTEL_EXPORTER_ZIPKIN_ENDPOINT: taking.url,
        OTEL_EXPORTER_JAEGER_ENDPOINT: 'http://127.0.0.1:2',
      },
    })
    await taking.stop()
    assert.equal(code, 3)
    assert.deepEqual(stderr.trim().split('\n'), [
      'pretrace: no spans reach http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1',
      'pretrace: no spans reach http://127.0.0.1:2: connect ECONNREFUSED 127.0.0.1:2',
    ])
    assert.equal(readZipkin(taking.received[0]?.body as Buffer)[0]?.name, 'last')
  })
})
