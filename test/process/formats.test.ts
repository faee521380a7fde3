/**
 * Header formats as a process uses them.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { succeed } from '../support/run.js'

/** Asks itself, and prints which formats were loaded and what was received. */
function selfRequest(): void {
  const http = require('node:http')
  const server = http.createServer((req: any, res: any) => {
    console.log(JSON.stringify(req.headers))
    res.end()
  })
  server.listen(0, () => {
    http.get({ port: server.address().port }, (res: any) => {
      res.resume().on('end', () => server.close())
      const files = Object.keys(require.cache).map((file) => /src.propagation.(\w+)\.js$/.exec(file)?.[1])
      console.log(
        files
          .filter((file) => file !== undefined)
          .sort()
          .join(),
      )
    })
  })
}

describe('the formats of a process', () => {
  it('are loaded only if they are asked for', async () => {
    const { stdout } = await succeed(selfRequest, { env: { OTEL_PROPAGATORS: 'gcp' } })
    assert.equal(stdout.trim().split('\n')[1], 'beginnings,carriers,composite,configured,gcp,hex,propagator')
  })

  it('with xray among them make trace ids that begin with the time', async () => {
    const since = Math.floor(Date.now() / 1000)
    const { spans, stdout } = await succeed(selfRequest, { env: { OTEL_PROPAGATORS: 'b3,xray' } })
    const [traceId = ''] = [...new Set(spans.map((span) => span.traceId))]
    assert.equal(spans.length, 2)
    const began = parseInt(traceId.slice(0, 8), 16)
    assert.ok(began >= since && began <= Date.now() / 1000, traceId)
    const headers = JSON.parse(stdout.split('\n')[0] ?? '') as Record<string, string>
    assert.match(
      headers['x-amzn-trace-id'] ?? '',
      new RegExp(`^Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=`),
    )
  })

  it('all at once carry one trace', async () => {
    const { spans, stdout } = await succeed(selfRequest, {
      env: { OTEL_PROPAGATORS: 'sw8,ottrace,gcp,xray,tracecontext,jaeger,b3multi,baggage' },
    })
    const headers = Object.keys(JSON.parse(stdout.split('\n')[0] ?? '') as Record<string, string>)
    for (const name of ['sw8', 'ot-tracer-traceid', 'x-cloud-trace-context', 'x-amzn-trace-id', 'traceparent']) {
      assert.ok(headers.includes(name), name)
    }
    const [client, server] = [spans.find(({ kind }) => kind === 'client'), spans.find(({ kind }) => kind === 'server')]
    assert.equal(server?.parentSpanId, client?.spanId)
    assert.equal(server?.traceId, client?.traceId)
  })
})
