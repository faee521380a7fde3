import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  callersHeaders,
  describeRequest,
  describeResponse,
  type UndiciRequest,
} from '../../instrumentations/fetch-describe.js'
import { tagsOf } from '../support/tracing.js'

function request(parts: Partial<UndiciRequest>): UndiciRequest {
  return { origin: 'http://host', path: '/', method: 'GET', headers: [], addHeader: () => undefined, ...parts }
}

describe('describeRequest', () => {
  const of = (parts: Partial<UndiciRequest>) => tagsOf(describeRequest(request(parts), ['pin']))

  it('tells the peer and the whole URL, without its secrets', () => {
    assert.deepEqual(of({ origin: 'https://me:pw@api.example:8443', path: '/a?pin=1&token=2&x=3' }), {
      'http.method': 'GET',
      'http.url': 'https://REDACTED:REDACTED@api.example:8443/a?pin=REDACTED&token=REDACTED&x=3',
      'peer.hostname': 'api.example',
      'peer.port': 8443,
    })
  })

  it('knows the ports that go without saying', () => {
    assert.equal(of({ origin: 'http://host' })['peer.port'], 80)
    assert.equal(of({ origin: 'https://host' })['peer.port'], 443)
  })

  it('takes an origin that is a URL, and addresses in brackets', () => {
    const tags = of({ origin: new URL('http://[::1]:81'), path: '/x' })
    assert.equal(tags['http.url'], 'http://[::1]:81/x')
    assert.equal(tags['peer.hostname'], '::1')
    assert.equal(tags['peer.port'], 81)
  })

  it('leaves a target that is no path as it is', () => {
    assert.equal(of({ method: 'CONNECT', path: 'host:443' })['http.url'], 'host:443')
  })

  it('keeps strange methods out of the name', () => {
    const tags = of({ method: 'BREW' })
    assert.equal(tags['http.method'], '_OTHER')
    assert.equal(tags['http.request.method_original'], 'BREW')
  })
})

describe('describeResponse', () => {
  it('counts 400 and more as failures', () => {
    assert.equal(tagsOf(describeResponse({ statusCode: 399 }))['error'], undefined)
    assert.equal(tagsOf(describeResponse({ statusCode: 400 }))['error'], true)
  })

  it('does without a status', () => {
    assert.deepEqual(tagsOf(describeResponse({ statusCode: null })), {})
  })
})

describe('callersHeaders', () => {
  const expected = { names: ['traceparent', 'authorization'], authorization: 'AWS4-HMAC-SHA256 a: b' }

  it('reads a flat list', () => {
    const list = ['TraceParent', 'x', 'Authorization', 'AWS4-HMAC-SHA256 a: b']
    assert.deepEqual(callersHeaders(list), expected)
  })

  it('reads the lines of undici 5', () => {
    const lines = 'TraceParent: x\r\nAuthorization: AWS4-HMAC-SHA256 a: b\r\n'
    assert.deepEqual(callersHeaders(lines), expected)
  })

  it('reads each list anew, whatever the last one said', () => {
    const of = (...headers: string[]) => callersHeaders(headers)
    const names = ['accept', 'authorization']
    assert.deepEqual(of('Accept', 'a', 'Authorization', 'one'), { names, authorization: 'one' })
    assert.deepEqual(of('Accept', 'b', 'Authorization', 'two'), { names, authorization: 'two' })
    assert.deepEqual(of('Accept', 'b', 'B3', '0'), { names: ['accept', 'b3'], authorization: '' })
    assert.deepEqual(of('Accept', 'b'), { names: ['accept'], authorization: '' })
    assert.deepEqual(of(), { names: [], authorization: '' })
  })

  it('finds nothing in what it does not know', () => {
    for (const headers of [undefined, null, {}, 1]) assert.deepEqual(callersHeaders(headers).names, [])
  })
})
