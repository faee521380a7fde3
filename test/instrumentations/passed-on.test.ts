/**
 * Trace headers that an application takes over from the request which it serves into one that it sends, as a proxy does.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { libraries, succeed } from '../support/run.js'
import { treeOf } from '../support/spans.js'

/** Ways of sending a request with the headers of another one. */
const WAYS: Readonly<Record<string, (require: any, port: number, headers: any) => Promise<void>>> = {
  http: (require, port, headers) =>
    new Promise((resolve) =>
      require('node:http').get({ port, path: '/target', headers, agent: false }, (res: any) =>
        res.resume().on('close', resolve),
      ),
    ),
  'http, headers in an array': (require, port, headers) =>
    new Promise((resolve) => {
      const list = Object.entries(headers).flat()
      require('node:http').get({ port, path: '/target', headers: list, agent: false }, (res: any) =>
        res.resume().on('close', resolve),
      )
    }),
  fetch: (_require, port, { host: _host, connection: _connection, ...headers }) =>
    fetch(`http://127.0.0.1:${port}/target`, { headers }).then((response) => response.text()) as Promise<never>,
  undici: (require, port, { connection: _connection, ...headers }) =>
    require('undici')
      .request(`http://127.0.0.1:${port}/target`, { headers })
      .then(({ body }: any) => body.text()),
}

describe('trace headers that are passed on', () => {
  for (const [name, way] of Object.entries(WAYS)) {
    it(`give way to the caller's own, by ${name}`, async () => {
      const { spans, stdout } = await succeed(
        async (source: string) => {
          const { createServer, get } = require('node:http')
          const send = require('node:vm').runInThisContext(`(${source})`)
          const server = createServer(async (req: any, res: any) => {
            if (req.url === '/target') {
              const names = req.rawHeaders
                .filter((_: string, i: number) => i % 2 === 0)
                .map((name: string) => name.toLowerCase())
              const ours = ['traceparent', 'uber-trace-id', 'x-b3-spanid', 'x-b3-traceid', 'b3']
              console.log(
                ours.map((name) => names.filter((other: string) => other === name).length).join(),
                req.headers['x-own'],
              )
            } else await send(require, server.address().port, req.headers)
            res.end()
          })
          server.listen(0, '127.0.0.1', () => {
            get({ port: server.address().port, headers: { 'x-own': 'kept' }, agent: false }, (res: any) => {
              res.resume().on('close', () => {
                server.close()
                server.closeAllConnections()
              })
            })
          })
        },
        { args: [way.toString()], cwd: libraries('redis-4') },
      )
      assert.equal(stdout, '1,1,1,1,0 kept\n')
      assert.equal(treeOf(spans), ['GET', '  GET', '    GET', '      GET'].join('\n'))
    })
  }

  it('stay where they name anything else', async () => {
    const { spans, stdout } = await succeed(async () => {
      const { createServer, get } = require('node:http')
      const own = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
      const server = createServer((req: any, res: any) => {
        if (req.url === '/target') {
          console.log(req.headers.traceparent)
          return res.end()
        }
        // Of the same trace, but not of the caller: whoever writes that knows what it does.
        const traceparent =
          req.url === '/other' ? own : req.headers.traceparent.replace(/-\w{16}-\w\w$/, `-${'c'.repeat(16)}-01`)
        get({ port: server.address().port, path: '/target', headers: { traceparent }, agent: false }, (answer: any) => {
          answer.resume().on('close', () => res.end())
        })
      })
      const ask = (path: string): Promise<void> =>
        new Promise((resolve) =>
          get({ port: server.address().port, path, agent: false }, (res: any) => res.resume().on('close', resolve)),
        )
      server.listen(0, '127.0.0.1', async () => {
        await ask('/other')
        await ask('/sibling')
        server.close()
      })
    })
    const { traceId } = spans.find(({ attributes }) => attributes['url.path'] === '/sibling') ?? {}
    assert.equal(stdout, `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01\n00-${traceId}-${'c'.repeat(16)}-01\n`)
  })
})
