import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeHeaders, inHead, inList } from '../../instrumentations/http-capture.js'
import { succeed } from '../support/run.js'
import { tagsOf } from '../support/tracing.js'

describe('captured headers', () => {
  it('are told by lower-case names, several as one, secrets masked', () => {
    const values: Record<string, string | string[]> = {
      'x-one': '1',
      'x-many': ['a', 'b'],
      cookie: 'secret',
      'x-api-key': 'k',
    }
    const description = describeHeaders(
      'request',
      ['X-One', 'x-many', 'x-none', 'Cookie', 'x-api-key'],
      (name) => values[name],
    )
    assert.deepEqual(tagsOf(description), {
      'http.request.header.x-one': '1',
      'http.request.header.x-many': 'a, b',
      'http.request.header.cookie': 'REDACTED',
      'http.request.header.x-api-key': 'REDACTED',
    })
  })

  it('are found in the text of a head', () => {
    const look = inHead('GET / HTTP/1.1\r\nX-A: 1\r\nx-a:2\r\nx-ab: 3\r\n\r\n')
    assert.deepEqual(
      [look('x-a'), look('x-ab'), look('x'), look('get / http/1.1')],
      [['1', '2'], ['3'], undefined, undefined],
    )
    assert.equal(inHead(null)('x-a'), undefined)
  })

  it('are found in a list of texts or bytes', () => {
    const look = inList([Buffer.from('X-A'), Buffer.from('1'), 'x-b', 'x-a'])
    assert.deepEqual(
      [look('x-a'), look('x-b'), look('1'), inList(undefined)('x-a')],
      [['1'], ['x-a'], undefined, undefined],
    )
  })

  const app = (): void => {
    const http = require('node:http')
    const server = http.createServer((req: any, res: any) => {
      res.setHeader('Set-Cookie', 'secret=1')
      if (req.url === '/a') res.setHeader('x-out', 'set').end()
      else res.writeHead(200, { 'X-Out': 'written' }).end()
    })
    server.listen(0, async () => {
      const base = `http://localhost:${server.address().port}`
      const headers = { 'X-In': 'sent', Authorization: 'secret' }
      await new Promise((resolve) => {
        http.get(`${base}/a`, { headers, agent: false }, (res: any) => res.resume().on('end', resolve))
      })
      await (await fetch(`${base}/b`, { headers })).text()
      process.exit()
    })
  }

  it('are those of requests and responses, on both sides, by http and by fetch', async () => {
    const { spans } = await succeed(app, {
      env: {
        OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST: 'x-in,authorization',
        OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_RESPONSE_HEADERS: 'x-out,set-cookie',
        OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_REQUEST: 'X-In,Authorization',
        OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_CLIENT_RESPONSE: 'X-Out,Set-Cookie',
      },
    })
    assert.equal(spans.length, 4)
    for (const { attributes, name, kind } of spans) {
      const captured = Object.entries(attributes).filter(([key]) => /^http\.re\w+\.header\./.test(key))
      const out = String(attributes['url.full'] ?? attributes['url.path']).endsWith('/a') ? 'set' : 'written'
      assert.deepEqual(
        Object.fromEntries(captured),
        {
          'http.request.header.x-in': 'sent',
          'http.request.header.authorization': 'REDACTED',
          'http.response.header.x-out': out,
          'http.response.header.set-cookie': 'REDACTED',
        },
        `${kind} ${name}`,
      )
    }
    assert.doesNotMatch(JSON.stringify(spans), /secret/)
  })

  it('are none unless asked for', async () => {
    const { spans } = await succeed(app)
    assert.doesNotMatch(JSON.stringify(spans), /http\.re\w+\.header/)
  })
})
