/**
 * What the viewer finds in traces, and above all what it does not make up.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { normaliseCommand, normaliseSql } from '../../viewer/model/statement.js'
import { evidenceOf, insightsOf } from '../../viewer/model/insights/index.js'
import type { Insight } from '../../viewer/model/api.js'
import { Intake } from '../../viewer/server/formats/intake.js'
import { readOtlpJson } from '../../viewer/server/formats/otlp-json.js'
import { Store } from '../../viewer/server/store/store.js'
import { otlp, type Sketch } from '../support/viewer.js'

function insights(...traces: readonly (readonly Sketch[])[]): Insight[] {
  const intake = new Intake()
  const store = new Store(1e9)
  for (const spans of traces) readOtlpJson(otlp(spans), intake)
  store.add(intake.take())
  return insightsOf([...store.newest()].reverse().flatMap((trace) => evidenceOf(trace.whole())))
}

const kinds = (...traces: readonly (readonly Sketch[])[]): string[] => insights(...traces).map(({ kind }) => kind)

/** A request to a service with what it calls: each call a start, a duration, and tags. */
type Call = readonly [start: number, duration: number, tags: Sketch['tags'], more?: Partial<Sketch>]
function requestOf(trace: string, duration: number, calls: readonly Call[], more: Partial<Sketch> = {}): Sketch[] {
  const root: Sketch = { trace, id: 'root', name: 'GET /list', kind: 'server', duration, tags: { 'url.path': '/list' }, ...more }
  const spans = calls.map(([start, length, tags, own], index): Sketch => ({
    trace,
    id: `c${index}`,
    parent: 'root',
    name: 'call',
    kind: 'client',
    start: start + (more.start ?? 0),
    duration: length,
    ...(tags !== undefined && { tags }),
    ...own,
  }))
  return [root, ...spans]
}

const sql = (text: string): NonNullable<Sketch['tags']> => ({ 'db.system.name': 'postgresql', 'db.query.text': text })
const redis = (text: string): NonNullable<Sketch['tags']> => ({ 'db.type': 'redis', 'db.statement': text })
const fetching = (url: string, method = 'GET'): NonNullable<Sketch['tags']> => ({ 'http.request.method': method, 'url.full': url })
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

describe('statements', () => {
  it('are the same whatever their values', () => {
    const same = [
      "SELECT * FROM t WHERE id = 1 AND name = 'x''y'",
      'SELECT  *\nFROM t WHERE id = $1 AND name = $2 -- why',
      'SELECT * FROM t WHERE id = ? AND name = ? /* here */',
      'SELECT * FROM t WHERE id = :id AND name = :name',
      'SELECT * FROM t WHERE id = -1.5e3 AND name = ?',
    ]
    assert.deepEqual([...new Set(same.map(normaliseSql))], ['SELECT * FROM t WHERE id = ? AND name = ?'])
    assert.equal(normaliseSql('SELECT 1 FROM t2 WHERE a IN (1, 2, 3)'), 'SELECT ? FROM t2 WHERE a IN (?)')
    assert.equal(normaliseSql('INSERT INTO t VALUES ($1, $2), ($3, $4)'), 'INSERT INTO t VALUES (?)')
    assert.equal(normaliseSql('SELECT a::int FROM t'), 'SELECT a::int FROM t')
  })

  it('of key-value stores are the same whatever the id in their key', () => {
    assert.equal(normaliseCommand('get user:17'), 'GET user:*')
    assert.equal(normaliseCommand('HGETALL driver:T7000:x'), 'HGETALL driver:*:x')
    assert.equal(normaliseCommand('SET a:b value 10'), 'SET a:b …')
    assert.equal(normaliseCommand('GET ?'), 'GET ?')
    assert.equal(normaliseCommand('PING'), 'PING')
  })
})

