/**
 * Strangers: other origins, other names of this machine, bodies that are meant to harm.
 */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Status } from '../../viewer/model/api.js'
import { Guard } from '../../viewer/server/http/guard.js'
import { servePage } from '../../viewer/server/http/page.js'
import { askUrl, idOf, otlp, TestViewer, type Question } from '../support/viewer.js'

const SPAN = JSON.stringify(otlp([{ trace: 'a', id: 'a' }]))
const POST: Question = { method: 'POST', body: SPAN, headers: { 'content-type': 'application/json' } }
const with_ = (question: Question, headers: Record<string, string>): Question => ({
  ...question,
  headers: { ...question.headers, ...headers },
})

describe('another origin', () => {
  let viewer: TestViewer

  before(async () => {
    viewer = await TestViewer.start({ allowedOrigins: ['http://localhost:3000'] })
  })
  after(() => viewer.close())

  const paths = ['/', '/api/traces', '/api/status', '/api/live', '/api/presence', '/assets/x.js']

  it('can neither read nor post', async () => {
    for (const origin of [
      'http://evil.example',
      'null',
      'http://localhost:3001',
      'https://localhost:3000.evil.example',
    ]) {
      for (const path of paths) {
        const { status, headers } = await viewer.ask(path, { headers: { origin } })
        assert.equal(status, 403, `${origin} ${path}`)
        assert.equal(headers['access-control-allow-origin'], undefined)
      }
      for (const path of ['/v1/traces', '/api/v2/spans', '/v1/runtime', '/api/open']) {
        // What a form or a `no-cors` fetch can send.
        const question = with_(POST, { origin, 'content-type': 'text/plain' })
        assert.equal((await viewer.ask(path, question)).status, 403, `${origin} ${path}`)
      }
      const preflight = { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } }
      assert.equal((await viewer.ask('/v1/traces', preflight)).status, 403)
    }
    assert.equal((await viewer.traces()).total, 0)
  })

  it('cannot have what it does not need to name itself for', async () => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' }
      assert.equal((await viewer.ask('/api/traces', { headers })).status, 403)
    }
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    assert.notEqual((await viewer.ask('/', { headers: link })).status, 403)
    assert.equal((await viewer.ask('/api/traces', { headers: { 'sec-fetch-site': 'same-origin' } })).status, 200)
  })

  it('may do both if it is configured', async () => {
    const origin = 'http://localhost:3000'
    const preflight = await viewer.ask('/v1/traces', {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    assert.equal(preflight.status, 204)
    assert.equal(preflight.headers['access-control-allow-origin'], origin)
    const { status, headers } = await viewer.ask('/v1/traces', with_(POST, { origin }))
    assert.deepEqual([status, headers['access-control-allow-origin']], [200, origin])
  })

  it('of the page itself is no other', async () => {
    const { status } = await viewer.ask('/v1/traces', with_(POST, { origin: viewer.url }))
    assert.equal(status, 200)
  })

  it('that gets a name of its own to point here is refused by that name', async () => {
    for (const host of [
      'evil.example',
      'evil.example:4319',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
      '10.1.2.3',
    ]) {
      assert.ok([400, 403].includes((await viewer.ask('/api/traces', { headers: { host } })).status), host)
      assert.ok([400, 403].includes((await viewer.ask('/v1/traces', with_(POST, { host }))).status), host)
    }
    for (const host of [
      'localhost',
      'LOCALHOST:1',
      '127.0.0.1:99',
      '[::1]:4319',
      'app.localhost',
      'host.docker.internal:4318',
    ]) {
      assert.equal((await viewer.ask('/api/traces', { headers: { host } })).status, 200, host)
    }
  })
})

describe('a viewer beyond loopback', () => {
  const guard = new Guard({ host: '0.0.0.0', allowedOrigins: [] })
  const refuses = (host: string): boolean => guard.refusal({ host }) !== undefined

  it('answers to addresses and to names that nobody can buy', () => {
    for (const host of ['192.168.1.5:4319', 'viewer:4318', 'viewer.default.svc.cluster.local', 'box.local']) {
      assert.ok(!refuses(host), host)
    }
    for (const host of ['evil.example', 'viewer.com:4319']) assert.ok(refuses(host), host)
  })
})

