/** Which request counts as the next attempt of which, told of a tracer's spans directly. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { answered, failed, isExpecting, leadsOn, sent } from '../../instrumentations/http-resends.js'
import { Span } from '../../src/tracer/span.js'
import { recordingCore } from '../support/tracer.js'

const A = 'http://host/a'

/** A caller and its requests. */
class Caller {
  readonly tracer = recordingCore().tracer
  readonly span = this.tracer.startSpan('caller')

  /** @param under the span that it is made in the course of; null: of none */
  send(url: string, method = 'GET', under: Span | null = this.span): Request {
    const span = this.tracer.start(method, under?.context(), 'client', 'http')
    if (isExpecting(span)) sent(span, { method, url })
    return new Request(span, method, url)
  }
}

class Request {
  readonly span: Span
  readonly method: string
  readonly url: string

  constructor(span: Span, method: string, url: string) {
    this.span = span
    this.method = method
    this.url = url
  }

  answer(status: number, location?: string): this {
    this.span.setTag('http.status_code', status)
    if (leadsOn(status)) answered(this.span, { method: this.method, url: this.url, location }, status)
    return this
  }

  fail(): this {
    failed(this.span, this)
    return this
  }

  get count(): unknown {
    return this.span.record?.tag('http.request.resend_count')
  }

  follows(other: Request): boolean {
    const links = this.span.record?.links ?? []
    return links.length === 1 && links[0]?.context === other.span.context()
  }
}

describe('a request after a redirect', () => {
  it('counts if it goes where the answer has sent it, whichever way that was written', () => {
    for (const [location, url] of [
      ['/b', 'http://host/b'],
      ['b?x=%20#part', 'http://host/b?x=%20'],
      ['//HOST:80/b', 'http://host/b'],
      ['https://me:secret@other/b', 'https://other/b'],
    ] as const) {
      const caller = new Caller()
      const first = caller.send(A).answer(302, location)
      assert.equal(caller.send('http://host/c').count, undefined)
      const second = caller.send(url)
      assert.equal(second.count, 1)
      assert.ok(second.follows(first))
    }
  })

  it('comes after the latest answer that it could come after', () => {
    const caller = new Caller()
    for (let i = 0; i < 2; i++) {
      const first = caller.send(A).answer(302, '/b')
      const second = caller.send('http://host/b')
      assert.ok(second.follows(first))
      assert.equal(second.answer(503).count, 1)
    }
  })

  it('keeps the method or is a GET', () => {
    const methods = ['POST', 'GET', 'PUT'].map((method) => {
      const caller = new Caller()
      caller.send(A, 'POST').answer(307, '/b')
      return caller.send('http://host/b', method).count
    })
    assert.deepEqual(methods, [1, 1, undefined])
  })

  it('is one and no more, even of two that were sent to the same place', () => {
    const caller = new Caller()
    const both = [caller.send(A), caller.send('http://host/other')]
    for (const request of both) request.answer(302, '/b')
    const counts = [1, 2, 3].map(() => caller.send('http://host/b').count)
    assert.deepEqual(counts, [1, 1, undefined])
  })

  it('has the same parent', () => {
    const caller = new Caller()
    const inner = caller.tracer.startSpan('inner', { childOf: caller.span })
    caller.send(A).answer(302, '/b')
    assert.equal(caller.send('http://host/b', 'GET', inner).count, undefined)
    assert.equal(caller.send('http://host/b', 'GET', null).count, undefined)
    assert.equal(caller.send('http://host/b').count, 1)
  })

  it('needs a place to go to', () => {
    const caller = new Caller()
    for (const location of [undefined, 'http://', 'http://[']) caller.send(A).answer(302, location)
    caller.send(A).answer(304, '/a')
    const long = `/${'b'.repeat(10_000)}`
    caller.send(A).answer(302, long)
    assert.deepEqual([caller.send(A).count, caller.send(`http://host${long}`).count], [undefined, undefined])
  })

  it('comes soon if nobody sends it who could be known', (test) => {
    const caller = new Caller()
    const toSend = (): Request => caller.send('http://host/b', 'GET', null)
    const first = caller.send(A, 'GET', null).answer(302, '/b')
    const second = toSend()
    assert.equal(second.count, 1)
    assert.ok(second.follows(first))
    caller.send(A, 'GET', null).answer(302, '/b')
    const later = Date.now() + 3_600_000
    test.mock.method(Date, 'now', () => later)
    assert.equal(toSend().count, undefined)
  })
})

describe('a request after one that failed', () => {
  it('counts if it is the same, and counts on', () => {
    const caller = new Caller()
    const first = caller.send(A).fail()
    const second = caller.send(A).answer(503)
    const third = caller.send(A).answer(200)
    assert.deepEqual([first.count, second.count, third.count, caller.send(A).count], [undefined, 1, 2, undefined])
    assert.ok(second.follows(first) && third.follows(second))
  })

  it('is one and no more though the body of an error breaks off too', () => {
    const caller = new Caller()
    caller.send(A).answer(503).fail()
    assert.deepEqual([caller.send(A).count, caller.send(A).count], [1, undefined])
  })

  it('counts where statuses say that it may be better next time', () => {
    const counts = [200, 304, 400, 401, 403, 404, 408, 410, 429, 500, 503].filter((status) => {
      const caller = new Caller()
      caller.send(A).answer(status)
      return caller.send(A).count === 1
    })
    assert.deepEqual(counts, [401, 408, 429, 500, 503])
  })

  it('has a method by which to ask twice is to ask once', () => {
    const methods = ['GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH'].filter((method) => {
      const caller = new Caller()
      caller.send(A, method).answer(503)
      return caller.send(A, method).count === 1
    })
    assert.deepEqual(methods, ['GET', 'HEAD', 'PUT', 'DELETE'])
  })

  it('counts as long as what it belongs to is under way', () => {
    const caller = new Caller()
    caller.send(A).fail()
    caller.span.finish()
    assert.equal(caller.send(A).count, undefined)
  })

  it('does not count without a caller', () => {
    const caller = new Caller()
    caller.send(A, 'GET', null).fail()
    assert.equal(caller.send(A, 'GET', null).count, undefined)
  })
})

describe('attempts that nobody follows', () => {
  it('are forgotten, the oldest first', () => {
    const caller = new Caller()
    for (let i = 0; i < 100; i++) caller.send(`http://host/${i}`).fail()
    const counts = Array.from({ length: 100 }, (_, i) => caller.send(`http://host/${i}`).count)
    assert.deepEqual([counts.slice(0, 92).some(Boolean), counts.slice(92)], [false, Array.from({ length: 8 }, () => 1)])
  })
})