describe('N+1', () => {
  const query = (i: number): Call => [i * 2, 1, sql(`SELECT * FROM items WHERE id = ${i}`)]

  it('is found and named with its route', () => {
    const [found, ...others] = insights(requestOf('a', 30, times(10, query)), requestOf('b', 40, times(12, query), { start: 100 }))
    assert.deepEqual(others, [])
    assert.equal(found?.title, 'SELECT * FROM items WHERE id = ? runs 10 to 12 times for each GET /list')
    assert.deepEqual([found?.kind, found?.service, found?.route, found?.count], ['n-plus-one', 'app', 'GET /list', 2])
    assert.equal(found?.statement, 'SELECT * FROM items WHERE id = ?')
    // From the first's start to the last's end, less one.
    assert.equal(Math.round(found?.cost ?? 0), (18 + 22) / 2)
    assert.equal(found?.examples.length, 2)
    assert.equal(found?.examples[0]?.spanIds.length, 12)
  })

  it('is found of commands too', () => {
    const [found] = insights(requestOf('a', 30, times(10, (i) => [i * 2, 1, redis(`HGETALL user:${i}`)])))
    assert.equal(found?.title, 'HGETALL user:* runs 10 times for each GET /list')
  })

  it('is not made of a few, of what runs side by side in a cache, of polling, or of what belongs to a connection', () => {
    assert.deepEqual(kinds(requestOf('a', 30, times(4, (i) => [i * 2, 1, sql(`INSERT INTO t VALUES (${i})`)]))), [])
    assert.deepEqual(kinds(requestOf('a', 30, times(20, (i) => [1 + i / 100, 1, redis(`GET k:${i}`)]))), [])
    assert.deepEqual(kinds(requestOf('a', 9000, times(8, (i) => [i * 1000, 1, redis(`GET job:${i}`)]))), [])
    assert.deepEqual(kinds(requestOf('a', 90, times(8, (i) => [i * 10, 9, sql('FETCH 100 FROM c')]))), [])
    assert.deepEqual(kinds(requestOf('a', 90, times(8, (i) => [i * 10, 9, redis(`SCAN ${i}`)]))), [])
  })

  it('is not made of one query in each of many requests', () => {
    assert.deepEqual(kinds(...times(20, (i) => requestOf(`t${i}`, 10, [query(1)]))), [])
  })
})

describe('a slow query', () => {
  const requests = (slow: number, fast = 1): Sketch[][] =>
    times(6, (i) => requestOf(`t${i}`, slow + 5, [
      [0, fast, sql('SELECT a FROM small WHERE id = $1')],
      [2, slow, sql(`SELECT count(*) FROM large WHERE x = ${i}`)],
    ]))

  it('stands out beside the others of its database', () => {
    const [found, ...others] = insights(...requests(20))
    assert.deepEqual(others, [])
    assert.deepEqual([found?.kind, found?.count, found?.cost], ['slow-query', 6, 20])
    assert.equal(found?.title, 'SELECT count(*) FROM large WHERE x = ? takes 20 ms in GET /list')
  })

  it('is slow by itself from a tenth of a second on', () => {
    assert.deepEqual(kinds(...times(2, (i) => requestOf(`t${i}`, 200, [[0, 150, sql('SELECT x FROM y')]]))), ['slow-query'])
    assert.deepEqual(kinds(requestOf('once', 200, [[0, 150, sql('SELECT x FROM y')]])), [])
  })

  it('is none where all take as long, where it is quick, or where it hardly counts', () => {
    assert.deepEqual(kinds(...requests(20, 10)), [])
    assert.deepEqual(kinds(...requests(4, 0.1)), [])
    const hardly = requests(20).map(([root, ...calls]) => [{ ...(root as Sketch), duration: 500 }, ...calls])
    assert.deepEqual(kinds(...hardly), [])
  })

  it('is none because of one bad moment', () => {
    const usual = times(10, (i) => requestOf(`u${i}`, 5, [[0, 1, sql('SELECT a FROM b')], [2, 1, sql('SELECT c FROM d')]]))
    assert.deepEqual(kinds(...usual, requestOf('bad', 300, [[0, 290, sql('SELECT a FROM b')]])), [])
  })
})