describe('a body', () => {
  let viewer: TestViewer

  before(async () => {
    viewer = await TestViewer.start()
  })
  after(() => viewer.close())

  const json = { 'content-type': 'application/json' }

  it('that is a gzip bomb is refused before it goes off', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024))
    assert.ok(bomb.length < 1024 * 1024)
    for (const path of ['/v1/traces', '/api/v2/spans', '/v1/runtime']) {
      const question = { method: 'POST', headers: { ...json, 'content-encoding': 'gzip' }, body: bomb }
      assert.equal((await viewer.ask(path, question)).status, 413, path)
    }
  })

  it('that is too large is refused, whether it says so or not', async () => {
    const { status } = await viewer.ask('/v1/runtime', {
      method: 'POST',
      headers: json,
      body: Buffer.alloc(2 * 1024 * 1024, 32),
    })
    assert.equal(status, 413)
    const answer = await unannounced(viewer.url)
    assert.match(answer, /^HTTP\/1\.1 413/)
  })

  it('of any other nonsense is refused in a line', async () => {
    const cases: readonly (readonly [string, Record<string, string>, string, number])[] = [
      ['/v1/traces', json, 'not json', 400],
      ['/v1/traces', { 'content-type': 'application/x-protobuf' }, 'not protobuf', 400],
      ['/v1/traces', { ...json, 'content-encoding': 'gzip' }, 'not gzip', 400],
      ['/v1/traces', { ...json, 'content-encoding': 'br' }, SPAN, 415],
      ['/api/v2/spans', json, '{}', 400],
      ['/v1/runtime', json, '{"service":1}', 400],
      ['/nowhere', json, '{}', 404],
    ]
    for (const [path, headers, body, expected] of cases) {
      const answer = await viewer.ask(path, { method: 'POST', headers, body })
      assert.equal(answer.status, expected, `${path} ${body}`)
      assert.match((JSON.parse(answer.body) as { error: string }).error, /^[^\n]+$/)
    }
    assert.ok((await viewer.json<Status>('/api/status')).refusedRequests >= cases.length)
    assert.equal((await viewer.traces()).total, 0)
  })

  it('with hostile content is kept as text and answered as JSON', async () => {
    const evil = '<script>alert(1)</script>\u0000\u001b[31m\u2028"\'`'
    await viewer.send(
      otlp([
        {
          trace: 'evil',
          id: 'e',
          name: evil,
          service: evil,
          tags: { [evil]: evil, __proto__x: 'x', huge: 'x'.repeat(1_000_000) },
        },
      ]),
    )
    const answer = await viewer.ask(`/api/traces/${idOf('evil')}`)
    assert.match(answer.headers['content-type'] ?? '', /^application\/json/)
    assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    const { trace } = await viewer.trace(idOf('evil'))
    assert.equal(trace.spans[0]?.name, evil)
    assert.equal(trace.spans[0]?.tags[evil], evil)
    assert.match(JSON.stringify(trace.spans[0]?.tags['huge']), /^"x{1000,}… \(1000000 characters\)"$/)
  })

  it('with keys that are an object’s own in JavaScript harms nobody', async () => {
    const spans = `[{"traceId":"1","id":"1","name":"p","tags":{"__proto__":"a","constructor":"b","toString":"c"}}]`
    assert.equal((await viewer.ask('/api/v2/spans', { method: 'POST', headers: json, body: spans })).status, 202)
    const { body } = await viewer.ask('/api/traces/0000000000000001')
    assert.match(body, /"tags":\{"__proto__":"a","constructor":"b","toString":"c"\}/)
    assert.equal(({} as Record<string, unknown>)['a'], undefined)
  })
})

/** Sends more than is taken without saying how much it will be. */
function unannounced(url: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(Number(port), hostname, () => {
      socket.write(`POST /v1/runtime HTTP/1.1\r\nHost: ${hostname}\r\nTransfer-Encoding: chunked\r\n\r\n`)
      const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`
      for (let i = 0; i < 40; i++) socket.write(chunk)
    })
    socket.on('data', (data) => (text += String(data))).on('error', () => undefined)
    socket.on('close', () => resolve(text))
  })
}

describe('the files of the page', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pretrace-page-'))
  const root = join(folder, 'page')
  const server = createServer((req, res) => void servePage((req.url ?? '').split('?')[0] as string, res, root))
  let url = ''

  before(async () => {
    mkdirSync(join(root, 'assets'), { recursive: true })
    writeFileSync(join(root, 'index.html'), '<!doctype html>')
    writeFileSync(join(root, 'assets', 'app-AbCd1234.js'), 'run()')
    writeFileSync(join(folder, 'secret.txt'), 'secret')
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => {
    server.close()
    rmSync(folder, { recursive: true })
  })

  it('have their types, and are kept for ever if their name has a hash', async () => {
    const page = await askUrl(url, '/trace/abc?x=1')
    assert.deepEqual([page.status, page.body, page.headers['cache-control']], [200, '<!doctype html>', 'no-cache'])
    assert.match(page.headers['content-type'] ?? '', /^text\/html/)
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/)
    const script = await askUrl(url, '/assets/app-AbCd1234.js')
    assert.match(script.headers['content-type'] ?? '', /^text\/javascript/)
    assert.match(script.headers['cache-control'] ?? '', /immutable/)
  })

  it('are all that can be had', async () => {
    const ways = [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/..%5csecret.txt',
      '/%2e%2e%2fsecret.txt',
      '/assets/%00.txt',
      '/%zz.txt',
      '//etc/passwd.txt',
      '/missing.js',
    ]
    for (const way of ways) {
      const { status, body } = await askUrl(url, way)
      assert.ok(status === 404 && !body.includes('secret'), way)
    }
  })

  it('that have not been built are missed in one line', async () => {
    rmSync(join(root, 'index.html'))
    const { status, body } = await askUrl(url, '/')
    assert.equal(status, 503)
    assert.match(body, /^[^\n]+not been built[^\n]*\n$/)
  })
})
