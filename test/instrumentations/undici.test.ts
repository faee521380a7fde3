import assert from 'node:assert/strict'
import { basename } from 'node:path'
import { describe, it } from 'node:test'
import { foldersWith, succeed } from '../support/run.js'
import { assertChild, spansOf } from '../support/spans.js'

for (const cwd of foldersWith('undici', 'current', 'redis-4')) {
  describe(`undici in ${basename(cwd)}`, () => {
    it('has spans of request, stream, pipeline, upgrade and connect', async () => {
      const { spans } = await succeed(
        async () => {
          const undici = require('undici')
          const { Writable } = require('node:stream')
          const server = require('node:http').createServer((_req: any, res: any) => {
            res.writeEarlyHints?.({ link: '</a.css>; rel=preload' })
            res.writeHead(201).end('ok')
          })
          server.on('upgrade', (_req: any, socket: any) =>
            socket.end('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n'),
          )
          server.on('connect', (_req: any, socket: any) => socket.end('HTTP/1.1 200 OK\r\n\r\n'))
          await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
          const origin = `http://127.0.0.1:${server.address().port}`
          await (await undici.request(`${origin}/request`, { query: { a: 1 } })).body.text()
          await undici.stream(
            `${origin}/stream`,
            { method: 'POST', body: 'x' },
            () => new Writable({ write: (_c: unknown, _e: unknown, done: () => void) => done() }),
          )
          await new Promise((resolve) =>
            undici
              .pipeline(`${origin}/pipeline`, { method: 'PATCH' }, ({ body }: any) => body)
              .end('x')
              .resume()
              .on('end', resolve),
          )
          const { socket } = await undici.upgrade(`${origin}/upgrade`, { protocol: 'echo' })
          socket.destroy()
          const tunnel = await new undici.Client(origin).connect({ path: 'example.com:80' })
          tunnel.socket.destroy()
          process.exit()
        },
        { cwd },
      )
      const seen = spansOf(spans, 'fetch').map(({ name, attributes, failed }) => [
        name,
        String(attributes['url.full']).replace(/http:..127.0.0.1:\d+/, ''),
        attributes['http.response.status_code'],
        failed,
      ])
      assert.deepEqual(seen, [
        ['GET', '/request?a=1', 201, false],
        ['POST', '/stream', 201, false],
        ['PATCH', '/pipeline', 201, false],
        ['GET', '/upgrade', 101, false],
        ['CONNECT', 'example.com:80', 200, false],
      ])
    })

    it('has the hops and retries of its own handlers in their caller’s trace', async () => {
      const { spans } = await succeed(
        async () => {
          const undici = require('undici')
          const http = require('node:http')
          const { redirect, retry } = undici.interceptors
          const agent = new undici.Agent({ connections: 1 })
          const following = agent.compose(redirect({ maxRedirections: 2 }))
          const persistent = agent.compose(retry({ minTimeout: 1 }))
          const tried = new Set()
          const server = http.createServer(async (req: any, res: any) => {
            const [, kind, number] = req.url.split('/')
            if (kind === 'follow') {
              await (await undici.request(`${origin}/here/${number}`, { dispatcher: following })).body.text()
            } else if (kind === 'persist') {
              await (await undici.request(`${origin}/busy/${number}`, { dispatcher: persistent })).body.text()
            } else if (kind === 'here') {
              res.writeHead(302, { location: `/there/${number}` })
            } else if (kind === 'busy' && !tried.has(number)) {
              tried.add(number)
              res.writeHead(503)
            }
            res.end()
          })
          await new Promise((resolve) => server.listen(0, resolve))
          const origin = `http://localhost:${server.address().port}`
          const get = (path: string): Promise<unknown> =>
            new Promise((resolve) => http.get(`${origin}${path}`, (res: any) => res.resume().on('end', resolve)))
          await Promise.all([1, 2, 3].flatMap((number) => [get(`/follow/${number}`), get(`/persist/${number}`)]))
          process.exit()
        },
        { cwd },
      )
      const sent = spansOf(spans, 'fetch')
      assert.equal(sent.length, 12)
      for (const span of sent) {
        const [, kind, number] = new URL(String(span.attributes['url.full'])).pathname.split('/')
        const caller = `/${kind === 'busy' ? 'persist' : 'follow'}/${number}`
        const server = spans.find((other) => other.attributes['url.path'] === caller)
        assert.ok(server)
        assertChild(span, server)
      }
    })

    it('takes every dispatch for its own where an application shares a handler', async () => {
      const { spans } = await succeed(
        async () => {
          const undici = require('undici')
          const http = require('node:http')
          const handler = { onConnect() {}, onHeaders: () => true, onData: () => true, onComplete() {}, onError() {} }
          const server = http.createServer((req: any, res: any) => {
            if (req.url.startsWith('/outer')) client.dispatch({ path: '/inner', method: 'GET' }, handler)
            res.end()
          })
          await new Promise((resolve) => server.listen(0, resolve))
          const origin = `http://localhost:${server.address().port}`
          const client = new undici.Client(origin)
          for (const path of ['/outer/1', '/outer/2']) {
            await new Promise((resolve) => http.get(origin + path, (res: any) => res.resume().on('end', resolve)))
          }
          await client.close()
          process.exit()
        },
        { cwd },
      )
      const parents = spansOf(spans, 'fetch').map(
        ({ parentSpanId }) => spans.find(({ spanId }) => spanId === parentSpanId)?.attributes['url.path'],
      )
      assert.deepEqual(parents, ['/outer/1', '/outer/2'])
    })
  })
}
