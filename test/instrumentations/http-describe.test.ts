import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import {
  describeAnswer,
  describeClient,
  describeServer,
  isAbort,
  isSigned,
  methodOf,
  type Outgoing,
} from '../../instrumentations/http-describe.js'
import { tagsOf } from '../support/tracing.js'

function server(req: object): Record<string, unknown> {
  return tagsOf(describeServer({ headers: {}, method: 'GET', url: '/', ...req } as IncomingMessage, []))
}

function client(req: Partial<Outgoing>, host?: string): Record<string, unknown> {
  return tagsOf(describeClient({ protocol: 'http:', host: 'a.test', path: '/', method: 'GET', ...req }, host, []))
}

describe('methods', () => {
  it('are known by their exact name only', () => {
    assert.equal(methodOf('PATCH'), 'PATCH')
    assert.equal(methodOf('get'), 'HTTP')
    assert.equal(methodOf(undefined), 'HTTP')
    assert.equal(server({ method: 'get' })['http.method'], '_OTHER')
    assert.equal(server({ method: 'get' })['http.request.method_original'], 'get')
  })
})

describe('a request received', () => {
  const socket = { localAddress: '::ffff:10.0.0.1', localPort: 80, remoteAddress: '::1', remotePort: 5 }

  it('has the URL that its client sees', () => {
    assert.equal(server({ headers: { host: 'a:1' }, url: '/p?q', socket })['http.url'], 'http://a:1/p?q')
    assert.equal(server({ url: '/p', socket })['http.url'], 'http://10.0.0.1:80/p')
    assert.equal(server({ url: '/p', socket: { localAddress: '::1', localPort: 2 } })['http.url'], 'http://[::1]:2/p')
    assert.equal(
      server({ headers: { host: 'a' }, url: '/', socket: { ...socket, encrypted: true } })['http.url'],
      'https://a/',
    )
    assert.equal(server({ headers: { host: 'a' }, url: '*', method: 'OPTIONS', socket })['http.url'], 'http://a')
    assert.equal(server({ url: 'http://b/x', socket })['http.url'], 'http://b/x')
  })

  it('has a peer, unless somebody made it up', () => {
    assert.equal(server({ socket })['peer.ipv6'], '::1')
    assert.equal(server({ socket })['peer.port'], 5)
    assert.equal(server({ socket: { remoteAddress: '::ffff:1.2.3.4' } })['peer.ipv4'], '1.2.3.4')
    assert.equal(server({})['http.url'], 'http:///')
  })
})

describe('a request sent', () => {
  it('has the URL and the port that its Host header tells', () => {
    assert.equal(client({}, 'a.test:81')['http.url'], 'http://a.test:81/')
    assert.equal(client({}, 'a.test:81')['peer.port'], 81)
    assert.equal(client({}, 'a.test')['peer.port'], 80)
    assert.equal(client({ protocol: 'https:' }, 'a.test')['peer.port'], 443)
    assert.equal(client({ host: '::1' }, '[::1]:81')['peer.port'], 81)
    assert.equal(client({ path: '*', method: 'OPTIONS' }, 'a.test')['http.url'], 'http://a.test')
    assert.equal(client({ path: 'http://b/x' }, 'b')['http.url'], 'http://b/x')
  })

  it('has no port as long as it cannot be known', () => {
    const virtual = client({ host: '10.0.0.1' }, 'virtual.test')
    assert.equal(virtual['peer.hostname'], '10.0.0.1')
    assert.equal(virtual['peer.port'], undefined)
    const unix = client({ host: 'localhost', socketPath: '/run/docker.sock' }, 'localhost')
    assert.equal(unix['peer.hostname'], '/run/docker.sock')
    assert.equal(unix['peer.port'], undefined)
  })

  it('has failed from status 400 on', () => {
    assert.equal(tagsOf(describeAnswer({ socket: null }, { statusCode: 399 }))['error'], undefined)
    assert.equal(tagsOf(describeAnswer({ socket: null }, { statusCode: 400 }))['error'], true)
  })

  it('is known as signed by its Authorization or its query', () => {
    assert.equal(isSigned('/', 'AWS4-ECDSA-P256-SHA256 Credential=x'), true)
    assert.equal(isSigned('/?a=1&X-Amz-Signature=x', ''), true)
    assert.equal(isSigned('/X-Amz-Signature=', 'Basic AWS4-'), false)
  })

  it('is given up on purpose by an abort, but not by a timeout', () => {
    const abort = (reason: unknown): Error =>
      Object.assign(new Error('aborted', { cause: reason }), { name: 'AbortError' })
    assert.equal(isAbort(abort(undefined)), true)
    assert.equal(isAbort(abort(new DOMException('late', 'TimeoutError'))), false)
    assert.equal(isAbort(new Error('other')), false)
    assert.equal(isAbort(undefined), false)
  })
})
