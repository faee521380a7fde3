import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { root, trace } from '../support/run.js'

/** Sends requests with these options to a server that prints which tracing headers came, a line each. */
function sender(options: Record<string, unknown>[]): void {
  const http = require('node:http')
  const server = http.createServer((req: any, res: any) => {
    const { rawHeaders } = req
    const pairs = rawHeaders.flatMap((name: string, i: number) => (i % 2 === 0 ? [[name, rawHeaders[i + 1]]] : []))
    const tracing = pairs.filter(([name]: any) => /b3|uber|trace|baggage/i.test(name))
    console.log(tracing.map(([name, value]: any) => (value.length < 12 ? `${name}:${value}` : name)).join(' '))
    res.end()
  })
  server.listen(0, () => {
    const next = (): void => {
      const option = options.shift()
      if (option === undefined) server.close()
      else http.get({ port: server.address().port, ...option }).on('close', next)
    }
    next()
  })
}

async function sent(options: readonly Record<string, unknown>[], env?: Record<string, string>): Promise<string[]> {
  const { stdout, stderr } = await trace(sender, { args: [options], ...(env && { env }) })
  assert.equal(stderr, '')
  return stdout.trimEnd().split('\n')
}

const B3 = 'x-b3-traceid x-b3-spanid x-b3-sampled:1'

describe('the headers of a request sent', () => {
  it('are those of every propagator, once each', async () => {
    assert.deepEqual(await sent([{}]), [`${B3} uber-trace-id traceparent`])
    assert.deepEqual(await sent([{}], { OTEL_PROPAGATORS: 'b3,jaeger' }), ['b3 uber-trace-id'])
    assert.deepEqual(await sent([{}], { OTEL_PROPAGATORS: 'none' }), [''])
  })

  it('leave alone a format in which the caller has spoken, in any case and any form', async () => {
    const lines = await sent([
      { headers: { Traceparent: 'mine' } },
      { headers: { TRACESTATE: 'a=1' } },
      { headers: { 'X-B3-Flags': '0' } },
      { headers: ['Host', 'a', 'Uber-Trace-Id', 'mine'] },
      {
        headers: [
          ['Host', 'a'],
          ['X-B3-SAMPLED', '0'],
        ],
      },
    ])
    assert.deepEqual(lines, [
      `Traceparent:mine ${B3} uber-trace-id`,
      `TRACESTATE:a=1 ${B3} uber-trace-id`,
      'X-B3-Flags:0 uber-trace-id traceparent',
      `Uber-Trace-Id:mine ${B3} traceparent`,
      'X-B3-SAMPLED:0 uber-trace-id traceparent',
    ])
  })

  it('are none where the request is signed for AWS', async () => {
    const authorization = 'AWS4-HMAC-SHA256 Credential=AKID/20261101/eu-west-1/s3/aws4_request, SignedHeaders=host'
    const lines = await sent([
      { headers: { Authorization: authorization } },
      { headers: ['Host', 'a', 'authorization', authorization] },
      { path: '/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=abc' },
      { path: '/key?x-amz-signature=abc' },
      { headers: { Authorization: 'Bearer AWS4-' } },
    ])
    assert.deepEqual(lines, ['', '', '', '', `${B3} uber-trace-id traceparent`])
  })

  it('do not show in what the application can ask its request', async () => {
    const { stdout } = await trace(() => {
      const http = require('node:http')
      const server = http.createServer((_req: any, res: any) => res.end())
      server.listen(0, () => {
        const req = http.request({ port: server.address().port, headers: { 'X-Own': '1' }, setHost: false })
        req.setHeader('Host', 'a')
        req.end()
        console.log(JSON.stringify(req.getHeaders()), req.getRawHeaderNames().join(), req.hasHeader('traceparent'))
        req.on('close', () => server.close())
      })
    })
    assert.equal(stdout, '{"x-own":"1","host":"a"} X-Own,Host false\n')
  })

  it('are none, and there is no span, where tracing is suppressed', async () => {
    const { spans, stdout } = await trace(
      (scope: string) => {
        const { withoutTracing } = require(scope)
        const http = require('node:http')
        const server = http.createServer((req: any, res: any) => res.end(req.rawHeaders.join()))
        server.listen(0, () => {
          const { port } = server.address()
          const call = (headers: any): any => http.get({ port, headers }, (res: any) => res.pipe(process.stdout))
          const req = withoutTracing(() => call({ host: 'a', connection: 'close' }))
          req.on('close', () => {
            const second = withoutTracing(() => call(['Host', 'b', 'Connection', 'close']))
            second.on('close', () => server.close())
          })
        })
      },
      { args: [join(root, 'dist', 'src', 'scope', 'scope.js')] },
    )
    assert.equal(stdout, 'host,a,connection,closeHost,b,Connection,close')
    assert.deepEqual(
      spans.map((span) => span.kind),
      ['server', 'server'],
    )
  })
})
