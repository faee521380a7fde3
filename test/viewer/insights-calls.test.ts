/**
 * What the viewer finds about calls, connections and parents, and above all what it does not make up.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fetching, insights, kinds, requestOf, sql, times, type Call } from '../support/insights.js'
import type { Sketch } from '../support/viewer.js'

describe('serial calls', () => {
  const product = (i: number): Call => [i * 12, 10, fetching(`http://shop/products/${i}`)]

  it('in a loop are found', () => {
    const [found, ...others] = insights(requestOf('a', 60, times(4, product)))
    assert.deepEqual(others, [])
    assert.equal(found?.title, 'GET shop/products/* is called 4 times one after the other in each GET /list')
    assert.equal(found?.cost, 30)
  })

  it('that ask for nothing but what the request brought are found, if it shows more than once', () => {
    const page = (trace: string): Sketch[] =>
      requestOf(
        trace,
        50,
        [
          [0, 20, fetching('http://users/users/4711')],
          [21, 20, fetching('http://orders/orders?user=4711')],
        ],
        { tags: { 'url.path': '/home/4711' } },
      )
    assert.deepEqual(kinds(page('a')), [])
    const [found, ...others] = insights(page('a'), page('b'))
    assert.deepEqual(others, [])
    assert.deepEqual([found?.kind, found?.cost], ['serial-calls', 20])
    assert.match(found?.title ?? '', /^GET users\/users\/\*, GET orders\/orders: one after the other/)
  })

  const pairs = (first: Call, second: Call): Sketch[][] =>
    ['a', 'b', 'c'].map((trace) => requestOf(trace, 50, [first, second], { tags: { 'url.path': '/home/4711' } }))

  it('are none where one may need what another answered', () => {
    const user: Call = [0, 20, fetching('http://users/users/4711')]
    assert.deepEqual(kinds(...pairs(user, [21, 20, fetching('http://orders/orders?address=99')])), [])
    assert.deepEqual(kinds(...pairs(user, [21, 20, fetching('http://orders/orders?user=4711', 'POST')])), [])
    assert.deepEqual(
      kinds(...pairs([0, 20, fetching('http://auth/session/4711')], [21, 20, fetching('http://o/o?user=4711')])),
      [],
    )
  })

  it('are none where they overlap, save nothing, turn pages, ask again, or write', () => {
    const user: Call = [0, 20, fetching('http://users/users/4711')]
    assert.deepEqual(kinds(...pairs(user, [10, 20, fetching('http://orders/orders?user=4711')])), [])
    assert.deepEqual(kinds(requestOf('a', 600, times(4, product))), [])
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          60,
          times(4, (i) => [i * 12, 10, fetching(`http://shop/p?page=${i}`)]),
        ),
      ),
      [],
    )
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          60,
          times(4, (i) => [i * 12, 10, fetching('http://shop/state')]),
        ),
      ),
      [],
    )
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          60,
          times(4, (i) => [i * 12, 10, fetching(`http://shop/p/${i}`, 'DELETE')]),
        ),
      ),
      [],
    )
    assert.deepEqual(
      kinds(
        requestOf(
          'a',
          60,
          times(9, (i) => [Math.floor(i / 3) * 12, 10, fetching(`http://shop/p/${i}`)]),
        ),
      ),
      [],
    )
  })
})

describe('a wait for a connection', () => {
  it('is told by the pool', () => {
    const waits = times(3, (i) =>
      requestOf(`t${i}`, 60, [
        [0, 40, {}, { name: 'pg-pool.connect' }],
        [41, 5, sql('SELECT a FROM b')],
      ]),
    )
    const [found, ...others] = insights(...waits)
    assert.deepEqual(others, [])
    assert.equal(found?.title, 'GET /list waits 40 ms for a connection: pg-pool.connect')
  })

  it('is none where a connection is made', () => {
    const waits = times(5, (i) => [
      ...requestOf(`t${i}`, 60, [[0, 40, {}, { name: 'pg-pool.connect' }]]),
      { trace: `t${i}`, id: 'made', parent: 'c0', name: 'pg.connect', start: 1, duration: 38 },
    ])
    assert.deepEqual(kinds(...waits), [])
  })

  /** So many requests at once, to a pool of two. */
  const crowd = (count: number, length: number): Sketch[][] =>
    times(count, (i) =>
      requestOf(`t${i}`, (Math.floor(i / 2) + 1) * (length + 0.1) + 1, [
        [Math.floor(i / 2) * (length + 0.1), length, sql('SELECT a FROM b')],
      ]),
    )

  it('is inferred where all connections were busy with others, one after the other', () => {
    const [found, ...others] = insights(...crowd(12, 20))
    assert.deepEqual(others, [])
    assert.equal(found?.kind, 'pool-wait')
    assert.match(found?.title ?? '', /^GET \/list waits \d+ ms for a connection: postgresql$/)
    assert.ok(found?.detail.some((line) => line.includes('Never more than 2 queries')))
  })

  it('is none where the request was busy itself, or nobody else was', () => {
    const thinking = times(10, (i) => requestOf(`t${i}`, 40, [[30, 5, sql('SELECT a FROM b')]], { start: i * 100 }))
    assert.deepEqual(kinds(...thinking), [])
    const side = times(10, (i) => requestOf(`t${i}`, 40, [[30, 5, sql('SELECT a FROM b')]]))
    assert.deepEqual(kinds(...side), [])
  })
})

describe('a missing parent', () => {
  const orphan = (more: Partial<Sketch>): Sketch[] => [{ trace: 'a', id: 'x', parent: 'gone', name: 'x', ...more }]
  const cause = (spans: readonly Sketch[]): string | undefined => insights(spans)[0]?.title

  it('is explained by who is missing', () => {
    assert.equal(cause(orphan({ kind: 'server' })), 'x of app has no parent: its caller’s spans do not arrive')
    assert.equal(cause(orphan({ kind: 'client' })), 'x of app has no parent: the span above never finished')
  })

  it('is said once for all spans of a kind', () => {
    const spans = times(3, (i): Sketch => ({ trace: `t${i}`, id: 'x', parent: 'gone', name: 'GET /', kind: 'server' }))
    const found = insights(...spans.map((span) => [span]))
    assert.deepEqual(
      found.map(({ count, route }) => [count, route]),
      [[3, 'GET /']],
    )
  })

  it('is none in a trace that is whole, or goes in circles', () => {
    assert.deepEqual(kinds(requestOf('a', 10, [[0, 1, {}]])), [])
    assert.deepEqual(
      kinds([
        { trace: 'a', id: 'x', parent: 'y' },
        { trace: 'a', id: 'y', parent: 'x' },
        { trace: 'b', id: 'z', parent: 'z' },
      ]),
      [],
    )
  })
})
