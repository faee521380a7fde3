/**
 * The ways to a backend: sockets, TLS, proxies.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { proxyFor, setProxies } from '../../src/http/proxy.js'
import {
  backend,
  closeLater,
  listening,
  message,
  NO_PROXIES,
  send,
  status,
  tunnelTo,
  type Seen,
} from '../support/serving.js'
import { certificates } from '../support/certificates.js'

describe('a Unix socket', () => {
  it('is asked for the path that its address names', async () => {
    const socket = join(mkdtempSync(join(tmpdir(), 'pretrace-')), 'collector.sock')
    const paths: string[] = []
    await listening(
      createServer((req, res) => {
        paths.push(`${req.headers.host} ${req.url}`)
        res.end()
      }),
      socket,
    )
    setProxies({ ...NO_PROXIES, httpProxy: 'http://127.0.0.1:1' })
    for (const url of [
      `unix://${socket}:/v1/traces?a=b`,
      `http+unix://${encodeURIComponent(socket)}/x`,
      `unix:${socket}`,
    ])
      assert.deepEqual(await send(message(url)), { kind: 'accepted' })
    assert.deepEqual(paths, ['localhost /v1/traces?a=b', 'localhost /x', 'localhost /'])
  })
})

describe('an https backend', () => {
  const tls = { cert: readFileSync(certificates.server), key: readFileSync(certificates.serverKey) }
  const ca = readFileSync(certificates.ca, 'utf8')

  it('is reached where its authority is known, and only there', async () => {
    const { seen, port } = await backend(status(200), tls)
    const url = `https://localhost:${port}/v1/traces`
    const { kind, why } = (await send(message(url, { timeout: 500 }))) as { kind: string; why: string }
    assert.equal(kind, 'unreachable')
    assert.match(why, /certificate/)
    assert.deepEqual(await send(message(url, { tls: { ca } })), { kind: 'accepted' })
    assert.equal(seen.length, 1)
  })

  it('gets messages over one connection, and knows us when we come again', async () => {
    const ports: (number | undefined)[] = []
    const resumed: boolean[] = []
    const { port } = await backend((res, index, req) => {
      ports.push(req.socket.remotePort)
      resumed.push((req.socket as TLSSocket).isSessionReused())
      if (index === 1) res.setHeader('connection', 'close')
      res.end()
    }, tls)
    const request = message(`https://localhost:${port}/v1/traces`, { tls: { ca } })
    for (let i = 0; i < 3; i++) assert.deepEqual(await send(request), { kind: 'accepted' })
    assert.deepEqual(resumed, [false, false, true])
    assert.equal(ports[0], ports[1])
    assert.notEqual(ports[1], ports[2])
  })

  it('may want to know who we are', async () => {
    const { port } = await backend(status(200), { ...tls, ca, requestCert: true, rejectUnauthorized: true })
    const url = `https://localhost:${port}/v1/traces`
    assert.equal((await send(message(url, { tls: { ca }, timeout: 500 }))).kind, 'unreachable')
    const cert = readFileSync(certificates.client, 'utf8')
    const key = readFileSync(certificates.clientKey, 'utf8')
    assert.deepEqual(await send(message(url, { tls: { ca, cert, key } })), { kind: 'accepted' })
  })

  it('cannot be had with a key that is none, which is said', async () => {
    const outcome = await send(message('https://localhost:1/', { tls: { cert: 'x', key: 'y' }, timeout: 500 }))
    assert.equal(outcome.kind, 'unreachable')
  })

  it('is reached through the proxy’s tunnel, by the name that only the proxy knows', async () => {
    const { seen, port } = await backend(status(200), tls)
    const tunnel = await tunnelTo(port)
    setProxies({ ...NO_PROXIES, httpsProxy: `http://me:p%40ss@127.0.0.1:${tunnel.port}` })
    const request = message(`https://collector.test:4318/v1/traces`, { tls: { ca } })
    for (let i = 0; i < 2; i++) assert.deepEqual(await send(request), { kind: 'accepted' })
    assert.deepEqual(
      seen.map(({ path, headers }) => [path, headers.host, headers['proxy-authorization']]),
      [1, 2].map(() => ['/v1/traces', 'collector.test:4318', undefined]),
    )
    // The tunnel is used again.
    assert.deepEqual(tunnel.asked, [['collector.test:4318', `Basic ${Buffer.from('me:p@ss').toString('base64')}`]])
  })

  it('is out of reach where the proxy refuses', async () => {
    const server = createServer().on('connect', (_req, socket) =>
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'),
    )
    const port = await listening(server)
    setProxies({ ...NO_PROXIES, httpsProxy: `http://127.0.0.1:${port}` })
    assert.deepEqual(await send(message('https://collector.test/', { timeout: 500 })), {
      kind: 'unreachable',
      why: `the proxy 127.0.0.1:${port} answers 407 Proxy Authentication Required`,
    })
  })

  it('is out of reach where the proxy is, or says nothing', async () => {
    setProxies({ ...NO_PROXIES, httpsProxy: 'http://127.0.0.1:1' })
    const refused = await send(message('https://collector.test/', { timeout: 500 }))
    assert.deepEqual(refused, { kind: 'unreachable', why: 'connect ECONNREFUSED 127.0.0.1:1' })
    const mute = createServer().on('connect', (_req, socket) => closeLater(socket))
    const port = await listening(mute)
    setProxies({ ...NO_PROXIES, httpsProxy: `http://127.0.0.1:${port}` })
    const silent = await send(message('https://collector.test/', { timeout: 100 }))
    assert.deepEqual(silent, { kind: 'unreachable', why: 'no answer within 100 ms' })
  })
})

describe('an http backend behind a proxy', () => {
  it('is asked for by its whole address', async () => {
    const { seen, port } = await backend(status(200))
    setProxies({ ...NO_PROXIES, httpProxy: `http://user@127.0.0.1:${port}` })
    assert.deepEqual(await send(message('http://me:pw@collector.test:4318/v1/traces?a=b')), { kind: 'accepted' })
    const [{ path, headers } = {} as Seen] = seen
    assert.equal(path, 'http://collector.test:4318/v1/traces?a=b')
    assert.equal(headers.host, 'collector.test:4318')
    assert.equal(headers.authorization, `Basic ${Buffer.from('me:pw').toString('base64')}`)
    assert.equal(headers['proxy-authorization'], `Basic ${Buffer.from('user:').toString('base64')}`)
    assert.equal(headers['x-mine'], 'yes')
  })

  it('is asked itself where it is on this host', async () => {
    const { seen, port } = await backend(status(200))
    setProxies({ ...NO_PROXIES, httpProxy: 'http://127.0.0.1:1' })
    for (const host of ['127.0.0.1', 'localhost']) await send(message(`http://${host}:${port}/`, { timeout: 500 }))
    assert.ok(seen.length > 0 && seen.every(({ path }) => path === '/'))
  })
})

describe('the way to a host', () => {
  const wayTo = (url: string, noProxy: string): string | undefined => {
    setProxies({ httpProxy: 'http://plain', httpsProxy: 'http://secure', noProxy: noProxy.split(',') })
    return proxyFor(new URL(url))?.hostname
  }

  it('is by the proxy for its scheme', () => {
    assert.equal(wayTo('http://a.test', ''), 'plain')
    assert.equal(wayTo('https://a.test', ''), 'secure')
    setProxies({ ...NO_PROXIES, httpsProxy: 'http://secure' })
    assert.equal(proxyFor(new URL('http://a.test')), undefined)
  })

  const direct: readonly (readonly [url: string, noProxy: string])[] = [
    ['http://localhost:4318', ''],
    ['http://x.localhost', ''],
    ['http://127.0.0.1', ''],
    ['http://127.8.9.10', ''],
    ['http://[::1]:4318', ''],
    ['http://a.test', '*'],
    ['http://a.test', 'x.test,*'],
    ['http://a.test', 'a.test'],
    ['http://A.test', 'a.TEST'],
    ['http://a.test.', 'a.test'],
    ['http://b.a.test', 'a.test'],
    ['http://b.a.test', '.a.test'],
    ['http://a.test', '.a.test'],
    ['http://b.a.test', '*.a.test'],
    ['http://a.test:4318', 'a.test:4318'],
    ['http://a.test', 'a.test:80'],
    ['https://a.test', 'a.test:443'],
    ['http://10.1.2.3', '10.1.2.3'],
    ['http://10.1.2.3:99', '10.1.2.3:99'],
    ['http://10.1.2.3', '10.0.0.0/8'],
    ['http://[fd00::1]', 'fd00::/8'],
    ['http://[fd00::1]', 'fd00::1'],
    ['http://[fd00::1]:99', '[fd00::1]:99'],
    ['http://[fd00::1]', '[fd00:0::1]'],
  ]
  for (const [url, noProxy] of direct) {
    it(`${url} is direct with no_proxy=${noProxy}`, () => assert.equal(wayTo(url, noProxy), undefined))
  }

  const proxied: readonly (readonly [url: string, noProxy: string])[] = [
    ['http://a.test', ''],
    ['http://a.test', 'b.test'],
    ['http://xa.test', 'a.test'],
    ['http://a.test', 'b.a.test'],
    ['http://a.test.evil', 'a.test'],
    ['http://a.test:4318', 'a.test:4317'],
    ['http://a.test', '.'],
    ['http://a.test', '*.'],
    ['http://a.test', '10.0.0.0/8'],
    ['http://11.1.2.3', '10.0.0.0/8'],
    ['http://10.1.2.3', '10.0.0.0/99'],
    ['http://10.1.2.3', '10.0.0.0/x'],
    ['http://10.1.2.3', '2.3'],
    ['http://[fd00::1]', '10.0.0.0/8'],
    ['http://localhost.evil', ''],
    ['http://127.evil', ''],
  ]
  for (const [url, noProxy] of proxied) {
    it(`${url} is by the proxy with no_proxy=${noProxy}`, () => assert.equal(wayTo(url, noProxy), 'plain'))
  }
})
