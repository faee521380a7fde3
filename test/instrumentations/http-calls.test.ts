import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { trace } from '../support/run.js'

describe('http.request and http.get', () => {
  it('make one span and send each header once in every form of call', async () => {
    const { spans, stdout, stderr } = await trace(() => {
      const http = require('node:http')
      const net = require('node:net')
      const socketPath = `/tmp/pretrace-test-${process.pid}.sock`
      const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
      const seen: any = {}
      const server = http.createServer((req: any, res: any) => {
        const names = req.rawHeaders.filter((_: any, i: number) => i % 2 === 0)
        seen[req.url] = names.filter((name: string) => !/^(host|connection|content-length)$/i.test(name)).join(' ')
        req.resume().on('end', () => res.end('body'))
      })
      const other = http.createServer((req: any, res: any) => res.end(`socket ${req.url}`))
      const start = (): void => {
        const { port } = server.address()
        const at = (path: string): string => `http://127.0.0.1:${port}${path}`
        const own = { 'X-Own': '1' }
        const array = ['Host', `127.0.0.1:${port}`, 'X-Own', '1']
        const base = { port, host: '127.0.0.1' }
        const calls: any = [
          () => http.get(at('/string')),
          () => http.get(at('/string-callback'), (res: any) => res.resume()),
          () => http.get(new URL(at('/url'))),
          () => http.get(at('/string-options'), { headers: own }),
          () => http.get(new URL(at('/url-options-callback')), { headers: own }, (res: any) => res.resume()),
          () => http.get({ ...base, path: '/options' }),
          () => http.get({ ...base, path: '/options-callback', headers: own }, (res: any) => res.resume()),
          () => http.request({ ...base, path: '/lower-case', method: 'post' }).end('x'),
          () => http.get({ ...base, path: '/flat-array', headers: array }),
          () =>
            http.get({
              ...base,
              path: '/nested-array',
              headers: [
                ['Host', 'a'],
                ['X-Own', '1'],
              ],
            }),
          () => http.get({ ...base, path: '/agent', agent }),
          () => http.get({ ...base, path: '/agent-again', agent }),
          () => http.get({ ...base, path: '/no-agent', agent: false }),
          () => http.get({ path: '/create', createConnection: () => net.connect(port, '127.0.0.1') }),
          () => http.get({ socketPath, path: '/socket-path' }),
          () => {
            const req = http.request({ ...base, path: '/set-later', method: 'PUT' })
            req.setHeader('X-Own', '1')
            req.flushHeaders()
            return req.end('x')
          },
          () => {
            const headers = { expect: '100-continue', 'content-length': 1 }
            const req = http.request({ ...base, path: '/expect', method: 'POST', headers })
            return req.on('continue', () => req.end('x'))
          },
          () => {
            const headers = [...array, 'Expect', '100-continue', 'Content-Length', '1']
            const req = http.request({ ...base, path: '/expect-array', method: 'POST', headers })
            return req.on('continue', () => req.end('x'))
          },
          () => new http.ClientRequest({ ...base, path: '/direct' }).end(),
        ]
        const next = (): void => {
          const call = calls.shift()
          if (call !== undefined) {
            call().on('close', next)
            return
          }
          for (const [path, names] of Object.entries(seen)) console.log(path, names)
          agent.destroy()
          server.close()
          other.close()
        }
        next()
      }
      server.listen(0, '127.0.0.1', () => other.listen(socketPath, start))
    })
    assert.equal(stderr, '')
    const own = new Set(
      'string-options url-options-callback options-callback flat-array nested-array set-later'
        .split(' ')
        .map((name) => `/${name}`),
    )
    const tracing = 'x-b3-traceid x-b3-spanid x-b3-sampled uber-trace-id traceparent'
    const lines = stdout.trim().split('\n')
    assert.equal(lines.length, 18)
    for (const line of lines) {
      const path = line.slice(0, line.indexOf(' '))
      const names = line.slice(path.length + 1)
      if (path === '/expect') assert.equal(names, `${tracing} expect`)
      else if (path === '/expect-array') assert.equal(names, `${tracing} X-Own Expect`)
      else if (path === '/lower-case' || path === '/set-later') {
        assert.equal(names.replace(' Transfer-Encoding', ''), own.has(path) ? `X-Own ${tracing}` : tracing)
      } else assert.equal(names, own.has(path) ? `X-Own ${tracing}` : tracing)
      const span = spans.find((one) => one.kind === 'client' && String(one.attributes['url.full']).endsWith(path))
      assert.ok(span, `${path} has no span`)
      assert.equal(span.attributes['http.response.status_code'], 200)
      assert.equal(span.attributes['network.peer.address'], '127.0.0.1', path)
      assert.equal(span.failed, false)
      const server = spans.find((other) => other.kind === 'server' && other.attributes['url.path'] === path)
      assert.equal(server?.parentSpanId, span.spanId, path)
    }
    assert.equal(spans.find((span) => span.attributes['http.request.method'] === 'POST')?.name, 'POST')
    const overSocket = spans.find((span) => String(span.attributes['url.full']).endsWith('/socket-path'))
    assert.match(String(overSocket?.attributes['server.address']), /\.sock$/)
    assert.equal(overSocket?.attributes['server.port'], undefined)
  })
})
