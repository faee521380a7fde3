import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matcher } from '../../instrumentations/http-ignore.js'
import { succeed } from '../support/run.js'
import { namesOf, serversIn } from '../support/spans.js'

describe('a pattern', () => {
  const cases: readonly (readonly [pattern: string, meant: readonly string[], not: readonly string[]])[] = [
    ['/health', ['/health', '/health?full=1', 'http://x/health'], ['/healthy', '/a/health', '/']],
    ['/assets/*', ['/assets/', '/assets/a/b.css?v=1'], ['/assets', '/asset/a']],
    ['*.css', ['http://css.css/'], ['/a.css']],
    ['/*.css', ['/a.css', '/a/b.css?v=1'], ['/a.css/b']],
    ['/a?b=*', ['/a?b=', '/a?b=1&c=2'], ['/a', '/a?c=1']],
    ['/a.b', ['/a.b'], ['/axb']],
    ['/(x|y)', ['/(x|y)'], ['/x']],
    ['*', ['http://x/', 'http://x:1/a?b'], ['/path']],
    ['/*', ['/', '/x?y', 'https://x/y'], ['']],
    [
      'metrics.local',
      ['http://metrics.local/', 'https://metrics.local:9/x?y'],
      ['http://metrics.local.evil/', '/metrics.local'],
    ],
    ['*.local:8080', ['http://a.local:8080/x'], ['http://a.local/x', 'http://a.local:80801/x']],
    ['HOST', ['http://host/'], []],
    [
      'http://host',
      ['http://host', 'http://host/', 'http://host/a?b'],
      ['https://host/', 'http://host:1/', 'http://hosts/'],
    ],
    ['http://host:1/v1/*', ['http://host:1/v1/x?y'], ['http://host:1/v2/x', 'http://host/v1/x']],
    ['*://*/ping', ['http://a/ping', 'https://b:1/ping?x'], ['http://a/pings']],
  ]
  for (const [pattern, meant, not] of cases) {
    it(`${pattern} means ${meant.length === 0 ? 'nothing' : meant.join(' and ')}`, () => {
      const matches = matcher([pattern])
      for (const url of meant) assert.equal(matches?.(url), true, url)
      for (const url of not) assert.equal(matches?.(url), false, url)
    })
  }

  it('is one of several, or none', () => {
    assert.equal(matcher(['/a', '/b'])?.('/b'), true)
    assert.equal(matcher([]), undefined)
  })
})

describe('a request that is ignored', () => {
  it('when received has no span, nor has anything in its course, while others have theirs', async () => {
    const app = (): void => {
      const http = require('node:http')
      const next = http.createServer((req: any, res: any) => res.end(String(req.headers['traceparent'])))
      const server = http.createServer((req: any, res: any) => {
        // The end of a body that comes late is told outside of the handler's context.
        req.resume().on('end', () => {
          http.get({ port: next.address().port, path: `/from${req.url}`, agent: false }, (answer: any) =>
            answer.pipe(res),
          )
        })
      })
      const post = (path: string): Promise<string> =>
        new Promise((resolve) => {
          const socket = require('node:net').connect(server.address().port)
          socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\n`)
          setTimeout(() => socket.write('x'), 20)
          let text = ''
          socket.on('data', (chunk: unknown) => (text += String(chunk)))
          socket.on('close', () => resolve(text.split('\r\n\r\n')[1] ?? ''))
        })
      next.listen(0, () =>
        server.listen(0, async () => {
          console.log(JSON.stringify([await post('/health'), await post('/work')]))
          server.close()
          next.close()
        }),
      )
    }
    const { spans, stdout } = await succeed(app, { env: { PRETRACE_HTTP_IGNORE_INCOMING: '/health,/from/health' } })
    assert.deepEqual(
      serversIn(spans).map((span) => span.attributes['url.path']),
      ['/work', '/from/work'],
    )
    assert.deepEqual(namesOf(spans).sort(), ['GET', 'GET', 'POST'])
    const [ignored, worked] = stdout.match(/undefined|00-[0-9a-f]{32}/g) ?? []
    assert.equal(ignored, 'undefined')
    assert.equal(worked, `00-${spans[0]?.traceId}`)
  })

  it('when sent has no span and gets no headers, by http and by fetch', async () => {
    const app = (): void => {
      const http = require('node:http')
      const server = http.createServer((req: any, res: any) => res.end(String('traceparent' in req.headers)))
      server.listen(0, async () => {
        const base = `http://localhost:${server.address().port}`
        const get = (path: string): Promise<string> =>
          new Promise((resolve) => {
            http.get(`${base}${path}`, { agent: false }, (res: any) =>
              res.on('data', (chunk: unknown) => resolve(String(chunk))),
            )
          })
        const told = [await get('/ping?x=1'), await get('/pong')]
        for (const path of ['/ping', '/pong']) told.push(await (await fetch(`${base}${path}`)).text())
        console.log(told.join())
        process.exit()
      })
    }
    const { spans, stdout } = await succeed(app, {
      env: { PRETRACE_HTTP_IGNORE_OUTGOING: 'localhost/ping,*://*/ping' },
    })
    assert.equal(stdout, 'false,true,false,true\n')
    const sent = spans.filter((span) => span.kind === 'client').map((span) => span.component)
    assert.deepEqual(sent.sort(), ['fetch', 'http'])
  })
})