describe('a repeated query', () => {
  it('is the same to the last character', () => {
    const twice = requestOf('a', 30, [[0, 1, redis('GET config:main')], [10, 2, redis('GET config:main')]])
    const [found, ...others] = insights(twice)
    assert.deepEqual(others, [])
    assert.deepEqual([found?.kind, found?.cost], ['repeated-query', 2])
    assert.equal(found?.title, 'GET config:main is asked 2 times in one GET /list')
  })

  it('is likely from three times on where its values are hidden', () => {
    const query: NonNullable<Sketch['tags']> = sql('SELECT * FROM users WHERE id = $1')
    assert.deepEqual(kinds(requestOf('a', 30, times(2, (i) => [i * 2, 1, query]))), [])
    assert.deepEqual(kinds(requestOf('a', 30, times(3, (i) => [i * 2, 1, query]))), ['repeated-query'])
  })

  it('is none where something is written in between, or where it is another request', () => {
    const read: Call = [0, 1, redis('GET k:1')]
    assert.deepEqual(kinds(requestOf('a', 30, [read, [5, 1, redis('SET k:1 x')], [10, 1, redis('GET k:1')]])), [])
    assert.deepEqual(kinds(requestOf('a', 30, [read]), requestOf('b', 30, [read])), [])
    assert.deepEqual(kinds(requestOf('a', 30, times(3, (i) => [i, 1, sql('COMMIT')]))), [])
    assert.deepEqual(kinds(requestOf('a', 30, times(3, (i) => [i * 2, 1, redis('GET ?')]))), [])
  })
})

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
    assert.deepEqual(kinds(...pairs([0, 20, fetching('http://auth/session/4711')], [21, 20, fetching('http://o/o?user=4711')])), [])
  })

  it('are none where they overlap, save nothing, turn pages, ask again, or write', () => {
    const user: Call = [0, 20, fetching('http://users/users/4711')]
    assert.deepEqual(kinds(...pairs(user, [10, 20, fetching('http://orders/orders?user=4711')])), [])
    assert.deepEqual(kinds(requestOf('a', 600, times(4, product))), [])
    assert.deepEqual(kinds(requestOf('a', 60, times(4, (i) => [i * 12, 10, fetching(`http://shop/p?page=${i}`)]))), [])
    assert.deepEqual(kinds(requestOf('a', 60, times(4, (i) => [i * 12, 10, fetching('http://shop/state')]))), [])
    assert.deepEqual(kinds(requestOf('a', 60, times(4, (i) => [i * 12, 10, fetching(`http://shop/p/${i}`, 'DELETE')]))), [])
    assert.deepEqual(kinds(requestOf('a', 60, times(9, (i) => [Math.floor(i / 3) * 12, 10, fetching(`http://shop/p/${i}`)]))), [])
  })
})

describe('a wait for a connection', () => {
  it('is told by the pool', () => {
    const waits = times(3, (i) => requestOf(`t${i}`, 60, [
      [0, 40, {}, { name: 'pg-pool.connect' }],
      [41, 5, sql('SELECT a FROM b')],
    ]))
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
    times(count, (i) => requestOf(`t${i}`, (Math.floor(i / 2) + 1) * (length + 0.1) + 1, [
      [Math.floor(i / 2) * (length + 0.1), length, sql('SELECT a FROM b')],
    ]))

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
    assert.deepEqual(found.map(({ count, route }) => [count, route]), [[3, 'GET /']])
  })

  it('is none in a trace that is whole, or goes in circles', () => {
    assert.deepEqual(kinds(requestOf('a', 10, [[0, 1, {}]])), [])
    assert.deepEqual(kinds([{ trace: 'a', id: 'x', parent: 'y' }, { trace: 'a', id: 'y', parent: 'x' }, { trace: 'b', id: 'z', parent: 'z' }]), [])
  })
})
